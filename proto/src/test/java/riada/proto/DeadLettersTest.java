package riada.proto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.internal.AbstractRecords;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;
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

    Headers letter = letter(original, null, null, WHY).headers();

    assertThat(original.toArray()).isEmpty();
    assertThat(letter.toArray()).hasSize(6);
  }

  @Test
  void tellOnlyOfTheLastFailure() {
    Headers first = letter(new RecordHeaders(), null, null, WHY).headers();

    Headers second = letter(first, null, null, new BadInput("mask_runs", "Second.")).headers();

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
  void fitTheirTopicWhateverTheOriginalWas() {
    Headers original = new RecordHeaders().add("small", "1".getBytes(UTF_8));
    for (int i = 0; i < 9; i++) {
      original.add("large" + i, new byte[1 << 20]);
    }
    BadInput endless = new BadInput("mask_runs", "x".repeat(1 << 20));

    ProducerRecord<byte[], byte[]> letter =
        letter(original, new byte[1 << 20], new byte[Topics.MAX_DEAD_LETTER_BYTES], endless);

    assertThat(letter.key()).isNull();
    assertThat(letter.value()).isEmpty(); // null would delete when it is replayed
    assertThat(texts(letter.headers())).contains("small=1");
    assertThat(texts(letter.headers()).get(1))
        .startsWith("riada.reason=xxx")
        .contains("1048576 bytes of key")
        .contains("8388608 bytes of value")
        .contains("9437328 bytes of headers") // 9 x (1 MiB + 6 of the name + 10)
        .hasSizeLessThan(3000);
  }

  @Test
  void keepTheLargestThatFitsWithItsFraming() {
    Headers original =
        new RecordHeaders().add("h", new byte[DeadLetters.MAX_HEADER_BYTES - 11]); // fills the room

    ProducerRecord<byte[], byte[]> letter =
        letter(
            original,
            new byte[DeadLetters.MAX_KEY_BYTES],
            new byte[DeadLetters.MAX_VALUE_BYTES],
            WHY);

    assertThat(letter.value()).hasSize(DeadLetters.MAX_VALUE_BYTES);
    assertThat(letter.key()).hasSize(DeadLetters.MAX_KEY_BYTES);
    assertThat(letter.headers().toArray()).hasSize(7);
    assertThat(
            AbstractRecords.estimateSizeInBytesUpperBound(
                RecordBatch.CURRENT_MAGIC_VALUE,
                CompressionType.NONE,
                letter.key(),
                letter.value(),
                letter.headers().toArray()))
        .isLessThanOrEqualTo(Topics.MAX_DEAD_LETTER_BYTES);
  }

  @Test
  void mayHaveNeitherKeyNorValue() {
    ProducerRecord<byte[], byte[]> letter =
        DeadLetters.record(
            "segmenter", "flood.tiles.v1", 0, 0, new RecordHeaders(), null, null, WHY);

    assertThat(letter.key()).isNull();
    assertThat(letter.value()).isNull();
  }

  private static ProducerRecord<byte[], byte[]> letter(
      Headers original, byte @Nullable [] key, byte @Nullable [] value, BadInput why) {
    return DeadLetters.record("alerts", "flood.masks.v1", 7, 9, original, key, value, why);
  }

  private static List<String> texts(Headers headers) {
    return Arrays.stream(headers.toArray())
        .map(header -> header.key() + "=" + new String(header.value(), UTF_8))
        .toList();
  }
}
