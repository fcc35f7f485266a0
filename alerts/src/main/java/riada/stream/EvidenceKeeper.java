package riada.stream;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import riada.proto.Evidence;
import riada.proto.Topics;

/**
 * Copies tiles on the evidence topic again before they are too old to be kept, if they were named
 * again after they were copied: an alert that is younger than the copy rests on them, or an
 * incident that is still open. What nothing younger names is left to expire.
 *
 * <p>A look at a partition takes up at most {@value #PIECES} old copies, about 6 MiB, and reads the
 * partition once from the first of them to its end; the next look goes on behind them. Works on a
 * thread of its own, so that no alert's evidence waits for it; {@link #keep} and {@link #close} may
 * be called from any.
 */
final class EvidenceKeeper implements AutoCloseable {
  /** Copies older than this are looked at; they have 30 days left then. */
  static final Duration OLD = Topics.EVIDENCE.retention().multipliedBy(2).dividedBy(3);

  /** The most old copies that a look takes up. */
  static final int PIECES = 20_000;

  private static final Logger log = LoggerFactory.getLogger(EvidenceKeeper.class);

  /** A name so much younger than the copy is another alert's than the one it was copied for. */
  private static final Duration LATER = Duration.ofDays(1);

  private static final Duration FIRST = Duration.ofHours(1); // not in the rush of a start
  private static final Duration AGAIN = Duration.ofDays(1);
  private static final Duration SOON = Duration.ofMinutes(10); // there was more, or a failure
  private static final Duration POLL = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration END = Duration.ofSeconds(4);
  private static final int SENT_AT_ONCE = 8; // copies not yet acknowledged, 2 MiB each at most

