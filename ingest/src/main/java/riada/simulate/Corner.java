package riada.simulate;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A corner of a polygon on WGS 84.
 *
 * @param lon degrees east
 * @param lat degrees north
 */
public record Corner(double lon, double lat) {
  /** A GeoJSON polygon of one ring, which need not repeat its first corner at the end. */
  static String polygon(List<Corner> ring) {
    String first = text(ring.get(0));
    return ring.stream()
        .map(Corner::text)
        .collect(
            Collectors.joining(
                ",", "{\"type\":\"Polygon\",\"coordinates\":[[", "," + first + "]]}"));
  }

  private static String text(Corner corner) {
    return String.format(Locale.ROOT, "[%.7f,%.7f]", corner.lon, corner.lat);
  }

  /** As it reads in GeoJSON, so that all who clip by it clip alike. */
  Corner rounded() {
    return new Corner(Math.round(lon * 1e7) / 1e7, Math.round(lat * 1e7) / 1e7);
  }
}
