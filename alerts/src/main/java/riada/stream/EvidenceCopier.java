package riada.stream;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import riada.proto.BrokerConnection;
import riada.proto.Evidence;
import riada.proto.Topics;

/**
 * Copies the tiles that alerts rest on to where they are kept as long as the alerts. The topology
 * names them on the evidence topic, together with the alert or not at all; this reads each where it
 * lies on the tiles topic, and writes it under the same key, or, where an alert names it, the
 * sentence that says why it is not there. Where a copy lies there from before it says nothing:
 * after a start it looks for one ({@link EarlierCopies}) before it calls a tile missing. A plain
 * consumer beside the topology, for tiles are large and the topology's state is small. What is
 * copied twice after a crash is the same record twice. Works on a thread of its own, its {@link
 * EvidenceKeeper} on another; {@link #close} and {@link #trouble} may be called from any.
 */
public final class EvidenceCopier implements AutoCloseable {
  /** The consumer group of all copiers. */
  public static final String GROUP = Topics.PREFIX + "riada-evidence";

  private static final Logger log = LoggerFactory.getLogger(EvidenceCopier.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final Duration END = Duration.ofSeconds(4);

  /** Polls without a connection before it is said that the broker is away: three seconds. */
  private static final int POLLS_AWAY = 12;

  private static final String AWAY =
      "The broker cannot be reached; evidence is copied when it returns, and nothing is lost.";

  /** Keys copied last: the alerts of an incident mostly rest on the same tiles. */
  private static final int REMEMBERED = 20_000;

  private final Map<String, Object> client;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "riada-evidence");
  private final EvidenceKeeper keeper;
  private final Map<String, Long> copied = // key to offset of the tile
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > REMEMBERED;
        }
      };
  private volatile String trouble = "";

  EvidenceCopier(Map<String, Object> client) {
    this.client = Map.copyOf(client);
    this.keeper = new EvidenceKeeper(client);
  }

  /**
   * Starts in the background and returns at once: a broker that is away is waited for.
   *
   * @param client Kafka settings with {@code bootstrap.servers}
   */
  public static EvidenceCopier start(Map<String, Object> client) {
    EvidenceCopier copier = new EvidenceCopier(client);
    copier.thread.setDaemon(true);
    copier.thread.start();
    copier.keeper.start();
    return copier;
  }

  /** What keeps it from copying, in a sentence; empty when nothing does. */
  public String trouble() {
    return trouble;
  }

  private void run() {
    try {
      while (closing.getCount() > 0) {
        try {
          copy();
        } catch (InterruptException e) {
          return; // by close
        } catch (KafkaException e) {
          trouble = "Evidence is not copied now (" + e.getMessage() + "); nothing is lost.";
          log.warn("{} Trying again in {} s.", trouble, PAUSE.toSeconds());
        } catch (RuntimeException e) { // a bug: said aloud, and no reason to copy nothing more
          trouble = "Copying evidence failed (" + e + ").";
          log.error("{} Trying again in {} s.", trouble, PAUSE.toSeconds(), e);
        }
        closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // close() wants the thread to end
    }
  }

  private void copy() throws InterruptedException {
    try (KafkaConsumer<byte[], byte[]> wanted = consumer();
        SourceTiles tiles = new SourceTiles(client);
        EarlierCopies earlier = new EarlierCopies(client, copied::put);
        KafkaProducer<byte[], byte[]> out = producer(client)) {
      wanted.subscribe(List.of(Topics.EVIDENCE.name()));
      int pollsAway = 0;
      while (closing.getCount() > 0) {
        ConsumerRecords<byte[], byte[]> records = wanted.poll(POLL);
        pollsAway = BrokerConnection.isOpen(wanted) ? 0 : pollsAway + 1;
        keeper.keep(wanted.assignment()); // each copier those that it has: no tile by two of them
        copy(records, tiles::find, earlier::read, out);
        if (!records.isEmpty()) {
          wanted.commitSync(records.nextOffsets());
        }
        if (pollsAway < POLLS_AWAY) {
          trouble = "";
        } else if (!trouble.equals(AWAY)) {
          trouble = AWAY;
          log.warn(AWAY);
        }
      }
    } catch (ExecutionException e) {
      throw new KafkaException("a tile was not acknowledged: " + e.getCause(), e);
    }
  }

  /**
   * Writes what these records ask for, and returns when the broker has all of it. Only then is it
   * remembered as copied: what was not acknowledged is read again, and must be written again.
   *
   * @param earlier is asked to remember the copies that lie before a record, whose tile is gone
   */
  void copy(
      Iterable<ConsumerRecord<byte[], byte[]>> records,
      Function<Evidence, SourceTiles.Found> tiles,
      BiConsumer<ConsumerRecord<byte[], byte[]>, Evidence> earlier,
      Producer<byte[], byte[]> out)
      throws ExecutionException, InterruptedException {
    Map<String, Long> sending = new HashMap<>();
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      Evidence wanted = wanted(record);
      if (wanted == null) {
        continue;
      }
      String key = Receipts.key(wanted.getIncidentId(), wanted.getObservationId());
      Long offset = wanted.getSourceOffset();
      if (offset.equals(copied.get(key)) || offset.equals(sending.get(key))) {
        continue;
      }
      SourceTiles.Found found = tiles.apply(wanted);
      if (found.tile() == null) {
        if (wanted.getSequence() == 0) {
          continue; // a copy may lie there from before; if an alert comes, it names it again
        }
        earlier.accept(record, wanted);
        if (offset.equals(copied.get(key))) {
          continue;
        }
      }
      Evidence.Builder evidence = wanted.toBuilder().setMissing(found.missing());
      if (found.tile() != null) {
        evidence.setTile(found.tile());
      }
      sent.add(
          out.send(
              new ProducerRecord<>(record.topic(), record.key(), evidence.build().toByteArray())));
      sending.put(key, offset);
    }
    for (Future<RecordMetadata> one : sent) {
      one.get();
    }
    copied.putAll(sending);
  }

  /** What a record asks for; null when it asks for nothing. */
  private static @Nullable Evidence wanted(ConsumerRecord<byte[], byte[]> record) {
    try {
      Evidence wanted = Evidence.parseFrom(record.value() == null ? new byte[0] : record.value());
      boolean done = wanted.hasTile() || !wanted.getMissing().isEmpty();
      return done || wanted.getIncidentId().isEmpty() ? null : wanted;
    } catch (InvalidProtocolBufferException e) {
      log.warn("passed over what is no Evidence at {}@{}", record.partition(), record.offset());
      return null;
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> config = new HashMap<>(client);
    config.put("enable.auto.commit", "false");
    config.put("allow.auto.create.topics", "false");
    config.put("auto.offset.reset", "earliest");
    config.put("isolation.level", "read_committed");
    config.put("group.id", GROUP);
    config.put("max.poll.records", 500);
    config.put("max.partition.fetch.bytes", Topics.MAX_EVIDENCE_BYTES);
    config.put("session.timeout.ms", 10_000);
    config.put("default.api.timeout.ms", 10_000);
    config.put("request.timeout.ms", 5_000);
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Writes evidence. */
  static KafkaProducer<byte[], byte[]> producer(Map<String, Object> client) {
    Map<String, Object> config = new HashMap<>(client);
    config.put("acks", "all");
    config.put("max.request.size", Topics.MAX_EVIDENCE_BYTES);
    config.put("request.timeout.ms", 5_000);
    config.put("delivery.timeout.ms", 30_000);
    config.put("max.block.ms", 30_000);
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Ends after what is at hand; closing twice does nothing. */
  @Override
  public void close() throws InterruptedException {
    closing.countDown();
    thread.join(END.toMillis());
    thread.interrupt();
    thread.join(END.toMillis());
    keeper.close();
  }
}
