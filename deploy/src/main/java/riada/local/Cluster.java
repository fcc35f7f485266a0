package riada.local;

import java.util.HashMap;
import java.util.Map;

/**
 * How to reach a Kafka cluster.
 *
 * @param bootstrapServers {@code host:port}, several by commas
 * @param settings what every client is given besides, for example TLS; may hold secrets
 */
public record Cluster(String bootstrapServers, Map<String, String> settings) {
  public Cluster {
    settings = Map.copyOf(settings);
  }

  /** One that needs no settings, as the embedded broker does. */
  public static Cluster plain(String bootstrapServers) {
    return new Cluster(bootstrapServers, Map.of());
  }

  /** The configuration that a client starts from. */
  public Map<String, Object> client() {
    Map<String, Object> config = new HashMap<>(settings);
    config.put("bootstrap.servers", bootstrapServers);
    return config;
  }

  /** The same for one that asks and answers: half a minute is much even for a busy broker. */
  public Map<String, Object> impatient() {
    Map<String, Object> config = client();
    config.putIfAbsent("default.api.timeout.ms", "30000");
    config.putIfAbsent("request.timeout.ms", "10000");
    config.putIfAbsent("max.block.ms", "30000");
    config.putIfAbsent("delivery.timeout.ms", "30000");
    return config;
  }

  /** The servers alone: settings may hold secrets. */
  @Override
  public String toString() {
    return bootstrapServers;
  }
}
