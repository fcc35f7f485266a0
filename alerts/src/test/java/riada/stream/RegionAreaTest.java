package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.proto.BadInput;

/**
 * The area of a region's cells against the exact geodesic area of its polygon on the ellipsoid,
 * which is integrated here along the polygon's edges with the authalic function of Snyder's Map
 * Projections, 3-12.
 */
class RegionAreaTest {
  private static final double A = 6_378_137;
  private static final double E2 = 0.0066943799901413165; // WGS 84
  private static final double E = Math.sqrt(E2);

  @ParameterizedTest
  @CsvSource({
    "equator, 10.0, 0.01",
    "south of the equator, -70.0, -0.13",
    "45 degrees, 10.0, 45.0",
    "60 degrees, 10.0, 60.0",
    "70 degrees, 10.0, 70.0",
    "over the antimeridian, 179.9, -17.0",
  })
  void theCellsOfARegionMeasureWhatItsPolygonDoes(String place, double west, double south)
      throws BadInput {
    double[][] outer = ring(west, south, 0, 0, 0.2, 0.01, 0.23, 0.12, 0.11, 0.17, -0.03, 0.09);
    double[][] hole = ring(west, south, 0.03, 0.05, 0.09, 0.04, 0.05, 0.1);
    String geometry = west + 0.24 > 180 ? cut(outer, hole) : polygon(outer, hole, 0);

    RegionCover cover = RegionCover.of("r", RegionShape.parse("r", geometry), 14);

    double exactKm2 = (Math.abs(area(outer)) - Math.abs(area(hole))) / 1e6;
    double error = cover.areaCm2() / Figures.CM2_PER_KM2 / exactKm2 - 1;
    System.out.printf(
        "area of a region, %s: %.4f km2 of cells, %.4f km2 exact, %+.4f %%%n",
        place, cover.areaCm2() / Figures.CM2_PER_KM2, exactKm2, 100 * error);
    assertThat(Math.abs(error)).isLessThan(0.001);
  }

  private static double[][] ring(double west, double south, double... offsets) {
    double[][] ring = new double[offsets.length / 2 + 1][];
    for (int i = 0; i < ring.length; i++) {
      int at = 2 * i % offsets.length;
      ring[i] = new double[] {west + offsets[at], south + offsets[at + 1]};
    }
    return ring;
  }

  /** As RFC 7946 asks for it: a part on each side, cut where the longitude is 180. */
  private static String cut(double[][] outer, double[][] hole) {
    var shapes = new org.locationtech.jts.geom.GeometryFactory();
    var whole =
        shapes.createPolygon(
            shapes.createLinearRing(coordinates(outer)),
            new org.locationtech.jts.geom.LinearRing[] {
              shapes.createLinearRing(coordinates(hole))
            });
    var west =
        whole.intersection(
            shapes.toGeometry(new org.locationtech.jts.geom.Envelope(0, 180, -85, 85)));
    var east =
        whole.intersection(
            shapes.toGeometry(new org.locationtech.jts.geom.Envelope(180, 200, -85, 85)));
    StringBuilder text = new StringBuilder("{\"type\":\"MultiPolygon\",\"coordinates\":[");
    String between = "";
    for (var side : java.util.List.of(west, east)) {
      for (int i = 0; i < side.getNumGeometries(); i++) {
        var part = (org.locationtech.jts.geom.Polygon) side.getGeometryN(i);
        text.append(between).append('[').append(positions(part.getExteriorRing(), side == east));
        for (int h = 0; h < part.getNumInteriorRing(); h++) {
          text.append(',').append(positions(part.getInteriorRingN(h), side == east));
        }
        text.append(']');
        between = ",";
      }
    }
    return text.append("]}").toString();
  }

  private static String positions(org.locationtech.jts.geom.LinearRing ring, boolean east) {
    var at = ring.getCoordinates();
    double[][] positions = new double[at.length][];
    for (int i = 0; i < at.length; i++) {
      positions[i] = new double[] {at[i].x - (east ? 360 : 0), at[i].y};
    }
    return positions(positions, 0);
  }

  private static org.locationtech.jts.geom.Coordinate[] coordinates(double[][] ring) {
    return java.util.Arrays.stream(ring)
        .map(at -> new org.locationtech.jts.geom.Coordinate(at[0], at[1]))
        .toArray(org.locationtech.jts.geom.Coordinate[]::new);
  }

  private static String polygon(double[][] outer, double[][] hole, double turn) {
    return "{\"type\":\"Polygon\",\"coordinates\":["
        + positions(outer, turn)
        + ","
        + positions(hole, turn)
        + "]}";
  }

  private static String positions(double[][] ring, double turn) {
    StringBuilder text = new StringBuilder("[");
    for (double[] at : ring) {
      text.append(text.length() == 1 ? "" : ",");
      text.append('[').append(at[0] + turn).append(',').append(at[1]).append(']');
    }
    return text.append(']').toString();
  }

  /** Square metres: the integral of half the authalic q along the edges, by Simpson's rule. */
  private static double area(double[][] ring) {
    double sum = 0;
    for (int i = 1; i < ring.length; i++) {
      double width = Math.toRadians(ring[i][0] - ring[i - 1][0]);
      int steps = 64;
      double edge = 0;
      for (int step = 0; step <= steps; step++) {
        double latitude = ring[i - 1][1] + (ring[i][1] - ring[i - 1][1]) * step / steps;
        double weight = step == 0 || step == steps ? 1 : step % 2 == 1 ? 4 : 2;
        edge += weight * q(Math.toRadians(latitude));
      }
      sum += edge / 3 / steps * width;
    }
    return A * A / 2 * sum;
  }

  private static double q(double latitude) {
    double s = Math.sin(latitude);
    return (1 - E2) * (s / (1 - E2 * s * s) + Math.log((1 + E * s) / (1 - E * s)) / (2 * E));
  }
}
