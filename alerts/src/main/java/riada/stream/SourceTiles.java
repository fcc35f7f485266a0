package riada.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import riada.geo.TileId;
import riada.proto.BadInput;
import riada.proto.Evidence;
import riada.proto.Observation;
import riada.proto.Tile;
import riada.proto.Topics;

/** Tiles as they lie on their topic, each looked up by itself. Owned by one thread. */
final class SourceTiles implements AutoCloseable {
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private final KafkaConsumer<byte[], byte[]> tiles;

  /** A tile as it lies on its topic, or why it does not. */
  record Found(@Nullable Tile tile, String missing) {
    static Found missing(String why) {
      return new Found(null, why);
    }
  }

  /**
   * @param client Kafka settings with {@code bootstrap.servers}
   */
  SourceTiles(Map<String, Object> client) {
    Map<String, Object> config = new HashMap<>(client);
    config.put("enable.auto.commit", "false");
    config.put("allow.auto.create.topics", "false");
    config.put("auto.offset.reset", "none");
    config.put("isolation.level", "read_uncommitted"); // as the segmenter reads
    config.put("max.poll.records", 1);
    config.put("fetch.max.bytes", 1); // one batch at a time
    config.put("max.partition.fetch.bytes", 1);
    config.put("default.api.timeout.ms", 10_000);
    config.put("request.timeout.ms", 5_000);
    this.tiles =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** The tile that {@code wanted} names, or why it cannot be had. */
  Found find(Evidence wanted) {
    if (wanted.getSourceOffset() < 0) {
      return Found.missing("Its mask does not say where its tile lies.");
    }
    TopicPartition partition = new TopicPartition(Topics.TILES.name(), wanted.getSourcePartition());
    if (tiles.partitionsFor(partition.topic(), ANSWER).stream()
        .noneMatch(one -> one.partition() == partition.partition())) {
      return Found.missing("There is no " + partition + ".");
    }
    tiles.assign(List.of(partition));
    tiles.seek(partition, wanted.getSourceOffset());
    try {
      if (tiles.endOffsets(List.of(partition), ANSWER).getOrDefault(partition, 0L)
          > wanted.getSourceOffset()) {
        for (ConsumerRecord<byte[], byte[]> record : poll(partition)) {
          return check(wanted, record);
        }
      }
    } catch (OffsetOutOfRangeException e) {
      return Found.missing("Its tile was no longer kept when it was to be copied.");
    }
    return Found.missing("Its tile does not lie where its mask says.");
  }

  /**
   * Waits for the broker: its silence is no sign that there is nothing. Empty when what lies there
   * is no record, but the mark of a transaction's end.
   */
  private ConsumerRecords<byte[], byte[]> poll(TopicPartition partition) {
    long from = tiles.position(partition);
    ConsumerRecords<byte[], byte[]> records = tiles.poll(ANSWER);
    if (records.isEmpty() && tiles.position(partition) == from) {
      throw new TimeoutException(
          "the broker hands out no tile within " + ANSWER.toSeconds() + " s");
    }
    return records;
  }

  private static Found check(Evidence wanted, ConsumerRecord<byte[], byte[]> record) {
    if (record.offset() != wanted.getSourceOffset()) {
      return Found.missing("Its tile was no longer kept when it was to be copied.");
    }
    try {
      Tile tile = Tile.parseFrom(record.value() == null ? new byte[0] : record.value());
      TileId id = TileId.parse(record.key() == null ? "" : new String(record.key(), UTF_8));
      String observation =
          Observation.id(
              tile.getPublisher(), tile.getScene(), id, Observation.instant(tile.getAcquiredAt()));
      return observation.equals(wanted.getObservationId())
          ? new Found(tile, "")
          : Found.missing("Another tile lies where its mask says.");
    } catch (InvalidProtocolBufferException
        | BadInput
        | DateTimeException
        | ArithmeticException e) {
      return Found.missing("No tile lies where its mask says.");
    }
  }

  @Override
  public void close() {
    tiles.close();
  }
}
