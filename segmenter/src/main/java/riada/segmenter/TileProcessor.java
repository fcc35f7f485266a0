package riada.segmenter;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.onnxruntime.OrtException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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
import riada.proto.StageMillis;
import riada.proto.Tile;
import riada.proto.TileSource;
import riada.proto.Tiles;
import riada.proto.Topics;
import riada.proto.WaterMask;

/**
 * What becomes of one record: a mask, or a dead letter with the reason. A tile at which the model
 * fails is tried once more with the model loaded anew. For one thread.
 */
final class TileProcessor implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TileProcessor.class);

  private final TileWorker.PipelineSource source;
  private final MeterRegistry meters;
  private final InstantSource clock;
  private TilePipeline pipeline;
  private Gauge info;

  TileProcessor(TileWorker.PipelineSource source, MeterRegistry meters, InstantSource clock)
      throws BadInput {
    this.source = source;
    this.meters = meters;
    this.clock = clock;
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
      time(mask.getStages());
      return new ProducerRecord<>(
          Topics.MASKS.name(),
          null,
          mask.getTile().getBytes(UTF_8),
          mask.toByteArray(),
          headers(record.headers(), mask));
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
    return segment(id, tile, Instant.ofEpochMilli(record.timestamp())).toBuilder()
        .setSource(
            TileSource.newBuilder().setPartition(record.partition()).setOffset(record.offset()))
        .build();
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

  /** The mask as a CloudEvent, in the trace of its tile. */
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

  private void time(StageMillis stages) {
    time("decode_picture", stages.getDecodePicture());
    time("encode_and_detect", stages.getEncodeAndDetect());
    time("prompt", stages.getPrompt());
    time("decode_mask", stages.getDecodeMask());
    time("finish", stages.getFinish());
    time("total", stages.getTotal());
  }

  private void time(String stage, float millis) {
    Timer.builder("riada.segmenter.stage")
        .tag("stage", stage)
        .description("time that a tile spends in each stage")
        .register(meters)
        .record(Duration.ofNanos((long) (millis * 1e6)));
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
    pipeline.close();
  }
}
