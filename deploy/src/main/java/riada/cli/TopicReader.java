package riada.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import riada.local.PresentEnd;

/**
 * Reads one topic without a consumer group: nothing is committed, so looking changes nothing. Owned
 * by one thread.
 */
final class TopicReader implements AutoCloseable {
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;
  private final Queue<ConsumerRecord<byte[], byte[]>> fetched = new ArrayDeque<>();

  /**
   * @throws UnknownTopicOrPartitionException when there is no such topic
   */
  TopicReader(Map<String, Object> client, String topic, boolean fromBeginning) {
    Map<String, Object> config = new HashMap<>(client);
    config.put("isolation.level", "read_committed");
    config.put("enable.auto.commit", "false");
    config.put("auto.offset.reset", "earliest"); // what retention has taken away is passed over
    config.put("allow.auto.create.topics", "false");
    consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    var found = consumer.partitionsFor(topic);
    if (found == null || found.isEmpty()) {
      consumer.close();
      throw new UnknownTopicOrPartitionException(topic);
    }
    partitions = found.stream().map(p -> new TopicPartition(topic, p.partition())).toList();
    consumer.assign(partitions);
    if (fromBeginning) {
      consumer.seekToBeginning(partitions);
    } else {
      consumer.seekToEnd(partitions);
      partitions.forEach(consumer::position); // now, not at the first poll
    }
  }

  /** Passes over what is older than {@code from}, by the time of the records. */
  void skipTo(Instant from) {
    PresentEnd.seek(consumer, partitions, from.toEpochMilli());
  }

  /** Waits for the next record, for as long as it takes. */
  ConsumerRecord<byte[], byte[]> next() {
    while (fetched.isEmpty()) {
      consumer.poll(Duration.ofSeconds(1)).forEach(fetched::add);
    }
    return fetched.remove();
  }

  /** Hands over every record up to the end that the topic has now, one poll's worth at a time. */
  void forEachToEnd(Consumer<ConsumerRecord<byte[], byte[]>> taker) {
    PresentEnd.read(consumer, partitions, PresentEnd.PATIENCE, taker);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
