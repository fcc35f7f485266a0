package riada.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import riada.local.PresentEnd;
import riada.proto.BadInput;
import riada.proto.Topic;

/**
 * Reads topics to their present end, without a consumer group: looking changes nothing. Owned by
 * one thread.
 */
final class EvidenceReader {
  private final Map<String, Object> client;

  /** Takes one record. */
  @FunctionalInterface
  interface Taker {
    /**
     * @param value null for a tombstone
     */
    void take(String key, byte @Nullable [] value, long timestampMs)
        throws BadInput, InvalidProtocolBufferException;
  }

  /** Where some records lie on their topic: by partition, from the first to the last of them. */
  static final class Span {
    private final Map<TopicPartition, Long> firsts = new HashMap<>();
    private final Map<TopicPartition, Long> lasts = new HashMap<>();

    private void add(ConsumerRecord<byte[], byte[]> record) {
      TopicPartition partition = new TopicPartition(record.topic(), record.partition());
      firsts.merge(partition, record.offset(), Math::min);
      lasts.merge(partition, record.offset(), Math::max);
    }
  }

  EvidenceReader(Map<String, Object> client) {
    this.client = Map.copyOf(client);
  }

  /**
   * Hands over the records of {@code topic} that are not older than {@code fromMs}, those of one
   * key in their order. What is no message of its topic is passed over.
   */
  void read(Topic topic, long fromMs, Taker taker) {
    read(topic, fromMs, "", taker);
  }

  /**
   * The same.
   *
   * @return where the records lie whose keys begin with {@code keys}
   */
  Span read(Topic topic, long fromMs, String keys, Taker taker) {
    Span span = new Span();
    byte[] prefix = keys.getBytes(UTF_8);
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic.name()).stream()
              .map(one -> new TopicPartition(topic.name(), one.partition()))
              .toList();
      consumer.assign(partitions);
      PresentEnd.seek(consumer, partitions, fromMs);
      PresentEnd.read(
          consumer,
          partitions,
          PresentEnd.PATIENCE,
          record -> {
            if (begins(record.key(), prefix)) {
              span.add(record);
            }
            hand(record, taker);
          });
    }
    return span;
  }

  /** Hands over what lies in {@code span} and is still kept, partition by partition. */
  void read(Span span, Taker taker) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      span.firsts.forEach(
          (partition, first) -> {
            long last = span.lasts.getOrDefault(partition, first);
            consumer.assign(List.of(partition));
            consumer.seek(partition, first);
            PresentEnd.read(
                consumer,
                Map.of(partition, last + 1),
                PresentEnd.PATIENCE,
                record -> {
                  if (record.offset() <= last) {
                    hand(record, taker);
                  }
                });
          });
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> config = new HashMap<>(client);
    config.put("isolation.level", "read_committed");
    config.put("enable.auto.commit", "false");
    config.put("auto.offset.reset", "earliest");
    config.put("allow.auto.create.topics", "false");
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static boolean begins(byte @Nullable [] key, byte[] prefix) {
    return key != null
        && key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }

  private static void hand(ConsumerRecord<byte[], byte[]> record, Taker taker) {
    if (record.key() != null) {
      try {
        taker.take(new String(record.key(), UTF_8), record.value(), record.timestamp());
      } catch (InvalidProtocolBufferException | BadInput e) {
        return; // a stranger's: it is among the dead letters
      }
    }
  }
}
