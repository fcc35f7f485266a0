package riada.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
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

  EvidenceReader(Map<String, Object> client) {
    this.client = Map.copyOf(client);
  }

  /**
   * Hands over the records of {@code topic} that are not older than {@code fromMs}, those of one
   * key in their order. What is no message of its topic is passed over.
   */
  void read(Topic topic, long fromMs, Taker taker) {
    Map<String, Object> config = new HashMap<>(client);
    config.put("isolation.level", "read_committed");
    config.put("enable.auto.commit", "false");
    config.put("auto.offset.reset", "earliest");
    config.put("allow.auto.create.topics", "false");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic.name()).stream()
              .map(one -> new TopicPartition(topic.name(), one.partition()))
              .toList();
      consumer.assign(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      seek(consumer, partitions, fromMs, ends);
      PresentEnd.read(consumer, partitions, PresentEnd.PATIENCE, record -> hand(record, taker));
    }
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

  private static void seek(
      KafkaConsumer<byte[], byte[]> consumer,
      List<TopicPartition> partitions,
      long fromMs,
      Map<TopicPartition, Long> ends) {
    if (fromMs <= 0) {
      consumer.seekToBeginning(partitions);
      return;
    }
    Map<TopicPartition, @Nullable OffsetAndTimestamp> starts = new HashMap<>();
    starts.putAll(
        consumer.offsetsForTimes(
            partitions.stream().collect(Collectors.toMap(one -> one, one -> fromMs))));
    for (TopicPartition partition : partitions) {
      OffsetAndTimestamp start = starts.get(partition);
      consumer.seek(partition, start == null ? ends.getOrDefault(partition, 0L) : start.offset());
    }
  }
}
