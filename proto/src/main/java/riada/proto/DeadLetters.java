package riada.proto;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Records that could not be used, with the reason in their headers. A letter always fits {@link
 * Topics#MAX_DEAD_LETTER_BYTES}, whatever a compressed batch unpacked to: what is too large to be
 * kept is left out, and the reason says so.
 */
public final class DeadLetters {
  /** Why, in a sentence. */
  public static final String REASON = "riada.reason";

  /** The counter's name, for machines. */
  public static final String COUNTER = "riada.counter";

  /** The stage that refused it: {@code ingest}, {@code segmenter}, {@code alerts}. */
  public static final String STAGE = "riada.stage";

  public static final String TOPIC = "riada.topic";
  public static final String PARTITION = "riada.partition";
  public static final String OFFSET = "riada.offset";

  /** How much of the original's headers is kept, in bytes of names and values. */
  public static final int MAX_HEADER_BYTES = 32 << 10;

  /** The longest key that is kept; a longer one is left out. */
  public static final int MAX_KEY_BYTES = 4 << 10;

  /** The longest value that is kept; the rest is room for key, headers and Kafka's framing. */
  public static final int MAX_VALUE_BYTES = Topics.MAX_DEAD_LETTER_BYTES - (64 << 10);

  private static final Set<String> OWN = Set.of(REASON, COUNTER, STAGE, TOPIC, PARTITION, OFFSET);
  private static final int MAX_REASON = 2000; // characters
  private static final int HEADER_FRAMING_BYTES = 10; // two varints of at most five bytes

  private DeadLetters() {}

  /**
   * The original bytes under the original key, addressed to {@code dlq.<topic>}, with the
   * original's headers and then Riada's. A key over {@value #MAX_KEY_BYTES} bytes becomes none, a
   * value over {@link #MAX_VALUE_BYTES} an empty one (never null: replayed to a compacted topic it
   * would delete), and the headers that go beyond {@value #MAX_HEADER_BYTES} bytes are dropped.
   */
  public static ProducerRecord<byte[], byte[]> record(
      String stage,
      String topic,
      int partition,
      long offset,
      Headers original,
      byte @Nullable [] key,
      byte @Nullable [] value,
      BadInput why) {
    StringBuilder reason = new StringBuilder(cut(why.reason()));
    boolean keepsKey = key == null || key.length <= MAX_KEY_BYTES;
    if (key != null && !keepsKey) {
      reason.append(leftOut("key", key.length));
    }
    boolean keepsValue = value == null || value.length <= MAX_VALUE_BYTES;
    if (value != null && !keepsValue) {
      reason.append(leftOut("value", value.length));
    }
    Headers headers = kept(original, reason);
    headers
        .add(REASON, reason.toString().getBytes(UTF_8))
        .add(COUNTER, why.counter().getBytes(UTF_8))
        .add(STAGE, stage.getBytes(UTF_8))
        .add(TOPIC, topic.getBytes(UTF_8))
        .add(PARTITION, Integer.toString(partition).getBytes(UTF_8))
        .add(OFFSET, Long.toString(offset).getBytes(UTF_8));
    return new ProducerRecord<>(
        "dlq." + topic,
        null,
        null,
        keepsKey ? key : null,
        keepsValue ? value : new byte[0],
        headers);
  }

  /** Those of the original's headers that fit; the others are told of in {@code reason}. */
  private static Headers kept(Headers original, StringBuilder reason) {
    Headers kept = new RecordHeaders();
    long room = MAX_HEADER_BYTES;
    long dropped = 0;
    for (Header header : original) {
      if (OWN.contains(header.key())) {
        continue; // a replayed letter that fails again tells only of its last failure
      }
      int valueBytes = header.value() == null ? 0 : header.value().length;
      long bytes = header.key().getBytes(UTF_8).length + valueBytes + HEADER_FRAMING_BYTES;
      if (bytes <= room) {
        kept.add(header);
        room -= bytes;
      } else {
        dropped += bytes;
      }
    }
    if (dropped > 0) {
      reason.append(leftOut("headers", dropped));
    }
    return kept;
  }

  private static String leftOut(String what, long bytes) {
    return " Left out here as too large: " + bytes + " bytes of " + what + ".";
  }

  private static String cut(String reason) {
    return reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON) + "...";
  }
}
