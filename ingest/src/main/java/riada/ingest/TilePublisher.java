package riada.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import riada.geo.TileId;
import riada.proto.BadInput;
import riada.proto.CloudEvents;
import riada.proto.Observation;
import riada.proto.Tile;
import riada.proto.Tiles;
import riada.proto.Topics;

/**
 * Sends tiles to the tiles topic. It checks each one first, so that a publisher learns of a flaw at
 * once. Sending is asynchronous: a tile that the broker did not take in the end is reported by the
 * next call. Thread-safe.
 */
public final class TilePublisher implements TileSink, AutoCloseable {
  /** What Kafka adds to key, value and headers, generously. */
  private static final int RECORD_OVERHEAD_BYTES = 256;

  private static final Duration LAST_TILES = Duration.ofSeconds(10);

  private final String brokers;
  private final Producer<String, byte[]> producer;
  private final InstantSource clock;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  /**
   * @param bootstrapServers {@code host:port}, several by commas
   * @param overrides further producer settings; they win over the ones made here
   * @param clock stamps {@code received_at}
   * @throws IOException when the servers' names cannot be used
   */
  public TilePublisher(String bootstrapServers, Map<String, Object> overrides, InstantSource clock)
      throws IOException {
    this(bootstrapServers, producer(bootstrapServers, overrides), clock);
  }

  TilePublisher(String brokers, Producer<String, byte[]> producer, InstantSource clock) {
    this.brokers = brokers;
    this.producer = producer;
    this.clock = clock;
  }

  private static Producer<String, byte[]> producer(
      String bootstrapServers, Map<String, Object> overrides) throws IOException {
    Map<String, Object> config = new HashMap<>();
    config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    config.put(ProducerConfig.CLIENT_ID_CONFIG, "riada-ingest");
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.MAX_MESSAGE_BYTES);
    config.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    // A hung broker is given up after 5 s and asked again, two minutes long.
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5000);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 120_000);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 20_000);
    config.putAll(overrides);
    try {
      return new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
    } catch (KafkaException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(
          "The broker \"" + bootstrapServers + "\" cannot be used: " + cause.getMessage(), e);
    }
  }

  /**
   * Checks a tile, stamps {@code received_at} where it is absent, and hands it to the producer.
   *
   * @throws BadInput when the tile breaks the contract or is too large; it was not sent
   * @throws IOException when an earlier tile did not reach the broker
   */
  @Override
  public void send(String key, Tile tile) throws BadInput, IOException {
    surface();
    ProducerRecord<String, byte[]> record = record(key, tile, clock.instant());
    sent.incrementAndGet();
    try {
      producer.send(
          record,
          (metadata, error) -> {
            if (error == null) {
              acknowledged.incrementAndGet();
            } else {
              failure.compareAndSet(null, error);
            }
          });
    } catch (InterruptException e) { // Kafka has set the thread's interrupt flag again
      throw new IOException("Publishing was interrupted.", e);
    }
  }

  /** The record of a tile, with the headers that let a consumer route it unparsed. */
  static ProducerRecord<String, byte[]> record(String key, Tile tile, Instant now) throws BadInput {
    TileId id = Tiles.check(key, tile, now);
    Tile stamped =
        tile.hasReceivedAt()
            ? tile
            : tile.toBuilder().setReceivedAt(Observation.timestamp(now)).build();
    Instant acquiredAt = Observation.instant(tile.getAcquiredAt());
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(
            Topics.TILES.name(),
            null,
            null,
            key,
            stamped.toByteArray(),
            CloudEvents.headers(
                CloudEvents.TILE,
                URLEncoder.encode(tile.getPublisher(), UTF_8),
                Observation.id(tile.getPublisher(), tile.getScene(), id, acquiredAt),
                acquiredAt));
    int bytes = size(record);
    if (bytes > Topics.MAX_MESSAGE_BYTES) {
      throw new BadInput(
          "tile_too_large",
          "Tile "
              + key
              + " of "
              + tile.getPublisher()
              + " has "
              + bytes
              + " bytes; a record holds "
              + Topics.MAX_MESSAGE_BYTES
              + ". Send JPEG, or its four children at the next zoom.");
    }
    return record;
  }

  private static int size(ProducerRecord<String, byte[]> record) {
    int bytes = RECORD_OVERHEAD_BYTES + record.key().length() + record.value().length;
    for (Header header : record.headers()) {
      bytes += header.key().length() + header.value().length;
    }
    return bytes;
  }

  /** How many tiles the broker has taken. */
  public long acknowledged() {
    return acknowledged.get();
  }

  /**
   * Whether the broker has taken every tile so far, for who must not wait in {@link #flush}.
   *
   * @throws IOException when it did not take one
   */
  public boolean isSettled() throws IOException {
    surface();
    return acknowledged.get() == sent.get();
  }

  /**
   * Waits until the broker has taken or refused every tile.
   *
   * @throws IOException when it did not take one
   */
  public void flush() throws IOException {
    try {
      producer.flush();
    } catch (InterruptException e) {
      throw new IOException("Publishing was interrupted.", e);
    }
    surface();
  }

  private void surface() throws IOException {
    Exception error = failure.get();
    if (error != null) {
      throw new IOException(
          "The broker at "
              + brokers
              + " did not take a tile ("
              + error.getMessage()
              + "). See that it runs and is reachable and that its topics exist, then publish"
              + " again: what has arrived already is recognised.",
          error);
    }
  }

  /**
   * Sends what is left for at most ten seconds, or ends at once where a tile has failed already or
   * the thread is interrupted. {@link #flush} first to learn of failures.
   */
  @Override
  public void close() {
    boolean inVain = failure.get() != null || Thread.currentThread().isInterrupted();
    try {
      producer.close(inVain ? Duration.ZERO : LAST_TILES);
    } catch (InterruptException e) {
      // The producer has ended none the less, and the thread's interrupt flag is set again.
    }
  }
}
