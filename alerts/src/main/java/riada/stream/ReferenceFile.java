package riada.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.locationtech.jts.geom.Geometry;
import riada.geo.Bounds;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;
import riada.proto.MaskRuns;
import riada.proto.Reference;

/** What is normally wet, read from a file of polygons or a raster, as references on the grid. */
public final class ReferenceFile {
  /** The most tiles of a file: all of them are in memory at once, 100 kB each. */
  static final int MAX_TILES = 4096;

  /** What a file tells of one tile: the wet cells lie within the known. */
  public record Cells(Mask wet, Mask known) {}

  private ReferenceFile() {}

  /**
   * Normally wet polygons: a GeoJSON geometry, Feature or FeatureCollection of Polygons and
   * MultiPolygons, on WGS 84.
   *
   * @param name of the file, for sentences
   * @param told the bounds that the file tells of: what is not wet there is dry; empty: the wet
   *     cells alone
   * @param zoom of the tiles
   * @throws BadInput with a sentence for whoever made the file
   */
  public static Map<TileId, Cells> polygons(
      String name, String geoJson, Optional<Bounds> told, int zoom) throws BadInput {
    Map<TileId, Mask> wet = new TreeMap<>();
    for (JsonNode geometry : geometries(name, geoJson)) {
      add(name, cover(name, RegionShape.parse(name, geometry.toString()), zoom), wet);
    }
    Map<TileId, Mask> known = new TreeMap<>();
    if (told.isPresent()) {
      Bounds bounds = told.get();
      Geometry box = RegionShape.box(bounds.west(), bounds.south(), bounds.east(), bounds.north());
      add(name, cover(name, box, zoom), known);
    }
    Map<TileId, Cells> cells = new TreeMap<>();
    for (TileId tile : told.isPresent() ? known.keySet() : wet.keySet()) {
      Mask here = wet.getOrDefault(tile, new Mask(TileGrid.SIZE, TileGrid.SIZE));
      Mask of = known.getOrDefault(tile, here);
      cells.put(tile, new Cells(here.copy().and(of), of));
    }
    return cells;
  }

  /**
   * A file's cells as a reference; what covers a whole tile says so by leaving {@code known} out.
   */
  public static Reference reference(
      TileId tile, Cells cells, String version, Reference.Source source) {
    Reference.Builder reference =
        Reference.newBuilder()
            .setTile(tile.toString())
            .setWet(RunLength.encode(cells.wet()))
            .setVersion(version)
            .setSource(source);
    if (cells.known().count() < TileGrid.SIZE * TileGrid.SIZE) {
      reference.setKnown(RunLength.encode(cells.known()));
    }
    return reference.build();
  }

  private static RegionCover cover(String name, Geometry shape, int zoom) throws BadInput {
    return RegionCover.of(name, shape, zoom);
  }

  static BadInput tooLarge(String name) {
    return new BadInput(
        "reference_too_large",
        name
            + " covers more than "
            + MAX_TILES
            + " tiles; cut it into parts, and import each by itself.");
  }

  private static void add(String name, RegionCover cover, Map<TileId, Mask> masks) throws BadInput {
    for (Map.Entry<TileId, MaskRuns> clip : cover.clips().entrySet()) {
      Mask mask = masks.computeIfAbsent(clip.getKey(), t -> new Mask(TileGrid.SIZE, TileGrid.SIZE));
      TileState.fill(clip.getValue(), mask);
      if (masks.size() > MAX_TILES) {
        throw tooLarge(name);
      }
    }
  }

  private static List<JsonNode> geometries(String name, String geoJson) throws BadInput {
    JsonNode json = GeoJson.read(name, geoJson.getBytes(UTF_8), "reference_unreadable");
    List<JsonNode> geometries = new ArrayList<>();
    switch (json.path("type").asText()) {
      case "Feature" -> geometries.add(json.path("geometry"));
      case "FeatureCollection" ->
          json.path("features").forEach(feature -> geometries.add(feature.path("geometry")));
      default -> geometries.add(json);
    }
    if (geometries.isEmpty()) {
      throw new BadInput("reference_unreadable", name + " holds no feature.");
    }
    return geometries;
  }
}
