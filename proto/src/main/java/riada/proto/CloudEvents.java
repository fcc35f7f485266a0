package riada.proto;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Riada's records as CloudEvents in binary mode, so that a consumer can route without parsing. */
public final class CloudEvents {
  /** {@code ce_type} of a {@link riada.proto.Tile}. */
  public static final String TILE = "riada.Tile";

  /** {@code ce_type} of a {@link riada.proto.WaterMask}. */
  public static final String WATER_MASK = "riada.WaterMask";

  /** {@code ce_type} of a {@link riada.proto.Ground}. */
  public static final String GROUND = "riada.Ground";

  /**
   * The longest trace header that is passed on, in bytes: as much as W3C Trace Context asks for.
   */
  public static final int MAX_TRACE_BYTES = 512;

  private static final List<String> TRACE = List.of("traceparent", "tracestate");

  private CloudEvents() {}

  /**
   * Fresh headers of one event.
   *
   * @param type one of the names above
   * @param source who tells it, a URI reference; with {@code id} it names the event
   * @param time when what it tells of was so
   */
  public static Headers headers(String type, String source, String id, Instant time) {
    return new RecordHeaders()
        .add("ce_specversion", "1.0".getBytes(UTF_8))
        .add("ce_id", id.getBytes(UTF_8))
        .add("ce_type", type.getBytes(UTF_8))
        .add("ce_source", source.getBytes(UTF_8))
        .add("ce_time", time.toString().getBytes(UTF_8))
        .add("content-type", "application/protobuf".getBytes(UTF_8));
  }

  /**
   * The trace of {@code from} alone, as new headers: {@code traceparent} and {@code tracestate} of
   * at most {@value #MAX_TRACE_BYTES} bytes each. Nothing else that a stranger wrote is passed on.
   */
  public static Headers trace(Headers from) {
    RecordHeaders trace = new RecordHeaders();
    for (String name : TRACE) {
      @Nullable Header header = from.lastHeader(name);
      if (header != null && header.value() != null && header.value().length <= MAX_TRACE_BYTES) {
        trace.add(header);
      }
    }
    return trace;
  }
}
