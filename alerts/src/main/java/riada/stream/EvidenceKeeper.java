package riada.stream;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import riada.proto.Evidence;
import riada.proto.Topics;

/**
 * Copies tiles on the evidence topic again before they are too old to be kept, if they were named
 * again after they were copied: an alert that is younger than the copy rests on them, or an
 * incident that is still open. What nothing younger names is left to expire. Owned by one thread.
 */
final class EvidenceKeeper {
  /** Copies older than this are looked at; they have 30 days left then. */
  static final Duration OLD = Topics.EVIDENCE.retention().multipliedBy(2).dividedBy(3);

  /** A name so much younger than the copy is another alert's than the one it was copied for. */
  private static final Duration LATER = Duration.ofDays(1);

  private static final Duration POLL = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private EvidenceKeeper() {}

  /**
   * Goes through partitions of the evidence topic once, which costs little where nothing is old.
   *
   * @param evidence assigned to nothing yet; it reads committed records
   * @return how many tiles were copied again
   */
  static int renew(
      Collection<TopicPartition> partitions,
      Consumer<byte[], byte[]> evidence,
      Producer<byte[], byte[]> out,
      long nowMs)
      throws ExecutionException, InterruptedException {
    int renewed = 0;
    for (TopicPartition partition : partitions) {
      evidence.assign(List.of(partition));
      long end = evidence.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      long young = firstAt(evidence, partition, nowMs - OLD.toMillis(), end);
      evidence.seekToBeginning(List.of(partition));
      if (evidence.position(partition) < young) {
        renewed += renew(partition, evidence, out, young, end);
      }
    }
    return renewed;
  }

  private static int renew(
      TopicPartition partition,
      Consumer<byte[], byte[]> evidence,
      Producer<byte[], byte[]> out,
      long young,
      long end)
      throws ExecutionException, InterruptedException {
    Map<String, Long> named = new HashMap<>(); // newest name of each piece
    Map<String, Long> copied = new HashMap<>(); // newest copy of each piece
    Map<String, Long> oldOffsets = new HashMap<>();
    long heardAt = System.nanoTime();
    while (evidence.position(partition) < end) {
      long before = evidence.position(partition);
      ConsumerRecords<byte[], byte[]> records = evidence.poll(POLL);
      if (evidence.position(partition) > before) {
        heardAt = System.nanoTime();
      } else if (System.nanoTime() - heardAt > PATIENCE.toNanos()) {
        throw new TimeoutException("the broker hands out no evidence");
      }
      for (ConsumerRecord<byte[], byte[]> record : records) {
        Evidence one = read(record);
        if (one == null) {
          continue;
        }
        if (!one.hasTile()) {
          named.merge(piece(one), record.timestamp(), Math::max);
        } else {
          copied.merge(piece(one), record.timestamp(), Math::max);
          if (record.offset() < young) {
            oldOffsets.put(piece(one), record.offset());
          } else {
            oldOffsets.remove(piece(one));
          }
        }
      }
    }
    oldOffsets
        .keySet()
        .removeIf(
            piece ->
                named.getOrDefault(piece, 0L) < copied.getOrDefault(piece, 0L) + LATER.toMillis());
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (long offset : oldOffsets.values().stream().sorted().toList()) {
      evidence.seek(partition, offset);
      for (ConsumerRecord<byte[], byte[]> record : evidence.poll(POLL)) {
        if (record.offset() == offset) {
          sent.add(out.send(new ProducerRecord<>(record.topic(), record.key(), record.value())));
        }
      }
    }
    for (Future<RecordMetadata> one : sent) {
      one.get();
    }
    return sent.size();
  }

  private static long firstAt(
      Consumer<byte[], byte[]> evidence, TopicPartition partition, long fromMs, long end) {
    Map<TopicPartition, OffsetAndTimestamp> found =
        evidence.offsetsForTimes(Map.of(partition, Math.max(0, fromMs)));
    @Nullable OffsetAndTimestamp at = found.get(partition);
    return at == null ? end : at.offset();
  }

  private static @Nullable Evidence read(ConsumerRecord<byte[], byte[]> record) {
    try {
      return record.value() == null ? null : Evidence.parseFrom(record.value());
    } catch (InvalidProtocolBufferException e) {
      return null; // a stranger's
    }
  }

  private static String piece(Evidence one) {
    return Receipts.key(one.getIncidentId(), one.getObservationId())
        + "@"
        + one.getSourcePartition()
        + "/"
        + one.getSourceOffset();
  }
}
