package riada.simulate;

import com.google.protobuf.Duration;
import java.util.ArrayList;
import java.util.List;
import riada.geo.Bounds;
import riada.geo.GeodesicArea;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.proto.Region;

/** The region that a simulation watches: an irregular polygon around the plain of its river. */
final class Floodplain {
  private static final int STATIONS = 9;

  /** Pixels between the polygon and the edge of the world. */
  private static final float INSET = 14;

  private final World world;
  private final float stageM;

  /**
   * @param stageM the stage that fills the plain, in metres
   */
  Floodplain(World world, float stageM) {
    this.world = world;
    this.stageM = stageM;
  }

  /** Counter-clockwise from the south-west. */
  List<Corner> ring() {
    List<Corner> south = new ArrayList<>();
    List<Corner> north = new ArrayList<>();
    float width = world.columns() * TileGround.SIZE - 2 * INSET;
    for (int i = 0; i <= STATIONS; i++) {
      float x = INSET + width * i / STATIONS;
      float[] span = span(x, width / STATIONS);
      south.add(corner(x, span[1]));
      north.add(0, corner(x, span[0]));
    }
    south.addAll(north);
    return south;
  }

  /** Northern and southern limit at a station: most of the flooded ground near it, and a margin. */
  private float[] span(float x, float reach) {
    int height = world.rows() * TileGround.SIZE;
    int[] flooded = new int[height / Drainage.STEP]; // a histogram over rows
    int total = 0;
    for (float at = x - reach / 2; at <= x + reach / 2; at += 2 * Drainage.STEP) {
      for (int row = 0; row < flooded.length; row++) {
        if (world.drainage().spill(at, row * Drainage.STEP) < stageM) {
          flooded[row]++;
          total++;
        }
      }
    }
    float margin = Noise.between(world.seed(), 61, (int) x, 12, 50);
    float north = quantile(flooded, total * 0.02f) - margin;
    float south = quantile(flooded, total * 0.98f) + margin;
    return new float[] {Math.max(INSET, north), Math.min(height - INSET, south)};
  }

  private static float quantile(int[] histogram, float count) {
    int row = 0;
    for (float sum = 0; row < histogram.length - 1 && sum + histogram[row] <= count; row++) {
      sum += histogram[row];
    }
    return row * Drainage.STEP;
  }

  private Corner corner(float x, float y) {
    TileId origin = world.northWest();
    return new Corner(
            TileGrid.longitude(origin.z(), origin.x() + x / TileGround.SIZE),
            TileGrid.latitude(origin.z(), origin.y() + y / TileGround.SIZE))
        .rounded();
  }

  /** The region, with thresholds that are shares of what a full plain holds. */
  Region region(java.time.Duration maxAge) {
    List<TileId> tiles = world.tiles();
    Bounds first = tiles.get(0).bounds();
    Bounds last = tiles.get(tiles.size() - 1).bounds();
    double worldKm2 =
        GeodesicArea.ofBoundsM2(new Bounds(first.west(), last.south(), last.east(), first.north()))
            / 1e6;
    double full = worldKm2 * world.drainage().floodedShare(stageM);
    return Region.newBuilder()
        .setId("demo")
        .setName("Simulated valley " + world.seed())
        .setGeometry(Corner.polygon(ring()))
        .setRaiseKm2(rounded(0.30 * full))
        .setClearKm2(rounded(0.12 * full))
        .setMinObserved(0.6)
        .setMaxAge(
            Duration.newBuilder().setSeconds(maxAge.toSeconds()).setNanos(maxAge.toNanosPart()))
        .setPasses(2)
        .build();
  }

  private static double rounded(double km2) {
    return Math.round(km2 * 100) / 100.0;
  }
}
