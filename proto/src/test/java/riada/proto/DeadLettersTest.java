package riada.proto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class DeadLettersTest {
  private static final BadInput WHY = new BadInput("picture_truncated", "It ends too soon – güe.");

  @Test
  void carryTheOriginalAndTheReason() {
    Headers original = new RecordHeaders().add("traceparent", "00-1".getBytes(UTF_8));
    byte[] key = {1};
    byte[] value = {2, 3};

    ProducerRecord<byte[], byte[]> letter =
        DeadLetters.record("segmenter", "flood.tiles.v1", 3, 42, original, key, value, WHY);

    assertThat(letter.topic()).isEqualTo(Topics.deadLetters(Topics.TILES).name());
    assertThat(letter.partition()).isNull();
    assertThat(letter.timestamp()).isNull();
    assertThat(letter.key()).isSameAs(key);
    assertThat(letter.value()).isSameAs(value);
    assertThat(texts(letter.headers()))
        .containsExactly(
            "traceparent=00-1",
            "riada.reason=It ends too soon – güe.",
            "riada.counter=picture_truncated",
            "riada.stage=segmenter",
            "riada.topic=flood.tiles.v1",
            "riada.partition=3",
            "riada.offset=42");
  }

  @Test
  void leaveTheOriginalsHeadersAlone() {
    Headers original = new RecordHeaders();
    Headers first = DeadLetters.headers(original, "segmenter", "flood.tiles.v1", 0, 1, WHY);

    assertThat(original.toArray()).isEmpty();
    assertThat(first.toArray()).hasSize(6);
  }

  @Test
  void tellOnlyOfTheLastFailure() {
    Headers first =
        DeadLetters.headers(new RecordHeaders(), "segmenter", "flood.tiles.v1", 0, 1, WHY);

    Headers second =
        DeadLetters.headers(
            first, "alerts", "flood.masks.v1", 7, 9, new BadInput("mask_runs", "Second."));

    assertThat(texts(second))
        .containsExactly(
            "riada.reason=Second.",
            "riada.counter=mask_runs",
            "riada.stage=alerts",
            "riada.topic=flood.masks.v1",
            "riada.partition=7",
            "riada.offset=9");
  }

  @Test
  void mayHaveNeitherKeyNorValue() {
    ProducerRecord<byte[], byte[]> letter =
        DeadLetters.record(
            "segmenter", "flood.tiles.v1", 0, 0, new RecordHeaders(), null, null, WHY);

    assertThat(letter.key()).isNull();
    assertThat(letter.value()).isNull();
  }

  private static List<String> texts(Headers headers) {
    return Arrays.stream(headers.toArray())
        .map(header -> header.key() + "=" + new String(header.value(), UTF_8))
        .toList();
  }
}
