package riada.dashboard;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import riada.proto.BadInput;
import riada.proto.Topic;
import riada.proto.Topics;

/**
 * One plain consumer in one thread that turns records into news. It belongs to no group: every
 * dashboard reads everything, the state topics from their beginning, pictures from a little before
 * their end. A broker that goes away is news too; the feed keeps trying.
 */
final class Feed implements AutoCloseable {
  /** Takes news in, in order; may block to slow the feed down. */
  interface Sink {
    void accept(List<News> batch) throws InterruptedException;
  }

  private static final Logger log = LoggerFactory.getLogger(Feed.class);
  private static final List<Topic> STATE =
      List.of(Topics.REGIONS, Topics.STATS, Topics.GROUND, Topics.ALERTS);

  /** How many of the newest tiles of each partition are shown at the start. */
  private static final long RECENT_TILES = 64;

  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final Duration QUIET = Duration.ofSeconds(3); // then the broker is asked
  private static final Duration RETRY = Duration.ofSeconds(2);

  private final Map<String, Object> settings;
  private final InstantSource clock;
  private final Sink sink;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "riada-dashboard-feed");
  private volatile @Nullable KafkaConsumer<byte[], byte[]> current;
  private Instant answeredAt = Instant.MIN;

  /**
   * @param kafka consumer settings with {@code bootstrap.servers}
   */
  Feed(Map<String, String> kafka, InstantSource clock, Sink sink) {
    settings = new HashMap<>(kafka);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", "false");
    settings.put("auto.offset.reset", "earliest");
    settings.put("allow.auto.create.topics", "false");
    settings.put("max.poll.records", "200");
    settings.put("fetch.max.bytes", Integer.toString(8 << 20)); // what one poll may hold in memory
    settings.put("max.partition.fetch.bytes", Integer.toString(Topics.MAX_MESSAGE_BYTES));
    settings.put("reconnect.backoff.max.ms", "2000");
    settings.remove("group.id");
    this.clock = clock;
    this.sink = sink;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Ends the thread; waits for it at most five seconds. */
  @Override
  public void close() throws InterruptedException {
    closing.countDown();
    KafkaConsumer<byte[], byte[]> open = current;
    if (open != null) {
      open.wakeup();
    }
    thread.join(2000);
    thread.interrupt();
    thread.join(3000);
  }

  private void run() {
    try {
      while (closing.getCount() > 0) {
        try {
          attempt();
        } catch (InterruptException e) {
          throw e;
        } catch (RuntimeException e) { // a bug: said aloud, and no reason to go blind
          log.error("the feed failed and starts again", e);
          lost("The dashboard's reading failed (" + e + "); trying again.");
        }
        closing.await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException | InterruptException e) {
      log.debug("the feed was closed");
    }
  }

  /** Reads until closed, or until something breaks that only a new consumer mends. */
  private void attempt() throws InterruptedException {
    KafkaConsumer<byte[], byte[]> consumer = null;
    try {
      consumer =
          new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
      current = consumer;
      follow(consumer);
    } catch (WakeupException e) {
      log.debug("the feed is closing");
    } catch (InterruptException e) {
      throw e;
    } catch (TimeoutException e) {
      lost(silent());
    } catch (KafkaException e) {
      log.warn("the feed starts again: {}", e.getMessage());
      lost("Kafka refused the dashboard's reading (" + e.getMessage() + "); trying again.");
    } finally {
      current = null;
      if (consumer != null) {
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
      }
    }
  }

  private void follow(KafkaConsumer<byte[], byte[]> consumer) throws InterruptedException {
    List<TopicPartition> state = partitions(consumer, STATE);
    List<TopicPartition> tiles = partitions(consumer, List.of(Topics.TILES));
    if (state.isEmpty() || tiles.isEmpty()) {
      return; // told already
    }
    List<TopicPartition> all = new ArrayList<>(state);
    all.addAll(tiles);
    consumer.assign(all);
    consumer.seekToBeginning(state);
    Map<TopicPartition, Long> first = consumer.beginningOffsets(tiles, ANSWER);
    consumer
        .endOffsets(tiles, ANSWER)
        .forEach(
            (tile, end) ->
                consumer.seek(tile, Math.max(first.getOrDefault(tile, 0L), end - RECENT_TILES)));
    Map<TopicPartition, Long> unread = new HashMap<>(consumer.endOffsets(state, ANSWER));
    answered();
    boolean loading = true;
    while (closing.getCount() > 0) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      if (!records.isEmpty()) {
        answered();
        sink.accept(read(records, clock.instant()));
      } else if (answeredAt.plus(QUIET).isBefore(clock.instant())) {
        ask(consumer, state.subList(0, 1));
      }
      if (loading) {
        unread.entrySet().removeIf(e -> consumer.position(e.getKey(), ANSWER) >= e.getValue());
        if (unread.isEmpty()) {
          loading = false;
          sink.accept(List.of(new News.CaughtUp()));
        }
      }
    }
  }

  /** Empty, and told, when the broker does not answer or a topic is missing. */
  private List<TopicPartition> partitions(
      KafkaConsumer<byte[], byte[]> consumer, List<Topic> topics) throws InterruptedException {
    List<TopicPartition> found = new ArrayList<>();
    for (Topic topic : topics) {
      List<PartitionInfo> infos;
      try {
        infos = consumer.partitionsFor(topic.name(), ANSWER);
      } catch (TimeoutException e) {
        lost(silent());
        return List.of();
      } catch (UnknownTopicOrPartitionException e) {
        infos = List.of();
      }
      if (infos == null || infos.isEmpty()) {
        lost(
            "The topic "
                + topic.name()
                + " does not exist; create the topics with `riada topics create`. Trying again.");
        return List.of();
      }
      infos.forEach(info -> found.add(new TopicPartition(info.topic(), info.partition())));
    }
    return found;
  }

  /** The consumer itself says nothing when the broker is away: only a question shows it. */
  private void ask(KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> one)
      throws InterruptedException {
    try {
      consumer.endOffsets(one, ANSWER);
      answered();
    } catch (TimeoutException e) {
      lost("The broker does not answer; the figures are old until it does. Trying again.");
    }
  }

  private void answered() throws InterruptedException {
    boolean news = answeredAt.equals(Instant.MIN);
    answeredAt = clock.instant();
    if (news) {
      sink.accept(List.of(new News.Connection(true, "")));
    }
  }

  private void lost(String sentence) throws InterruptedException {
    answeredAt = Instant.MIN;
    sink.accept(List.of(new News.Connection(false, sentence)));
  }

  private String silent() {
    return "No broker answers at "
        + settings.get("bootstrap.servers")
        + "; trying again. Check that it runs and that --bootstrap-servers is right.";
  }

  /** One piece of news for each record; what cannot be used is skipped and costs no other. */
  static List<News> read(Iterable<ConsumerRecord<byte[], byte[]>> records, Instant now) {
    List<News> batch = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      try {
        batch.add(News.read(record.topic(), News.key(record.key()), record.value(), now));
      } catch (BadInput e) {
        batch.add(skipped(record, e.reason()));
      } catch (RuntimeException e) { // what a stranger wrote found a bug: only that record is lost
        log.error("a record of {} found a bug", record.topic(), e);
        batch.add(skipped(record, "The dashboard failed on it (" + e + ")."));
      }
    }
    return batch;
  }

  private static News skipped(ConsumerRecord<byte[], byte[]> record, String reason) {
    log.warn("skipped {}-{}@{}: {}", record.topic(), record.partition(), record.offset(), reason);
    return new News.Skipped(record.topic(), reason);
  }
}
