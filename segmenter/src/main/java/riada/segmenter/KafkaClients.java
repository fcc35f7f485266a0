package riada.segmenter;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import riada.proto.Topics;

/**
 * Makes the worker's Kafka clients. Keys and values are bytes: what strangers send is read where it
 * can be refused.
 *
 * @param bootstrapServers {@code host:port}, comma-separated
 * @param groupId the consumer group that shares the tiles
 * @param config the operator's own client settings, for example TLS; they win
 */
public record KafkaClients(String bootstrapServers, String groupId, Map<String, String> config) {
  /** The group of all segmenters. */
  public static final String GROUP = Topics.PREFIX + "riada-segmenter";

  /**
   * Records to a poll: with {@link Topics#MAX_MESSAGE_BYTES} each this bounds what is held in
   * memory, and what is repeated after a crash.
   */
  private static final int BATCH = 8;

  public KafkaClients {
    config = Map.copyOf(config);
  }

  /** A consumer that starts at the oldest tile and commits only when told. */
  public Consumer<byte[], byte[]> consumer() {
    Map<String, Object> all = new HashMap<>();
    all.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    all.put(ConsumerConfig.GROUP_ID_CONFIG, groupId);
    all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    all.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, BATCH);
    all.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, BATCH * Topics.MAX_MESSAGE_BYTES);
    all.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Topics.MAX_MESSAGE_BYTES);
    all.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000); // fail-over in seconds
    all.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
    all.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    all.put(ConsumerConfig.CLIENT_ID_CONFIG, groupId);
    all.putAll(config);
    return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** A producer whose records are on all in-sync replicas when it says so, without repeats. */
  public Producer<byte[], byte[]> producer() {
    return producer(groupId, 30_000);
  }

  /**
   * The same for a shadow's masks: real tiles wait behind it, so it waits a tenth of a second for
   * the broker, no more.
   */
  public Producer<byte[], byte[]> shadowProducer() {
    return producer(groupId + "-shadow", 100);
  }

  private Producer<byte[], byte[]> producer(String client, int maxBlockMs) {
    Map<String, Object> all = new HashMap<>();
    all.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    all.put(ProducerConfig.ACKS_CONFIG, "all");
    all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000); // a hung broker costs 10 s, not 20
    all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
    all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, maxBlockMs);
    all.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.MAX_DEAD_LETTER_BYTES);
    all.put(ProducerConfig.CLIENT_ID_CONFIG, client);
    all.putAll(config);
    return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
  }
}
