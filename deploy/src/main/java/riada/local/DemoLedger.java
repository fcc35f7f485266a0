package riada.local;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import riada.proto.BadInput;
import riada.proto.Topic;
import riada.proto.Topics;
import riada.proto.WaterMask;

/**
 * Follows what the system puts out, from the moment of its making, and enters it into the account.
 * A thread of its own reads; all methods may be called from any.
 */
final class DemoLedger implements AutoCloseable {
  private static final List<Topic> READ =
      List.of(
          Topics.MASKS,
          Topics.GROUND,
          Topics.STATS,
          Topics.ALERTS,
          Topics.deadLetters(Topics.TILES),
          Topics.deadLetters(Topics.MASKS));

  private final Cluster cluster;
  private final DemoAccount account; // under the lock of this
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Map<TopicPartition, Long> start = new HashMap<>();
  private final long tilesBefore;
  private final Thread thread = new Thread(this::run, "riada-ledger");
  private volatile boolean closing;
  private @Nullable RuntimeException failure; // under the lock of this

  DemoLedger(Cluster cluster, DemoAccount account) throws InterruptedException, IOException {
    this.cluster = cluster;
    this.account = account;
    consumer = consumer(cluster);
    List<TopicPartition> partitions = new ArrayList<>();
    for (Topic topic : READ) {
      consumer
          .partitionsFor(topic.name())
          .forEach(p -> partitions.add(new TopicPartition(p.topic(), p.partition())));
    }
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(partition -> start.put(partition, consumer.position(partition)));
    tilesBefore = TopicAdmin.written(cluster, Topics.TILES);
    thread.setDaemon(true);
    thread.start();
  }

  private static KafkaConsumer<byte[], byte[]> consumer(Cluster cluster) {
    Map<String, Object> config = cluster.client();
    config.put("isolation.level", "read_committed");
    config.put("enable.auto.commit", "false");
    config.put("auto.offset.reset", "earliest");
    config.put("max.partition.fetch.bytes", Topics.MAX_MESSAGE_BYTES);
    config.put("client.id", "riada-ledger");
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private void run() {
    try {
      while (!closing) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          synchronized (this) {
            account.read(record.topic(), record.key(), record.value());
          }
        }
      }
    } catch (WakeupException e) {
      closing = true; // by close
    } catch (RuntimeException e) {
      synchronized (this) {
        failure = e;
      }
    } finally {
      consumer.close();
    }
  }

  /** Before an observation is sent for the first time. */
  synchronized void expect(String observationId) {
    account.expect(observationId);
  }

  /** Asks the account, of which nothing may be kept: it goes on changing. */
  synchronized <T> T ask(Function<DemoAccount, T> question) {
    if (failure != null) {
      throw failure;
    }
    return question.apply(account);
  }

  /** Records on the tiles topic since the ledger was opened. */
  long tilesPublished() throws InterruptedException, IOException {
    return TopicAdmin.written(cluster, Topics.TILES) - tilesBefore;
  }

  /**
   * Reads all masks since the ledger was opened again and has each compared, on this thread.
   *
   * @param pause asked before each fetch whether to go on
   */
  void compareMasks(DemoTruth truth, Pause pause) throws InterruptedException, IOException {
    Map<TopicPartition, Long> from = new HashMap<>(start);
    from.keySet().removeIf(partition -> !partition.topic().equals(Topics.MASKS.name()));
    try (KafkaConsumer<byte[], byte[]> again = consumer(cluster)) {
      again.assign(from.keySet());
      from.forEach(again::seek);
      Map<TopicPartition, Long> ends = again.endOffsets(from.keySet());
      while (ends.entrySet().stream().anyMatch(e -> again.position(e.getKey()) < e.getValue())) {
        pause.of(Duration.ZERO);
        for (ConsumerRecord<byte[], byte[]> record : again.poll(Duration.ofMillis(200))) {
          compare(truth, record);
        }
      }
    }
  }

  private static void compare(DemoTruth truth, ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      return; // a tombstone
    }
    try {
      truth.compare(WaterMask.parseFrom(record.value()));
    } catch (InvalidProtocolBufferException | BadInput e) {
      return; // the account counts it, or it is among the dead letters
    }
  }

  @Override
  public void close() {
    closing = true;
    consumer.wakeup();
    try {
      thread.join(5000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
