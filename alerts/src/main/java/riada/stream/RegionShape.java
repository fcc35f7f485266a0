package riada.stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Envelope;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.geom.LinearRing;
import org.locationtech.jts.geom.Polygon;
import org.locationtech.jts.operation.valid.IsValidOp;
import org.locationtech.jts.operation.valid.TopologyValidationError;
import riada.geo.TileGrid;
import riada.proto.BadInput;

/** Reads a region's GeoJSON geometry (RFC 7946): Polygon or MultiPolygon, holes allowed. */
final class RegionShape {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final GeometryFactory SHAPES = new GeometryFactory();

  private RegionShape() {}

  /**
   * @return a valid, non-empty polygon or multipolygon in degrees within the grid
   * @throws BadInput with a sentence for whoever drew the region
   */
  static Geometry parse(String region, String geoJson) throws BadInput {
    JsonNode json;
    try {
      json = JSON.readTree(geoJson);
    } catch (JsonProcessingException e) {
      throw bad(region, "is no JSON: " + e.getOriginalMessage());
    }
    JsonNode coordinates = json.path("coordinates");
    Geometry shape =
        switch (json.path("type").asText()) {
          case "Polygon" -> polygon(region, coordinates);
          case "MultiPolygon" -> {
            List<Polygon> polygons = new ArrayList<>();
            for (JsonNode polygon : array(region, coordinates)) {
              polygons.add(polygon(region, polygon));
            }
            yield SHAPES.createMultiPolygon(polygons.toArray(new Polygon[0]));
          }
          default ->
              throw bad(
                  region,
                  "has the type \""
                      + json.path("type").asText()
                      + "\"; it must be a Polygon or MultiPolygon");
        };
    if (shape.isEmpty()) {
      throw bad(region, "is empty");
    }
    TopologyValidationError flaw = new IsValidOp(shape).getValidationError();
    if (flaw != null) {
      Coordinate at = flaw.getCoordinate();
      throw bad(
          region,
          String.format(
              Locale.ROOT,
              "is not valid: %s at longitude %.6f, latitude %.6f; draw rings that neither cross nor"
                  + " touch themselves or each other",
              flaw.getMessage(),
              at.getX(),
              at.getY()));
    }
    return shape;
  }

  /** An object where an array belongs has a size too, but no elements by number. */
  private static JsonNode array(String region, JsonNode node) throws BadInput {
    if (!node.isArray()) {
      throw bad(region, "has coordinates that are no array of rings of positions");
    }
    return node;
  }

  /** The shape of these bounds, in degrees. */
  static Geometry box(double west, double south, double east, double north) {
    return SHAPES.toGeometry(new Envelope(west, east, south, north));
  }

  private static Polygon polygon(String region, JsonNode rings) throws BadInput {
    if (array(region, rings).isEmpty()) {
      throw bad(region, "is empty");
    }
    List<LinearRing> holes = new ArrayList<>();
    for (int i = 1; i < rings.size(); i++) {
      holes.add(ring(region, rings.get(i)));
    }
    return SHAPES.createPolygon(ring(region, rings.get(0)), holes.toArray(new LinearRing[0]));
  }

  private static LinearRing ring(String region, JsonNode positions) throws BadInput {
    Coordinate[] ring = new Coordinate[array(region, positions).size()];
    for (int i = 0; i < ring.length; i++) {
      JsonNode longitude = positions.get(i).path(0);
      JsonNode latitude = positions.get(i).path(1);
      if (!longitude.isNumber() || !latitude.isNumber()) {
        throw bad(region, "has a position that is no pair of numbers");
      }
      ring[i] = new Coordinate(longitude.asDouble(), latitude.asDouble());
      checkRange(region, ring[i]);
      checkEdge(region, ring[Math.max(0, i - 1)], ring[i]);
    }
    if (ring.length < 4 || !ring[0].equals2D(ring[ring.length - 1])) {
      throw bad(region, "has a ring that is not closed: the last position repeats the first");
    }
    return SHAPES.createLinearRing(ring);
  }

  private static void checkRange(String region, Coordinate at) throws BadInput {
    if (!(Math.abs(at.x) <= 180)) {
      throw bad(
          region,
          "reaches longitude "
              + at.x
              + "; longitudes are -180..180, over the antimeridian make it a MultiPolygon cut"
              + " there");
    }
    if (!(Math.abs(at.y) <= TileGrid.MAX_LATITUDE)) {
      throw bad(
          region,
          "reaches latitude "
              + at.y
              + "; the grid ends at "
              + TileGrid.MAX_LATITUDE
              + " north and south");
    }
  }

  private static void checkEdge(String region, Coordinate from, Coordinate to) throws BadInput {
    if (Math.abs(to.x - from.x) > 180) {
      throw bad(
          region,
          "has an edge from longitude "
              + from.x
              + " to "
              + to.x
              + ", the long way round the world; over the antimeridian make it a MultiPolygon cut"
              + " there, or add a position halfway");
    }
  }

  private static BadInput bad(String region, String why) {
    return new BadInput(
        "region_geometry", "The geometry of region \"" + region + "\" " + why + ".");
  }
}
