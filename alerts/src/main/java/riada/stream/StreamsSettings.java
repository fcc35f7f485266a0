package riada.stream;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import riada.proto.Topics;

/**
 * How the topology runs, as opposed to what it computes.
 *
 * @param bootstrapServers host:port, comma-separated
 * @param stateDir folder for the state stores
 * @param threads stream threads, at least 1
 * @param standbys copies of each store on other instances, 0 for a single one
 * @param commitInterval how often results become visible; each of the two hops waits for one
 * @param rocksDbBytes native memory for all stores of this process together, at least 4 MiB
 * @param extra Kafka settings that go over all others
 */
public record StreamsSettings(
    String bootstrapServers,
    Path stateDir,
    int threads,
    int standbys,
    Duration commitInterval,
    long rocksDbBytes,
    Map<String, String> extra) {
  /** The application's id: the consumer group and the prefix of the internal topics. */
  public static final String APPLICATION_ID = Topics.PREFIX + "riada-alerts";

  /** How often results become visible unless configured. */
  public static final Duration COMMIT_INTERVAL = Duration.ofMillis(100);

  // An instance that is silent for so long is given up; fail-over took 46 s at Kafka's default.
  // What it left open ends then too, if the brokers look for that each second: as long as it lasts
  // no successor can read its stores to their end, and at the default of 10 s who was started again
  // took its share back first. One that stands still for so long would lose its share anyway.
  private static final int GIVEN_UP_AFTER_MS = 6_000;

  // Records. Who lags by more does not go on with a tile while another's copy of its store lags
  // less: an instance that was killed has to read its stores anew, and its standbys need not wait
  // for that. Each commit leaves a mark that no copy counts, so that 0 is never reached.
  private static final long NEAR_ENOUGH = 1_000;

  // How often it is looked whether a late one is near enough by now to take its share again.
  private static final Duration SHARES_AGAIN = Duration.ofMinutes(1);

  public StreamsSettings {
    extra = Map.copyOf(extra);
    if (bootstrapServers.isBlank() || threads < 1 || standbys < 0) {
      throw new IllegalArgumentException(
          "bootstrap servers must be named, threads at least 1, standbys at least 0");
    }
    if (commitInterval.isNegative() || commitInterval.isZero() || rocksDbBytes < 4 << 20) {
      throw new IllegalArgumentException(
          "the commit interval must be more than 0 and rocksDbBytes at least 4 MiB");
    }
  }

  /** One thread, no standby, a commit each 100 ms, 64 MiB for RocksDB: the demo's settings. */
  public static StreamsSettings of(String bootstrapServers, Path stateDir) {
    return new StreamsSettings(
        bootstrapServers, stateDir, 1, 0, COMMIT_INTERVAL, 64L << 20, Map.of());
  }

  /** What Kafka Streams takes. */
  public Properties properties() {
    Properties p = new Properties();
    p.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION_ID);
    p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    p.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    p.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, "classic");
    p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
    p.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, standbys);
    p.put(StreamsConfig.ACCEPTABLE_RECOVERY_LAG_CONFIG, NEAR_ENOUGH);
    p.put(StreamsConfig.PROBING_REBALANCE_INTERVAL_MS_CONFIG, SHARES_AGAIN.toMillis());
    p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, commitInterval.toMillis());
    p.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), GIVEN_UP_AFTER_MS);
    p.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
        GIVEN_UP_AFTER_MS / 4);
    p.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    p.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG),
        Topics.MAX_MESSAGE_BYTES);
    p.put(StreamsConfig.producerPrefix(ProducerConfig.ACKS_CONFIG), "all");
    p.put(
        StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), GIVEN_UP_AFTER_MS);
    p.put(
        StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG),
        Topics.MAX_DEAD_LETTER_BYTES);
    p.put(
        StreamsConfig.topicPrefix("max.message.bytes"), Integer.toString(Topics.MAX_MESSAGE_BYTES));
    // What it keeps bears the time of what it read, which a clock that was set back left ahead.
    p.put(
        StreamsConfig.topicPrefix("message.timestamp.after.max.ms"), Long.toString(Long.MAX_VALUE));
    p.putAll(extra);
    return p;
  }
}
