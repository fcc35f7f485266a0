package riada.segmenter;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.onnxruntime.OrtException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import riada.geo.TileId;
import riada.proto.BadInput;
import riada.proto.CloudEvents;
import riada.proto.DeadLetters;
import riada.proto.Observation;
import riada.proto.ProtoSerde;
import riada.proto.Tile;
import riada.proto.TileSource;
import riada.proto.Tiles;
import riada.proto.Topic;
import riada.proto.Topics;
import riada.proto.WaterMask;

/**
 * What becomes of one record: a mask, or a dead letter with the reason. A tile at which the model
 * fails is tried once more with the model loaded anew. For one thread.
 */
final class TileProcessor implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TileProcessor.class);

  private final PipelineSource source;
  private final MeterRegistry meters;
  private final InstantSource clock;
  private final StageTimers stages;
  private TilePipeline pipeline;
  private Optional<Shadow> shadow = Optional.empty();
  private Gauge info;

  TileProcessor(PipelineSource source, MeterRegistry meters, InstantSource clock) throws BadInput {
    this.source = source;
    this.meters = meters;
    this.clock = clock;
    this.stages = new StageTimers("riada.segmenter.stage", Tags.empty(), meters);
    this.pipeline = source.open();
    this.info = describe(pipeline.model());
  }

  /**
   * The one record that answers this one.
   *
   * @throws IllegalStateException when the model failed and cannot be loaded again: no fault of the
   *     tile
   */
  ProducerRecord<byte[], byte[]> process(ConsumerRecord<byte[], byte[]> record) {
    try {
      WaterMask mask = mask(record);
      meters.counter("riada.tiles.segmented").increment();
      stages.record(mask.getStages());
      return record(Topics.MASKS, record.headers(), mask);
    } catch (BadInput why) {
      meters.counter("riada.tiles.refused", "reason", why.counter()).increment();
      log.warn(
          "Tile refused (partition {}, offset {}): {}",
          record.partition(),
          record.offset(),
          why.reason());
      return DeadLetters.record(
          "segmenter",
          record.topic(),
          record.partition(),
          record.offset(),
          record.headers(),
          record.key(),
          record.value(),
          why);
    }
  }

  private WaterMask mask(ConsumerRecord<byte[], byte[]> record) throws BadInput {
    byte[] key = record.key();
    byte[] value = record.value();
    if (key == null) {
      throw new BadInput(
          "tile_key_missing", "The record has no key; write the tile as z/x/y, say 14/8185/5448.");
    }
    if (value != null && value.length > Topics.MAX_MESSAGE_BYTES) {
      throw new BadInput(
          "message_too_large",
          "The record's value has "
              + value.length
              + " bytes; a tile has at most "
              + Topics.MAX_MESSAGE_BYTES
              + ". Send four tiles of the next zoom instead.");
    }
    Tile tile = ProtoSerde.parse(Tile.parser(), "Tile", value);
    TileId id = Tiles.check(new String(key, UTF_8), tile, clock.instant());
    WaterMask mask =
        segment(id, tile, Instant.ofEpochMilli(record.timestamp())).toBuilder()
            .setSource(
                TileSource.newBuilder().setPartition(record.partition()).setOffset(record.offset()))
            .build();
    shadow.ifPresent(trial -> trial.offer(id, tile, record.headers(), mask));
    return mask;
  }

  private WaterMask segment(TileId id, Tile tile, Instant received) throws BadInput {
    try {
      return pipeline.segment(id, tile, received);
    } catch (OrtException | RuntimeException first) {
      log.warn(
          "The model failed at tile {} ({}); it is loaded anew and the tile tried once more.",
          id,
          first.toString());
      reopen();
    }
    try {
      return pipeline.segment(id, tile, received);
    } catch (OrtException | RuntimeException again) {
      log.error("The model failed twice at tile {}", id, again);
      throw new BadInput(
          "model_failed", "The model failed twice at tile " + id + ": " + again + ".");
    }
  }

  /** After a failure for want of memory a session stays broken: a new one is made. */
  private void reopen() {
    pipeline.close();
    try {
      pipeline = source.open();
    } catch (BadInput e) {
      throw new IllegalStateException("the model cannot be loaded anew: " + e.reason(), e);
    }
    meters.remove(info);
    info = describe(pipeline.model());
  }

  /**
   * Between two batches: takes up another model, or a trial of one, that is ready.
   *
   * @return whether the model at work is another now
   */
  boolean takeUp() {
    shadow = source.trial(shadow);
    TilePipeline next = source.next(pipeline);
    if (next == pipeline) {
      return false;
    }
    pipeline = next;
    meters.remove(info);
    info = describe(pipeline.model());
    return true;
  }

  /** Whether tiles wait for the model on trial. */
  boolean hasShadowWork() {
    return shadow.isPresent() && shadow.get().hasWork();
  }

  /** Lets the model on trial see one tile. */
  void shadowWork() {
    shadow.ifPresent(Shadow::work);
  }

  /** A mask as a record, a CloudEvent in the trace of its tile. */
  static ProducerRecord<byte[], byte[]> record(Topic topic, Headers tile, WaterMask mask) {
    return new ProducerRecord<>(
        topic.name(),
        null,
        mask.getTile().getBytes(UTF_8),
        mask.toByteArray(),
        headers(tile, mask));
  }

  private static Headers headers(Headers tile, WaterMask mask) {
    Headers headers =
        CloudEvents.headers(
            CloudEvents.WATER_MASK,
            "riada/segmenter",
            mask.getObservationId(),
            Observation.instant(mask.getAcquiredAt()));
    CloudEvents.trace(tile).forEach(headers::add);
    return headers;
  }

  private Gauge describe(WaterModel model) {
    return Gauge.builder("riada.device.info", () -> 1)
        .description("what segments the tiles, and on what")
        .tag("device", model.device().name())
        .tag("warning", model.device().warning().orElse(""))
        .tag("model", model.ref().getName())
        .tag("variant", model.variant())
        .tag("digest", model.ref().getDigest())
        .register(meters);
  }

  WaterModel model() {
    return pipeline.model();
  }

  @Override
  public void close() {
    shadow.ifPresent(Shadow::close);
    pipeline.close();
  }
}
