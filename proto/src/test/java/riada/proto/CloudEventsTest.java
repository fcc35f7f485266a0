package riada.proto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class CloudEventsTest {
  @Test
  void nameTheEvent() {
    Headers headers =
        CloudEvents.headers(
            CloudEvents.GROUND, "riada/alerts", "14/1/2", Instant.parse("2026-03-01T12:00:00Z"));

    assertThat(texts(headers))
        .containsExactly(
            "ce_specversion=1.0",
            "ce_id=14/1/2",
            "ce_type=riada.Ground",
            "ce_source=riada/alerts",
            "ce_time=2026-03-01T12:00:00Z",
            "content-type=application/protobuf");
  }

  @Test
  void passOnNothingButAShortTrace() {
    Headers stranger =
        new RecordHeaders()
            .add("traceparent", "old".getBytes(UTF_8))
            .add("traceparent", "00-1".getBytes(UTF_8))
            .add("tracestate", "t".repeat(513).getBytes(UTF_8))
            .add("ce_type", "evil".getBytes(UTF_8));

    assertThat(texts(CloudEvents.trace(stranger))).containsExactly("traceparent=00-1");
  }

  @Test
  void passOnATraceOfTheLargestSizeAndNoneWithoutValue() {
    Headers stranger =
        new RecordHeaders().add("traceparent", null).add("tracestate", new byte[512]);

    Headers trace = CloudEvents.trace(stranger);

    assertThat(trace.toArray()).hasSize(1);
    assertThat(trace.lastHeader("tracestate")).isNotNull();
  }

  private static Stream<String> texts(Headers headers) {
    return Arrays.stream(headers.toArray())
        .map(header -> header.key() + "=" + new String(header.value(), UTF_8));
  }
}
