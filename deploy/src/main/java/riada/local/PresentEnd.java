package riada.local;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Reads partitions from where a consumer stands, or a time, to the end that they have now. */
public final class PresentEnd {
  /** Long enough for a broker that starts again. */
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration POLL = Duration.ofMillis(200);

  private PresentEnd() {}

  /**
   * Puts a consumer before the first record of each partition that is not older than {@code
   * fromMs}, by the time it bears; at the end where all are.
   *
   * @param consumer assigned to {@code partitions}
   * @param fromMs epoch milliseconds; 0 or less: from the beginning
   */
  public static void seek(
      org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer,
      List<TopicPartition> partitions,
      long fromMs) {
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
      if (start == null) {
        consumer.seekToEnd(List.of(partition));
      } else {
        consumer.seek(partition, start.offset());
      }
    }
  }

  /**
   * Hands over every record up to the end, one poll's worth at a time.
   *
   * @param consumer assigned to {@code partitions}, and positioned
   * @param patience how long the broker may hand out nothing
   * @throws TimeoutException when it did so for longer: polls of a broker that is gone are empty
   */
  public static void read(
      org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer,
      List<TopicPartition> partitions,
      Duration patience,
      Consumer<ConsumerRecord<byte[], byte[]>> taker) {
    read(consumer, consumer.endOffsets(partitions), patience, taker);
  }

  /**
   * Hands over every record up to {@code ends}, and what else the polls up to there bring.
   *
   * @param consumer assigned to the partitions of {@code ends}, and positioned
   * @param ends offsets that the partitions have reached
   * @param patience as above
   * @throws TimeoutException as above
   */
  public static void read(
      org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer,
      Map<TopicPartition, Long> ends,
      Duration patience,
      Consumer<ConsumerRecord<byte[], byte[]>> taker) {
    Set<TopicPartition> partitions = ends.keySet();
    long position = sum(consumer, partitions);
    long since = System.nanoTime();
    while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
      consumer.poll(POLL).forEach(taker);
      long now = sum(consumer, partitions); // the marks of transactions are steps too
      if (now != position) {
        position = now;
        since = System.nanoTime();
      } else if (System.nanoTime() - since > patience.toNanos()) {
        throw new TimeoutException(
            "it stopped handing out records for " + patience.toSeconds() + " s");
      }
    }
  }

  private static long sum(
      org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer,
      Set<TopicPartition> partitions) {
    return partitions.stream().mapToLong(consumer::position).sum();
  }
}
