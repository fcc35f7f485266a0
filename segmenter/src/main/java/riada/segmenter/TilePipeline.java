package riada.segmenter;

import ai.onnxruntime.OrtException;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import riada.detect.Detection;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;
import riada.proto.Observation;
import riada.proto.PromptSet;
import riada.proto.StageMillis;
import riada.proto.Tile;
import riada.proto.Tiles;
import riada.proto.WaterMask;
import riada.sam.Masks;
import riada.sam.Prompts;

/**
 * The way of one tile: decode the picture, encode it, detect, prompt, decode the mask, cut the
 * halo. For one thread at a time. Owns its model.
 */
public final class TilePipeline implements AutoCloseable {
  private final WaterModel model;
  private final InstantSource clock;

  /**
   * @param model whose detector asks and whose sky head tells what is hidden
   * @throws BadInput when it lacks one of them; it is closed then
   */
  public TilePipeline(WaterModel model, InstantSource clock) throws BadInput {
    try {
      model.requireAllHeads();
    } catch (BadInput e) {
      model.close();
      throw e;
    }
    this.model = model;
    this.clock = clock;
  }

  /**
   * Segments one tile.
   *
   * @param id the tile's place, from its key
   * @param tile checked with {@link Tiles#check}
   * @param received when Riada took the tile in, unless the tile itself has a sound received_at
   * @return its mask on the tile's 512 x 512 cells. {@code confidence} is the predicted IoU of the
   *     water mask, or, where no cell looks wet enough to ask for one, the probability that the
   *     surest cell is dry
   * @throws BadInput when the picture or the valid mask cannot be used
   * @throws OrtException when inference fails; see {@link riada.onnx.OnnxModel#run}
   */
  public WaterMask segment(TileId id, Tile tile, Instant received) throws BadInput, OrtException {
    StageClock stage = new StageClock();
    StageMillis.Builder stages = StageMillis.newBuilder();
    TilePicture picture = TilePicture.of(id, tile);
    model.take(picture.pixels());
    stages.setDecodePicture(stage.lap());
    model.encode();
    stages.setEncodeAndDetect(stage.lap());
    Detection found = model.detect();
    stages.setPrompt(stage.lap());
    WaterMask.Builder mask = WaterMask.newBuilder();
    if (found.hasWater()) {
      Masks answer = model.decode(List.of(found.prompts()));
      stages.setDecodeMask(stage.lap());
      Mask water = model.water(answer.logits(0, 0), picture.window(), TileGrid.SIZE, TileGrid.SIZE);
      mask.setWater(RunLength.encode(water)).setConfidence(answer.iou(0, 0));
      mask.setPrompts(onTile(found.prompts(), picture));
    } else {
      mask.setWater(RunLength.encode(new Mask(TileGrid.SIZE, TileGrid.SIZE)));
      mask.setConfidence(1 - found.largestWet());
    }
    Mask valid = model.seen(picture.window(), TileGrid.SIZE, TileGrid.SIZE).and(picture.valid());
    mask.setValid(RunLength.encode(valid));
    describe(mask, id, tile, received);
    return mask.setStages(stage.finished(stages)).build();
  }

  private void describe(WaterMask.Builder mask, TileId id, Tile tile, Instant received) {
    Instant acquired = Observation.instant(tile.getAcquiredAt());
    Instant now = clock.instant();
    mask.setTile(id.toString())
        .setObservationId(Observation.id(tile.getPublisher(), tile.getScene(), id, acquired))
        .setPublisher(tile.getPublisher())
        .setPlatform(tile.getPlatform())
        .setScene(tile.getScene())
        .setProcessingVersion(tile.getProcessingVersion())
        .setAcquiredAt(tile.getAcquiredAt())
        .setReceivedAt(
            isTime(tile.getReceivedAt(), now)
                ? tile.getReceivedAt()
                : Observation.timestamp(received))
        .setSegmentedAt(Observation.timestamp(now))
        .setModel(model.ref())
        .setDevice(model.device().name());
  }

  /** Whether a stranger's timestamp is one: set, and not yet to come. */
  private static boolean isTime(Timestamp at, Instant now) {
    return at.getSeconds() > 0
        && at.getSeconds() <= now.plus(Tiles.CLOCK_TOLERANCE).getEpochSecond()
        && at.getNanos() >= 0
        && at.getNanos() < 1_000_000_000;
  }

  /**
   * Prompts from pixels of the network's input to pixels of the tile; in the halo they lie outside
   * 0..511.
   */
  private PromptSet onTile(Prompts prompts, TilePicture picture) {
    PromptSet.Builder set = PromptSet.newBuilder();
    for (Prompts.Point point : prompts.points()) {
      set.addPointsBuilder()
          .setX(picture.tileX(point.x(), model.inputSize()))
          .setY(picture.tileY(point.y(), model.inputSize()))
          .setWet(point.wet());
    }
    Prompts.Box box = prompts.box();
    if (box != null) {
      set.addBoxesBuilder()
          .setX0(picture.tileX(box.x0(), model.inputSize()))
          .setY0(picture.tileY(box.y0(), model.inputSize()))
          .setX1(picture.tileX(box.x1(), model.inputSize()))
          .setY1(picture.tileY(box.y1(), model.inputSize()));
    }
    return set.build();
  }

  /** What the tiles are segmented with. */
  public WaterModel model() {
    return model;
  }

  @Override
  public void close() {
    model.close();
  }
}
