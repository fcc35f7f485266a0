package riada.cap;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Envelope;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.geom.Polygon;
import org.locationtech.jts.operation.overlayng.OverlayNGRobust;
import riada.geo.TileGrid;
import riada.geo.TileId;

/**
 * Draws few and short polygons that contain any number of tiles. Where there are too many, or an
 * outline has too many corners, the tiles are replaced by their parents until it does not: the
 * cover grows coarser, and holds them all the same. A cover never crosses the antimeridian, as no
 * tile does. Owned by one thread.
 */
public final class FloodCover {
  /** The most polygons of a cover. */
  public static final int MAX_POLYGONS = 12;

  /** The most tiles that are kept at once. */
  private static final int MAX_TILES = 4096;

  /**
   * Each tile is drawn larger by this share of its side: so tiles that touch at a corner are one
   * outline that does not touch itself, and a corner rounded to what is written still lies outside.
   * A binary fraction, so that equal corners are equal numbers.
   */
  private static final double MARGIN = 1.0 / 32;

  private static final GeometryFactory SHAPES = new GeometryFactory();

  private final TreeSet<TileId> tiles = new TreeSet<>(); // all at one zoom, row by row
  private int zoom = TileId.MAX_ZOOM;

  /** Adds a tile to what the cover contains. */
  public void add(TileId tile) {
    while (tile.z() < zoom) {
      coarsen();
    }
    tiles.add(tile.ancestor(tile.z() - zoom));
    while (tiles.size() > MAX_TILES) {
      coarsen();
    }
  }

  private void coarsen() {
    List<TileId> fine = List.copyOf(tiles);
    tiles.clear();
    fine.forEach(tile -> tiles.add(tile.ancestor(1)));
    zoom--;
  }

  /** The cover of what was added; empty when nothing was. */
  public List<CapPolygon> polygons() {
    if (tiles.isEmpty()) {
      return List.of();
    }
    while (true) { // ends: at zoom 0 it is one square
      List<List<Coordinate>> rings = rings();
      if (rings.size() <= MAX_POLYGONS
          && rings.stream().allMatch(ring -> ring.size() <= CapPolygon.MAX_VERTICES)) {
        return rings.stream().map(this::onEarth).toList();
      }
      coarsen();
    }
  }

  /** The outer outlines, in tiles of the world; what lies in a hole of one is part of it. */
  private List<List<Coordinate>> rings() {
    Geometry withHoles = OverlayNGRobust.union(SHAPES.buildGeometry(runs()));
    List<Geometry> shells = new ArrayList<>();
    for (int i = 0; i < withHoles.getNumGeometries(); i++) {
      Polygon polygon = (Polygon) withHoles.getGeometryN(i);
      shells.add(SHAPES.createPolygon(polygon.getExteriorRing()));
    }
    Geometry filled = OverlayNGRobust.union(SHAPES.buildGeometry(shells));
    List<List<Coordinate>> rings = new ArrayList<>();
    for (int i = 0; i < filled.getNumGeometries(); i++) {
      Polygon polygon = (Polygon) filled.getGeometryN(i);
      rings.add(corners(polygon.getExteriorRing().getCoordinates()));
    }
    return rings;
  }

  /** The tiles as rectangles: those that follow each other in a row are one. */
  private List<Geometry> runs() {
    List<Geometry> runs = new ArrayList<>();
    List<TileId> all = List.copyOf(tiles);
    int first = 0;
    for (int i = 1; i <= all.size(); i++) {
      boolean goesOn =
          i < all.size()
              && all.get(i).y() == all.get(first).y()
              && all.get(i).x() == all.get(i - 1).x() + 1;
      if (!goesOn) {
        double side = 1 << zoom;
        TileId west = all.get(first);
        runs.add(
            SHAPES.toGeometry(
                new Envelope(
                    Math.max(0, west.x() - MARGIN),
                    Math.min(side, all.get(i - 1).x() + 1 + MARGIN),
                    Math.max(0, west.y() - MARGIN),
                    Math.min(side, west.y() + 1 + MARGIN))));
        first = i;
      }
    }
    return runs;
  }

  /** Without the points at which the outline goes straight on. */
  private static List<Coordinate> corners(Coordinate[] ring) {
    List<Coordinate> corners = new ArrayList<>();
    int n = ring.length - 1; // the last repeats the first
    for (int i = 0; i < n; i++) {
      Coordinate before = ring[(i + n - 1) % n];
      Coordinate after = ring[(i + 1) % n];
      if (before.x != after.x && before.y != after.y) { // every edge is upright or level
        corners.add(ring[i]);
      }
    }
    corners.add(corners.get(0));
    return corners;
  }

  private CapPolygon onEarth(List<Coordinate> ring) {
    return new CapPolygon(
        ring.stream()
            .map(
                at ->
                    CapPolygon.Vertex.of(
                        TileGrid.latitude(zoom, at.y), TileGrid.longitude(zoom, at.x)))
            .toList());
  }
}
