package riada.dashboard;

import java.util.Map;

/**
 * How the dashboard runs.
 *
 * @param host the address to listen on; {@value #LOOPBACK} unless the operator says otherwise
 * @param port the port, 0 for any free one
 * @param kafka consumer settings with {@code bootstrap.servers}; empty for a page that is fed by
 *     {@link DashboardVerticle#accept} alone
 * @param groundBytes how many bytes of tiles' ground are held at most; of a tile it takes a few kB
 * @param pictureBytes how many bytes of pictures are held at most
 */
public record DashboardConfig(
    String host, int port, Map<String, String> kafka, long groundBytes, long pictureBytes) {
  public static final String LOOPBACK = "127.0.0.1";

  private static final long GROUND_BYTES = 128L << 20;
  private static final long PICTURE_BYTES = 128L << 20;

  public DashboardConfig {
    if (host.isBlank() || port < 0 || port > 65535 || groundBytes < 0 || pictureBytes < 0) {
      throw new IllegalArgumentException("host " + host + ", port " + port);
    }
    kafka = Map.copyOf(kafka);
  }

  /** Whether only this machine can reach it. */
  boolean isLoopback() {
    return host.equals(LOOPBACK) || host.equals("localhost") || host.equals("::1");
  }

  /** On loopback, with 128 MiB of ground and of pictures. */
  public static DashboardConfig local(int port, String bootstrapServers) {
    return new DashboardConfig(
        LOOPBACK, port, Map.of("bootstrap.servers", bootstrapServers), GROUND_BYTES, PICTURE_BYTES);
  }

  /** On loopback and fed by {@link DashboardVerticle#accept} alone. */
  public static DashboardConfig unfed(int port) {
    return new DashboardConfig(LOOPBACK, port, Map.of(), GROUND_BYTES, PICTURE_BYTES);
  }
}
