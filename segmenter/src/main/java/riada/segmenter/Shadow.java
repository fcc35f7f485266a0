package riada.segmenter;

import ai.onnxruntime.OrtException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.header.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;
import riada.proto.ModelRef;
import riada.proto.Observation;
import riada.proto.Tile;
import riada.proto.Topics;
import riada.proto.WaterMask;

/**
 * A model on trial: sees tiles after the model at work has answered for them, and only while no
 * tile waits. Its masks go to {@link Topics#SHADOW_MASKS}, what they differ in to the metrics. No
 * failure of it reaches the real masks: it ends itself. For the worker's thread, but for {@link
 * #words}.
 */
public final class Shadow implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Shadow.class);

  /** Tiles that wait for it, at most: with 2 MiB each they take 16 MiB. */
  static final int WAITING = 8;

  private static final int CELLS = TileGrid.SIZE * TileGrid.SIZE;

  /** A tile with the answer of the model at work. */
  private record Pending(TileId id, Tile tile, Headers headers, WaterMask answer) {}

  private final TilePipeline pipeline;
  private final Producer<byte[], byte[]> producer;
  private final MeterRegistry meters;
  private final ModelRef ref;
  private final List<Meter> own = new ArrayList<>();
  private final Counter dropped;
  private final Counter unsent;
  private final DistributionSummary differing;
  private final DistributionSummary validDiffering;
  private final DistributionSummary iou;
  private final StageTimers stages;
  private final Deque<Pending> pending = new ArrayDeque<>();
  private long tiles;
  private long differingCells;
  private long common;
  private long either;
  private boolean ended;
  private volatile String words;

  /**
   * @param pipeline of the model on trial; is closed with this
   * @param producer as {@link KafkaClients#shadowProducer} makes it; is not closed
   */
  Shadow(TilePipeline pipeline, Producer<byte[], byte[]> producer, MeterRegistry meters) {
    this.pipeline = pipeline;
    this.producer = producer;
    this.meters = meters;
    this.ref = pipeline.model().ref();
    Tags tags = Tags.of(Tag.of("model", ref.getName()), Tag.of("digest", ref.getDigest()));
    this.dropped = counter("riada.shadow.dropped", tags, "tiles that no time was left for");
    this.unsent = counter("riada.shadow.unsent", tags, "masks that the broker did not take");
    this.differing = summary("riada.shadow.differing", tags, "share of a tile's cells, in water");
    this.validDiffering = summary("riada.shadow.differing.valid", tags, "the same, in validity");
    this.iou = summary("riada.shadow.iou", tags, "of the water of the two on a tile");
    this.stages = new StageTimers("riada.shadow.stage", tags, meters);
    own.addAll(stages.all());
    this.words = "The shadow " + name() + " has seen no tile yet.";
    log.info("Shadow begins (model={}, digest={})", name(), ref.getDigest());
  }

  private Counter counter(String name, Tags tags, String description) {
    Counter counter = Counter.builder(name).tags(tags).description(description).register(meters);
    own.add(counter);
    return counter;
  }

  private DistributionSummary summary(String name, Tags tags, String description) {
    DistributionSummary summary =
        DistributionSummary.builder(name).tags(tags).description(description).register(meters);
    own.add(summary);
    return summary;
  }

  private String name() {
    return ref.getName() + " " + ref.getVersion();
  }

  /** A tile for which the model at work has answered; the oldest that waits makes room. */
  void offer(TileId id, Tile tile, Headers headers, WaterMask answer) {
    if (ended) {
      return;
    }
    if (pending.size() == WAITING) {
      pending.remove();
      dropped.increment();
      tell();
    }
    pending.add(new Pending(id, tile, headers, answer));
  }

  boolean hasWork() {
    return !pending.isEmpty();
  }

  /** Works on one tile. */
  void work() {
    Pending next = pending.poll();
    if (next == null) {
      return;
    }
    try {
      WaterMask mask =
          pipeline
              .segment(next.id(), next.tile(), Observation.instant(next.answer().getReceivedAt()))
              .toBuilder()
              .setSource(next.answer().getSource())
              .build();
      compare(next.answer(), mask);
      stages.record(mask.getStages());
      send(next.headers(), mask);
    } catch (OrtException | BadInput | RuntimeException e) {
      ended = true;
      pending.clear();
      words = "Warning: the shadow " + name() + " failed at tile " + next.id() + " and ended.";
      meters.counter("riada.model.refused", "role", "shadow", "reason", "model_failed").increment();
      log.warn("{} (digest={})", words, ref.getDigest(), e);
    }
  }

  private void compare(WaterMask answer, WaterMask mask) throws BadInput {
    Mask theirs = RunLength.decode(answer.getWater());
    Mask mine = RunLength.decode(mask.getWater());
    int both = theirs.copy().and(mine).count();
    int any = theirs.or(mine).count();
    Mask seen = RunLength.decode(answer.getValid());
    Mask seenToo = RunLength.decode(mask.getValid());
    int seenBoth = seen.copy().and(seenToo).count();
    differing.record((any - both) / (double) CELLS);
    validDiffering.record((seen.or(seenToo).count() - seenBoth) / (double) CELLS);
    iou.record(any == 0 ? 1 : both / (double) any);
    tiles++;
    differingCells += any - both;
    common += both;
    either += any;
    tell();
  }

  private void tell() {
    words =
        String.format(
            Locale.ROOT,
            "The shadow %s has seen %d tiles (%d dropped): %.3f %% of the cells differ, IoU %.3f.",
            name(),
            tiles,
            (long) dropped.count(),
            tiles == 0 ? 0 : 100.0 * differingCells / CELLS / tiles,
            either == 0 ? 1 : (double) common / either);
  }

  /** Nobody waits for the answer. */
  private void send(Headers tile, WaterMask mask) {
    producer.send(
        TileProcessor.record(Topics.SHADOW_MASKS, tile, mask),
        (sent, failure) -> {
          if (failure != null) {
            unsent.increment();
          }
        });
  }

  /** How it does, in a sentence. */
  String words() {
    return words;
  }

  @Override
  public void close() {
    ended = true;
    pending.clear();
    pipeline.close();
    own.forEach(meters::remove);
    log.info("Shadow ends (model={}, digest={}): {}", name(), ref.getDigest(), words);
  }
}
