package riada.cap;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.locationtech.jts.algorithm.locate.IndexedPointInAreaLocator;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Location;
import org.locationtech.jts.geom.Polygon;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;

class FloodCoverTest {
  @Test
  void blocksHoldEachCellThatIsSetAndNoBlockMore() {
    Mask flood = new Mask(512, 512);
    flood.set(0, 0);
    flood.set(31, 31);
    flood.set(32, 0);
    flood.set(511, 511);
    TileId tile = new TileId(14, 8185, 5448);

    List<TileId> blocks = FloodBlocks.tiles(tile, FloodBlocks.of(flood));

    assertThat(blocks)
        .containsExactly(
            new TileId(18, 8185 * 16, 5448 * 16),
            new TileId(18, 8185 * 16 + 1, 5448 * 16),
            new TileId(18, 8185 * 16 + 15, 5448 * 16 + 15));
  }

  @Test
  void whereThereIsNoFloodThereIsNoBlockAndNoPolygon() {
    assertThat(FloodBlocks.of(new Mask(512, 512))).isEqualTo(ByteString.EMPTY);
    assertThat(new FloodCover().polygons()).isEmpty();
  }

  @Test
  void aTileIsASquareWithAMargin() {
    FloodCover cover = new FloodCover();
    cover.add(new TileId(1, 0, 0));

    List<CapPolygon> polygons = cover.polygons();

    // 1/32 of 180 degrees is 5.625; atan(sinh(-pi/32)) is -5.6159858
    assertThat(polygons).hasSize(1);
    assertThat(polygons.get(0).ring())
        .hasSize(5)
        .contains(
            CapPolygon.Vertex.of(85.0511288, -180),
            CapPolygon.Vertex.of(-5.6159858, -180),
            CapPolygon.Vertex.of(-5.6159858, 5.625),
            CapPolygon.Vertex.of(85.0511288, 5.625));
  }

  @Test
  void aHoleIsFilledWithWhatLiesInIt() {
    FloodCover cover = new FloodCover();
    for (int i = 0; i < 49; i++) {
      boolean rim = i / 7 % 6 == 0 || i % 7 % 6 == 0;
      if (rim || i == 24) { // a ring of tiles, and one in its middle
        cover.add(new TileId(18, 131_000 + i % 7, 87_000 + i / 7));
      }
    }

    assertThat(cover.polygons()).hasSize(1);
    assertThat(cover.polygons().get(0).ring()).hasSize(5);
  }

  @Test
  void tilesThatTouchAtACornerAreOneOutline() {
    FloodCover cover = new FloodCover();
    cover.add(new TileId(18, 131_000, 87_000));
    cover.add(new TileId(18, 131_001, 87_001));

    List<CapPolygon> polygons = cover.polygons();

    assertThat(polygons).hasSize(1);
    assertThat(CapChecks.polygon(polygons.get(0).text()).isValid()).isTrue();
  }

  @Test
  void aFloodOverTheAntimeridianIsCutThere() {
    FloodCover cover = new FloodCover();
    cover.add(new TileId(14, 0, 8000));
    cover.add(new TileId(14, (1 << 14) - 1, 8000));

    List<Polygon> polygons =
        cover.polygons().stream().map(polygon -> CapChecks.polygon(polygon.text())).toList();

    assertThat(polygons).hasSize(2);
    assertThat(polygons)
        .allMatch(polygon -> polygon.getEnvelopeInternal().getWidth() < 0.03)
        .anyMatch(polygon -> polygon.getEnvelopeInternal().getMinX() == -180)
        .anyMatch(polygon -> polygon.getEnvelopeInternal().getMaxX() == 180);
  }

  @Test
  void tilesAllOverTheWorldAreStillFewPolygons() {
    Random random = new Random(7);
    FloodCover cover = new FloodCover();
    List<Coordinate> corners = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      TileId tile = new TileId(18, random.nextInt(1 << 18), random.nextInt(1 << 18));
      addCorners(tile, 0, 0, 1, corners);
      cover.add(tile);
    }

    List<CapPolygon> polygons = cover.polygons();

    assertThat(polygons).hasSizeBetween(1, FloodCover.MAX_POLYGONS);
    assertThat(outside(polygons, corners)).isEmpty();
  }

  /** Every corner of every flooded cell, at sea level, far north, far east and far west. */
  @ParameterizedTest
  @CsvSource({
    "14, 8185, 5448, 1",
    "14, 0, 8191, 2",
    "14, 16380, 2000, 3",
    "14, 8000, 0, 4",
    "16, 40000, 18000, 5",
    "2, 1, 1, 6"
  })
  void everyFloodedCellLiesInThePolygonsThatAreWritten(int zoom, int x, int y, int seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 4; round++) {
      Map<TileId, Mask> floods = floods(random, new TileId(zoom, x, y), 1 + 2 * round);
      FloodCover cover = new FloodCover();
      floods.forEach(
          (tile, flood) -> FloodBlocks.tiles(tile, FloodBlocks.of(flood)).forEach(cover::add));

      List<CapPolygon> polygons = cover.polygons();

      assertThat(polygons).hasSizeBetween(1, FloodCover.MAX_POLYGONS);
      List<Coordinate> corners = new ArrayList<>();
      floods.forEach((tile, flood) -> addCorners(tile, flood, corners));
      assertThat(outside(polygons, corners)).isEmpty();
    }
  }

  /** Speckle and stripes on a few neighbouring tiles. */
  private static Map<TileId, Mask> floods(Random random, TileId first, int tiles) {
    Map<TileId, Mask> floods = new HashMap<>();
    for (int t = 0; t < tiles; t++) {
      TileId tile =
          new TileId(
              first.z(),
              Math.min((1 << first.z()) - 1, first.x() + t % 3),
              Math.min((1 << first.z()) - 1, first.y() + t / 3));
      Mask flood = new Mask(512, 512);
      for (int i = random.nextInt(40); i >= 0; i--) {
        int from = random.nextInt(512);
        int row = random.nextInt(512);
        flood.setRow(row, from, Math.min(512, from + 1 + random.nextInt(60)));
      }
      floods.put(tile, flood);
    }
    return floods;
  }

  private static void addCorners(TileId tile, Mask flood, List<Coordinate> corners) {
    for (int i = 0; i < 512 * 512; i++) {
      if (flood.get(i % 512, i / 512)) {
        addCorners(tile, i % 512 / 512.0, i / 512 / 512.0, 1 / 512.0, corners);
      }
    }
  }

  private static void addCorners(
      TileId tile, double left, double top, double side, List<Coordinate> corners) {
    for (int corner = 0; corner < 4; corner++) {
      double x = tile.x() + left + corner % 2 * side;
      double y = tile.y() + top + corner / 2 * side;
      corners.add(new Coordinate(TileGrid.longitude(tile.z(), x), TileGrid.latitude(tile.z(), y)));
    }
  }

  /** The points that lie in none of the polygons. */
  private static List<Coordinate> outside(List<CapPolygon> polygons, List<Coordinate> points) {
    List<IndexedPointInAreaLocator> locators =
        polygons.stream()
            .map(polygon -> new IndexedPointInAreaLocator(CapChecks.polygon(polygon.text())))
            .toList();
    return points.stream()
        .filter(at -> locators.stream().allMatch(in -> in.locate(at) == Location.EXTERIOR))
        .toList();
  }
}
