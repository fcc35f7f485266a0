package riada.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import riada.geo.Bounds;
import riada.geo.GeodesicArea;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;

class TruthGroundTest {
  private static final TileId TILE = new TileId(14, 8147, 6101);
  private static final Instant EARLY = Instant.parse("2026-05-01T00:00:00Z");
  private static final Instant LATE = Instant.parse("2026-05-02T00:00:00Z");
  private static final Mask ALL = Mask.full(512, 512);
  private static final Mask NONE = new Mask(512, 512);

  private final Bounds bounds = TILE.bounds();
  private final TruthGround ground =
      new TruthGround(
          ring(bounds.west() - 1, bounds.south() - 1, bounds.east() + 1, bounds.north() + 1));

  private static List<Corner> ring(double west, double south, double east, double north) {
    return List.of(
        new Corner(west, south),
        new Corner(east, south),
        new Corner(east, north),
        new Corner(west, north));
  }

  @Test
  void aFloodedTileHasItsGeodesicArea() {
    ground.observe(TILE, EARLY, ALL, ALL);

    assertThat(ground.floodedKm2()).isCloseTo(GeodesicArea.ofBoundsM2(bounds) / 1e6, within(1e-8));
  }

  @Test
  void theNewestValidObservationCountsInEitherOrder() {
    Mask half = rows(0, 256);
    ground.observe(TILE, LATE, NONE, half);
    ground.observe(TILE, EARLY, ALL, ALL);
    ground.observe(TILE, EARLY, ALL, ALL);

    // The northern half was seen dry later, the southern was hidden.
    assertThat(ground.floodedKm2()).isCloseTo(areaKm2(256, 512), within(1e-8));
    assertThat(ground.floodedKm2(EARLY)).isCloseTo(areaKm2(0, 512), within(1e-8));
  }

  @Test
  void normalWaterIsNoFlood() {
    ground.reference(TILE, rows(100, 512));
    ground.observe(TILE, EARLY, ALL, ALL);

    assertThat(ground.floodedKm2()).isCloseTo(areaKm2(0, 100), within(1e-8));
  }

  @Test
  void theRegionClipsByTheMiddleOfACell() {
    // A southern edge just below the middles of row 10.
    double below = TileGrid.latitude(14, 6101 + 10.6 / 512);
    TruthGround clipped =
        new TruthGround(ring(bounds.west(), below, bounds.east(), bounds.north()));
    clipped.observe(TILE, EARLY, ALL, ALL);

    assertThat(clipped.floodedKm2()).isCloseTo(areaKm2(0, 11), within(1e-8));
  }

  /** Geodesic area of whole rows, without a cell of the grid. */
  private double areaKm2(int from, int to) {
    double south = TileGrid.latitude(14, 6101 + to / 512.0);
    double north = TileGrid.latitude(14, 6101 + from / 512.0);
    return GeodesicArea.ofBoundsM2(new Bounds(bounds.west(), south, bounds.east(), north)) / 1e6;
  }

  private static Mask rows(int from, int to) {
    Mask mask = new Mask(512, 512);
    for (int row = from; row < to; row++) {
      mask.setRow(row, 0, 512);
    }
    return mask;
  }
}
