package riada.proto;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Records that could not be used, with the reason in their headers. */
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

  private DeadLetters() {}

  /** The headers of a dead letter: the original's own, then Riada's. */
  public static Headers headers(
      Headers original, String stage, String topic, int partition, long offset, BadInput why) {
    Headers headers = new RecordHeaders(original.toArray());
    for (String own : new String[] {REASON, COUNTER, STAGE, TOPIC, PARTITION, OFFSET}) {
      headers.remove(own); // a replayed letter that fails again tells only of its last failure
    }
    return headers
        .add(REASON, why.reason().getBytes(UTF_8))
        .add(COUNTER, why.counter().getBytes(UTF_8))
        .add(STAGE, stage.getBytes(UTF_8))
        .add(TOPIC, topic.getBytes(UTF_8))
        .add(PARTITION, Integer.toString(partition).getBytes(UTF_8))
        .add(OFFSET, Long.toString(offset).getBytes(UTF_8));
  }

  /** The original bytes under the original key, addressed to {@code dlq.<topic>}. */
  public static ProducerRecord<byte[], byte[]> record(
      String stage,
      String topic,
      int partition,
      long offset,
      Headers original,
      byte @Nullable [] key,
      byte @Nullable [] value,
      BadInput why) {
    return new ProducerRecord<>(
        "dlq." + topic,
        null,
        null,
        key,
        value,
        headers(original, stage, topic, partition, offset, why));
  }
}