  private final Map<String, Object> client;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "riada-evidence-keeper");
  private volatile Set<TopicPartition> partitions = Set.of();

  /**
   * What a look led to.
   *
   * @param renewed how many tiles were copied again
   * @param next offset at which the next look begins; 0 when all old copies were looked at
   */
  record Look(int renewed, long next) {}

  /** An old copy, and when it was named last. */
  private static final class Copy {
    private final long offset;
    private final long copiedMs;
    private long namedMs;

    private Copy(long offset, long copiedMs, long namedMs) {
      this.offset = offset;
      this.copiedMs = copiedMs;
      this.namedMs = namedMs;
    }

    private boolean isDue() {
      return namedMs >= copiedMs + LATER.toMillis();
    }
  }

  /**
   * @param client Kafka settings with {@code bootstrap.servers}
   */
  EvidenceKeeper(Map<String, Object> client) {
    this.client = Map.copyOf(client);
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  /** From now on these partitions of the evidence topic are looked at. */
  void keep(Set<TopicPartition> assigned) {
    if (!partitions.equals(assigned)) {
      partitions = Set.copyOf(assigned);
    }
  }

  private void run() {
    Map<TopicPartition, Long> next = new HashMap<>();
    Duration pause = FIRST;
    try {
      while (!closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          pause = lookAtAll(next) ? SOON : AGAIN;
        } catch (InterruptException e) {
          return; // by close
        } catch (KafkaException | ExecutionException e) {
          log.warn("Old evidence was not copied again ({}); trying again later.", e.getMessage());
          pause = SOON;
        } catch (RuntimeException e) { // a bug: said aloud, and no reason to let evidence expire
          log.error("Copying old evidence again failed; trying again later.", e);
          pause = SOON;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // close() wants the thread to end
    }
  }

  /** Returns whether old copies are left that were not looked at. */
  private boolean lookAtAll(Map<TopicPartition, Long> next)
      throws ExecutionException, InterruptedException {
    Set<TopicPartition> now = partitions;
    next.keySet().retainAll(now);
    try (KafkaConsumer<byte[], byte[]> evidence = consumer(client);
        Producer<byte[], byte[]> out = EvidenceCopier.producer(client)) {
      for (TopicPartition partition : now) {
        long from = next.getOrDefault(partition, 0L);
        Look look = look(partition, from, PIECES, evidence, out, System.currentTimeMillis());
        next.put(partition, look.next());
        if (look.renewed() > 0) {
          log.info("{} tiles that alerts still rest on were copied again", look.renewed());
        }
      }
    }
    return next.values().stream().anyMatch(offset -> offset > 0);
  }

  /**
   * Looks at one partition, which costs little where nothing is old.
   *
   * @param from offset of the first record that it looks at, if that is still there
   * @param pieces the most old copies that it takes up
   */
  static Look look(
      TopicPartition partition,
      long from,
      int pieces,
      KafkaConsumer<byte[], byte[]> evidence,
      Producer<byte[], byte[]> out,
      long nowMs)
      throws ExecutionException, InterruptedException {
    List<TopicPartition> one = List.of(partition);
    evidence.assign(one);
    long end = evidence.endOffsets(one).getOrDefault(partition, 0L);
    long young = Math.min(end, firstAt(evidence, partition, nowMs - OLD.toMillis(), end));
    long first = evidence.beginningOffsets(one).getOrDefault(partition, 0L);
    evidence.seek(partition, Math.max(from, first));
    Map<String, Copy> old = new HashMap<>();
    long next = 0;
    while (evidence.position(partition) < (old.isEmpty() ? young : end)) {
      for (ConsumerRecord<byte[], byte[]> record : poll(evidence, partition)) {
        Evidence read = read(record);
        if (read == null) {
          continue;
        }
        String piece = piece(read);
        Copy known = old.get(piece);
        if (!read.hasTile()) {
          if (known != null) {
            known.namedMs = Math.max(known.namedMs, record.timestamp());
          }
        } else if (record.offset() >= young) {
          old.remove(piece); // it was copied again
        } else if (known != null || old.size() < pieces) {
          long named = known == null ? 0 : known.namedMs;
          old.put(piece, new Copy(record.offset(), record.timestamp(), named));
        } else if (next == 0) {
          next = record.offset();
        }
      }
    }
    List<Copy> due =
        old.values().stream()
            .filter(Copy::isDue)
            .sorted(Comparator.comparingLong(copy -> copy.offset))
            .toList();
    copy(due, partition, evidence, out);
    return new Look(due.size(), next);
  }

  private static void copy(
      List<Copy> due,
      TopicPartition partition,
      KafkaConsumer<byte[], byte[]> evidence,
      Producer<byte[], byte[]> out)
      throws ExecutionException, InterruptedException {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (Copy copy : due) {
      evidence.seek(partition, copy.offset);
      for (ConsumerRecord<byte[], byte[]> record : poll(evidence, partition)) {
        if (record.offset() == copy.offset) {
          sent.add(out.send(again(record)));
        }
      }
      if (sent.size() == SENT_AT_ONCE) {
        acknowledged(sent);
      }
    }
    acknowledged(sent);
  }

  /** The same, of now, where the next look finds it. */
  private static ProducerRecord<byte[], byte[]> again(ConsumerRecord<byte[], byte[]> record) {
    return new ProducerRecord<>(record.topic(), record.partition(), record.key(), record.value());
  }

  private static void acknowledged(List<Future<RecordMetadata>> sent)
      throws ExecutionException, InterruptedException {
    for (Future<RecordMetadata> one : sent) {
      one.get();
    }
    sent.clear();
  }

  /** Waits for the broker: what it hands out is empty only where a transaction's mark lies. */
  static ConsumerRecords<byte[], byte[]> poll(
      KafkaConsumer<byte[], byte[]> evidence, TopicPartition partition) {
    long from = evidence.position(partition);
    long since = System.nanoTime();
    while (System.nanoTime() - since < PATIENCE.toNanos()) {
      ConsumerRecords<byte[], byte[]> records = evidence.poll(POLL);
      if (evidence.position(partition) > from) {
        return records;
      }
    }
    throw new TimeoutException("the broker hands out no evidence");
  }

  static long firstAt(
      KafkaConsumer<byte[], byte[]> evidence, TopicPartition partition, long fromMs, long end) {
    Map<TopicPartition, OffsetAndTimestamp> found =
        evidence.offsetsForTimes(Map.of(partition, Math.max(0, fromMs)));
    @Nullable OffsetAndTimestamp at = found.get(partition);
    return at == null ? end : at.offset();
  }

  static @Nullable Evidence read(ConsumerRecord<byte[], byte[]> record) {
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

  /** Reads the evidence without a group, from wherever it is told. */
  static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> client) {
    Map<String, Object> config = new HashMap<>(client);
    config.put("enable.auto.commit", "false");
    config.put("allow.auto.create.topics", "false");
    config.put("auto.offset.reset", "earliest");
    config.put("isolation.level", "read_committed");
    config.put("max.poll.records", 50);
    config.put("fetch.max.bytes", 2 * Topics.MAX_EVIDENCE_BYTES);
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Ends after what is at hand; closing twice does nothing. */
  @Override
  public void close() throws InterruptedException {
    closing.countDown();
    thread.interrupt();
    thread.join(END.toMillis());
  }
}
