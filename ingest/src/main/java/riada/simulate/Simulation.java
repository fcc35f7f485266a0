package riada.simulate;

import com.google.protobuf.ByteString;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import riada.geo.TileId;
import riada.ingest.JpegEncoder;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.Observation;
import riada.proto.Picture;
import riada.proto.Reference;
import riada.proto.Region;
import riada.proto.Tile;

/**
 * A scenario played in a world: the passes, their tiles as messages, the region and the reference
 * that belong to it, and the truth. All of it follows from the arguments alone. Thread-safe; what
 * it hands out is independent of the order of the calls.
 */
public final class Simulation implements AutoCloseable {
  /** The region's max_age: bounds what is kept of each tile, however long a demo runs. */
  public static final Duration MAX_AGE = Duration.ofHours(12);

  public static final String PUBLISHER = "simulator";
  public static final String PLATFORM = "aerial";

  /** Size of the demo's world in tiles. */
  public static final int COLUMNS = 4;

  public static final int ROWS = 3;

  /** In the valley of the Ebro above Zaragoza. */
  static final TileId NORTH_WEST = new TileId(14, 8147, 6101);

  /** The stage in metres for which the region's thresholds are made when there is no flood. */
  private static final float USUAL_PEAK_M = 1.5f;

  private final Scenario scenario;
  private final World world;
  private final TilePainter painter;
  private final List<Pass> passes;
  private final JpegEncoder jpeg = new JpegEncoder();
  private final BufferedImage picture =
      new BufferedImage(TileGround.SIZE, TileGround.SIZE, BufferedImage.TYPE_INT_RGB);

  /** In a world of {@value #COLUMNS} x {@value #ROWS} tiles. */
  public Simulation(Scenario scenario, int seed, Instant start, Instant end, int passes) {
    this(scenario, seed, start, end, passes, COLUMNS, ROWS);
  }

  /**
   * @param start of simulated time, exclusive
   * @param end when the last pass is taken
   * @param passes at least 1, at least a millisecond apart
   * @param columns tiles from west to east
   * @param rows tiles from north to south
   */
  public Simulation(
      Scenario scenario, int seed, Instant start, Instant end, int passes, int columns, int rows) {
    Duration span = Duration.between(start, end);
    if (passes < 1 || span.toMillis() < passes) {
      throw new IllegalArgumentException(
          passes + " passes do not fit between " + start + " and " + end);
    }
    this.scenario = scenario;
    this.world = new World(seed, NORTH_WEST, columns, rows, scenario);
    this.painter = new TilePainter(world);
    this.passes = new ArrayList<>();
    // Two runs on one cluster are two series of passes, though their seed be the same.
    String run = "sim-" + seed + "-" + end.truncatedTo(ChronoUnit.MILLIS);
    for (int i = 0; i < passes; i++) {
      Instant acquiredAt = start.plusMillis(span.toMillis() * (i + 1) / passes);
      Moment moment = scenario.at(seed, passes == 1 ? 0 : (double) i / (passes - 1));
      this.passes.add(new Pass(i, run + "-" + i, acquiredAt, moment));
    }
  }

  public List<Pass> passes() {
    return Collections.unmodifiableList(passes);
  }

  /** The world's tiles, row by row from the north-west; every pass takes all of them. */
  public List<TileId> tiles() {
    return world.tiles();
  }

  /** Every tile of every pass in the order of time. */
  public List<Shot> shots() {
    List<Shot> shots = new ArrayList<>();
    for (Pass pass : passes) {
      for (TileId tile : world.tiles()) {
        shots.add(new Shot(pass, tile));
      }
    }
    return shots;
  }

  /** The place of a shot among {@link #shots()}, from 0: smaller than passes times tiles. */
  public int number(Shot shot) {
    int row = world.top(shot.tile()) / TileGround.SIZE;
    int column = world.left(shot.tile()) / TileGround.SIZE;
    return (shot.pass().index() * world.rows() + row) * world.columns() + column;
  }

  /**
   * The same shots in another order, three in ten of them twice. A repeated shot gives the
   * identical message again.
   */
  public List<Shot> shuffled(long seed) {
    List<Shot> shots = shots();
    Random random = new Random(seed);
    List<Shot> again = new ArrayList<>(shots);
    Collections.shuffle(again, random);
    shots.addAll(again.subList(0, Math.round(again.size() * 0.3f)));
    Collections.shuffle(shots, random);
    return shots;
  }

  /** The message of a shot; its key is the tile's text. Holds nothing of the truth. */
  public synchronized Tile message(Shot shot) {
    painter.paint(shot.tile(), shot.pass().moment(), picture);
    return Tile.newBuilder()
        .setPublisher(PUBLISHER)
        .setPlatform(PLATFORM)
        .setScene(shot.pass().scene())
        .setProcessingVersion(1)
        .setAcquiredAt(Observation.timestamp(shot.pass().acquiredAt()))
        .setPicture(
            Picture.newBuilder()
                .setFormat(Picture.Format.JPEG)
                .setBandOrder("RGB")
                .setData(ByteString.copyFrom(jpeg.encode(picture))))
        .setTile(shot.tile().toString())
        .build();
  }

  /** What is so in a shot. */
  public synchronized Truth truth(Shot shot) {
    return painter.truth(shot.tile(), shot.pass().moment());
  }

  /** The region "demo" around the river's plain. */
  public Region region() {
    return plain().region(MAX_AGE);
  }

  /** The corners of {@link #region()}, counter-clockwise. */
  public List<Corner> ring() {
    return plain().ring();
  }

  private Floodplain plain() {
    float peak = scenario.floods() ? Scenario.peakM(world.seed()) : USUAL_PEAK_M;
    return new Floodplain(world, peak);
  }

  /** The exact normal water of every tile, in the order of {@link #tiles()}. */
  public List<Reference> references() {
    return world.tiles().stream()
        .map(
            tile ->
                Reference.newBuilder()
                    .setTile(tile.toString())
                    .setWet(RunLength.encode(normalWater(tile)))
                    .setVersion("simulation-" + world.seed())
                    .setSource(Reference.Source.SIMULATION)
                    .build())
        .toList();
  }

  private Mask normalWater(TileId tile) {
    short[] level = world.ground(tile).level;
    Mask wet = new Mask(TileGround.SIZE, TileGround.SIZE);
    for (int at = 0; at < level.length; at++) {
      if (level[at] < 0) {
        wet.set(at % TileGround.SIZE, at / TileGround.SIZE);
      }
    }
    return wet;
  }

  @Override
  public synchronized void close() {
    jpeg.close();
  }
}
