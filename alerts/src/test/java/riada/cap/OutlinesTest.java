package riada.cap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Envelope;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.geom.Polygon;
import org.locationtech.jts.operation.overlayng.OverlayNGRobust;
import riada.cap.Outlines.Corner;
import riada.geo.TileId;

class OutlinesTest {
  private static final GeometryFactory SHAPES = new GeometryFactory();
  private static final double MARGIN = 1.0 / 32;
  private static final int SIDE = 24;

  @Test
  void anOutlineTurnsWithTheOutsideOnItsFarSide() {
    List<List<Corner>> outlines = Outlines.of(List.of(new TileId(5, 7, 9)), 12);

    assertThat(outlines).hasSize(1);
    assertThat(outlines.get(0))
        .containsExactlyInAnyOrder(
            new Corner(7, 9, -1, -1),
            new Corner(8, 9, 1, -1),
            new Corner(8, 10, 1, 1),
            new Corner(7, 10, -1, 1));
  }

  @Test
  void tilesAtACornerShareAnOutlineThatTurnsInwardOnBothSides() {
    List<List<Corner>> outlines =
        Outlines.of(List.of(new TileId(5, 0, 0), new TileId(5, 1, 1)), 12);

    assertThat(outlines).hasSize(1);
    assertThat(outlines.get(0))
        .hasSize(8)
        .contains(new Corner(1, 1, 1, -1), new Corner(1, 1, -1, 1));
  }

  @Test
  void noMoreAreToldThanOneTooMany() {
    List<TileId> apart =
        Stream.iterate(0, i -> i + 2).limit(20).map(i -> new TileId(6, i, 3)).toList();

    assertThat(Outlines.of(apart, 12)).hasSize(13);
  }

  /** Speckle of any density, where holes hold islands that have holes. */
  static Stream<TreeSet<TileId>> tiles() {
    Random random = new Random(11);
    return Stream.generate(
            () -> {
              TreeSet<TileId> tiles = new TreeSet<>();
              double share = random.nextDouble();
              for (int i = 0; i < SIDE * SIDE; i++) {
                if (random.nextDouble() < share) {
                  tiles.add(new TileId(10, i % SIDE, i / SIDE));
                }
              }
              tiles.add(new TileId(10, random.nextInt(SIDE), random.nextInt(SIDE)));
              return tiles;
            })
        .limit(200);
  }

  @ParameterizedTest
  @MethodSource("tiles")
  void theyAreThoseOfTheUnionOfAllTilesWithTheirMargin(TreeSet<TileId> tiles) {
    List<List<Corner>> outlines = Outlines.of(tiles, SIDE * SIDE);

    Geometry expected = union(tiles);
    assertThat(outlines).hasSize(expected.getNumGeometries());
    List<Geometry> drawn = outlines.stream().map(OutlinesTest::polygon).toList();
    assertThat(drawn).allMatch(Geometry::isValid);
    Geometry all = SHAPES.createMultiPolygon(drawn.toArray(Polygon[]::new));
    assertThat(all.isValid()).isTrue();
    assertThat(all.equalsTopo(expected)).isTrue();
    assertThat(outlines.stream().mapToInt(List::size).sum())
        .isEqualTo(expected.getNumPoints() - expected.getNumGeometries());
  }

  private static Geometry polygon(List<Corner> ring) {
    List<Coordinate> corners = new ArrayList<>();
    for (Corner at : ring) {
      corners.add(new Coordinate(at.x() + at.east() * MARGIN, at.y() + at.south() * MARGIN));
    }
    corners.add(corners.get(0));
    return SHAPES.createPolygon(corners.toArray(Coordinate[]::new));
  }

  /** Their shells, and what lies in those; without points at which an outline goes straight on. */
  private static Geometry union(TreeSet<TileId> tiles) {
    List<Geometry> squares = new ArrayList<>();
    for (TileId tile : tiles) {
      squares.add(
          SHAPES.toGeometry(
              new Envelope(
                  tile.x() - MARGIN,
                  tile.x() + 1 + MARGIN,
                  tile.y() - MARGIN,
                  tile.y() + 1 + MARGIN)));
    }
    Geometry withHoles = OverlayNGRobust.union(SHAPES.buildGeometry(squares));
    List<Geometry> shells = new ArrayList<>();
    for (int i = 0; i < withHoles.getNumGeometries(); i++) {
      shells.add(SHAPES.createPolygon(((Polygon) withHoles.getGeometryN(i)).getExteriorRing()));
    }
    Geometry filled = OverlayNGRobust.union(SHAPES.buildGeometry(shells));
    List<Geometry> plain = new ArrayList<>();
    for (int i = 0; i < filled.getNumGeometries(); i++) {
      plain.add(
          SHAPES.createPolygon(
              corners(((Polygon) filled.getGeometryN(i)).getExteriorRing().getCoordinates())));
    }
    return SHAPES.createMultiPolygon(plain.toArray(Polygon[]::new));
  }

  private static Coordinate[] corners(Coordinate[] ring) {
    List<Coordinate> corners = new ArrayList<>();
    int n = ring.length - 1;
    for (int i = 0; i < n; i++) {
      Coordinate before = ring[(i + n - 1) % n];
      Coordinate after = ring[(i + 1) % n];
      if (before.x != after.x && before.y != after.y) {
        corners.add(ring[i]);
      }
    }
    corners.add(corners.get(0));
    return corners.toArray(Coordinate[]::new);
  }
}
