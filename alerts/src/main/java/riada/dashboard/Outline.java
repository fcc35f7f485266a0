package riada.dashboard;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import riada.geo.TileGrid;
import riada.proto.BadInput;

/**
 * Reads a region's GeoJSON geometry as far as a map must be able to draw it. Whether it also
 * encloses an area that can be watched is the alerts' question, not the page's.
 */
final class Outline {
  private Outline() {}

  /**
   * @param region named in the refusal
   * @throws BadInput when the text is no Polygon or MultiPolygon of closed rings within the Web
   *     Mercator world
   */
  static JsonObject read(String region, String geoJson) throws BadInput {
    try {
      JsonObject geometry = new JsonObject(geoJson);
      String type = geometry.getString("type", "");
      JsonArray coordinates = geometry.getJsonArray("coordinates");
      if (type.equals("Polygon")) {
        polygon(region, coordinates);
      } else if (type.equals("MultiPolygon")) {
        for (int i = 0; i < filled(region, coordinates).size(); i++) {
          polygon(region, coordinates.getJsonArray(i));
        }
      } else {
        throw refused(region, "is neither a Polygon nor a MultiPolygon");
      }
      return geometry;
    } catch (DecodeException | ClassCastException e) {
      throw refused(region, "is no GeoJSON");
    }
  }

  private static void polygon(String region, JsonArray rings) throws BadInput {
    for (int i = 0; i < filled(region, rings).size(); i++) {
      ring(region, rings.getJsonArray(i));
    }
  }

  private static void ring(String region, JsonArray positions) throws BadInput {
    int last = filled(region, positions).size() - 1;
    if (last < 3) {
      throw refused(region, "has a ring of fewer than four positions");
    }
    for (int i = 0; i <= last; i++) {
      JsonArray position = filled(region, positions.getJsonArray(i));
      double longitude = number(region, position, 0);
      double latitude = number(region, position, 1);
      // Beyond the grid Web Mercator runs to infinity, and a map with it.
      if (!(Math.abs(longitude) <= 180 && Math.abs(latitude) <= TileGrid.MAX_LATITUDE)) {
        throw refused(region, "has a position beyond 180 degrees east or 85.0511 north");
      }
    }
    JsonArray first = positions.getJsonArray(0);
    JsonArray end = positions.getJsonArray(last);
    if (number(region, first, 0) != number(region, end, 0)
        || number(region, first, 1) != number(region, end, 1)) {
      throw refused(region, "has a ring that does not end where it begins");
    }
  }

  private static double number(String region, JsonArray position, int at) throws BadInput {
    Number number = at < position.size() ? position.getNumber(at) : null;
    if (number == null) {
      throw refused(region, "has a position without longitude and latitude");
    }
    return number.doubleValue();
  }

  private static JsonArray filled(String region, JsonArray list) throws BadInput {
    if (list == null || list.isEmpty()) {
      throw refused(region, "lacks coordinates");
    }
    return list;
  }

  private static BadInput refused(String region, String why) {
    return new BadInput("region_geometry", "The geometry of region " + region + " " + why + ".");
  }
}
