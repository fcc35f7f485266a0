package riada.stream;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import riada.proto.Evidence;
import riada.proto.Tiles;

/**
 * Reads from the evidence topic which tiles were copied before: a copier that starts anew knows of
 * none, and a tile that is no longer on its own topic may well lie here. Reads a partition on from
 * where it stopped, and anew for an incident that began before all others. Owned by one thread.
 */
final class EarlierCopies implements AutoCloseable {
  /** Then the copier must ask for news again; a copy stands whatever is said behind it. */
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private final KafkaConsumer<byte[], byte[]> evidence;
  private final BiConsumer<String, Long> found;
  private final Map<TopicPartition, Read> done = new HashMap<>();

  /**
   * What was read of a partition.
   *
   * @param fromMs the time of its first record, or before
   * @param to offset behind the last; what was written since may be another copier's
   */
  private record Read(long fromMs, long to) {}

  /**
   * @param client Kafka settings with {@code bootstrap.servers}
   * @param found takes the key of each copy and the offset at which its tile lay on its topic
   */
  EarlierCopies(Map<String, Object> client, BiConsumer<String, Long> found) {
    this.evidence = EvidenceKeeper.consumer(client);
    this.found = found;
  }

  /** Hands over the copies before {@code name}, from the begin of its incident on. */
  void read(ConsumerRecord<byte[], byte[]> name, Evidence wanted) {
    TopicPartition partition = new TopicPartition(name.topic(), name.partition());
    long fromMs =
        Incidents.begun(wanted.getIncidentId()).minus(Tiles.CLOCK_TOLERANCE).toEpochMilli();
    Read before = done.get(partition);
    evidence.assign(List.of(partition));
    if (before != null && before.fromMs <= fromMs) {
      evidence.seek(partition, before.to);
      fromMs = before.fromMs;
    } else {
      evidence.seek(partition, EvidenceKeeper.firstAt(evidence, partition, fromMs, name.offset()));
    }
    long since = System.nanoTime();
    while (evidence.position(partition) < name.offset()
        && System.nanoTime() - since < LONGEST.toNanos()) {
      for (ConsumerRecord<byte[], byte[]> record : EvidenceKeeper.poll(evidence, partition)) {
        Evidence one = EvidenceKeeper.read(record);
        if (one != null && one.hasTile()) {
          found.accept(
              Receipts.key(one.getIncidentId(), one.getObservationId()), one.getSourceOffset());
        }
      }
    }
    done.put(partition, new Read(fromMs, evidence.position(partition)));
  }

  @Override
  public void close() {
    evidence.close();
  }
}
