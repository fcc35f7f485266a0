package riada.stream;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.LinearRing;
import org.locationtech.jts.geom.Polygon;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;
import riada.proto.MaskRuns;

/**
 * The analysis tiles under a region, each with the cells whose centre lies in it.
 *
 * @param clips from tile to its cells, row by row from the north
 * @param areaCm2 geodesic area of all cells
 */
record RegionCover(Map<TileId, MaskRuns> clips, long areaCm2) {
  /** The largest region, in analysis tiles. */
  static final int MAX_TILES = 100_000;

  /**
   * The most crossings of a row of cells with an edge that are looked at, about a second's work. An
   * outline of a country has a tenth; a comb of tens of thousands of long teeth would hold up every
   * other region for hours.
   */
  static final long MAX_CROSSINGS = 100_000_000;

  private static final MaskRuns FULL = RunLength.encode(Mask.full(TileGrid.SIZE, TileGrid.SIZE));

  RegionCover {
    clips = Collections.unmodifiableMap(clips);
  }

  private record Edge(double x0, double y0, double x1, double y1) {
    double north() {
      return Math.max(y0, y1);
    }

    double south() {
      return Math.min(y0, y1);
    }
  }

  /**
   * Scans the shape row of cells by row: a row has one latitude, so its crossings with the edges
   * (straight in longitude and latitude, RFC 7946) are exact.
   *
   * @throws BadInput when no cell's centre or more than {@value #MAX_TILES} tiles are covered, or
   *     the outline goes up and down too often
   */
  static RegionCover of(String region, Geometry shape, int zoom) throws BadInput {
    List<Edge> edges = edges(shape);
    edges.sort(Comparator.comparingDouble(Edge::north).reversed());
    Map<TileId, MaskRuns> clips = new LinkedHashMap<>();
    long area = 0;
    List<Edge> active = new ArrayList<>();
    int next = 0;
    long crossings = 0;
    double south = shape.getEnvelopeInternal().getMinY();
    int last = (1 << zoom) - 1;
    int tileRow =
        (int) Math.max(0, TileGrid.row(zoom, shape.getEnvelopeInternal().getMaxY()) - 1e-6);
    for (; tileRow <= last && TileGrid.latitude(zoom, tileRow) > south; tileRow++) {
      double top = TileGrid.latitude(zoom, tileRow);
      double bottom = TileGrid.latitude(zoom, tileRow + 1.0);
      while (next < edges.size() && edges.get(next).north() >= bottom) {
        active.add(edges.get(next++));
      }
      active.removeIf(edge -> edge.south() > top);
      crossings += (long) TileGrid.SIZE * active.size();
      if (crossings > MAX_CROSSINGS) {
        throw new BadInput(
            "region_too_detailed",
            "The outline of region \""
                + region
                + "\" with its "
                + edges.size()
                + " edges goes up and down too often to be followed cell by cell; simplify it or"
                + " split it.");
      }
      area += scan(zoom, tileRow, active, clips);
      if (clips.size() > MAX_TILES) {
        throw new BadInput(
            "region_too_large",
            "Region \""
                + region
                + "\" covers more than "
                + MAX_TILES
                + " analysis tiles of zoom "
                + zoom
                + "; split it or choose a smaller analysis zoom.");
      }
    }
    if (clips.isEmpty()) {
      throw new BadInput(
          "region_too_small",
          "Region \"" + region + "\" covers the centre of no cell; draw it larger.");
    }
    return new RegionCover(clips, area);
  }

  private static List<Edge> edges(Geometry shape) {
    List<Edge> edges = new ArrayList<>();
    for (int i = 0; i < shape.getNumGeometries(); i++) {
      Polygon polygon = (Polygon) shape.getGeometryN(i);
      add(polygon.getExteriorRing(), edges);
      for (int hole = 0; hole < polygon.getNumInteriorRing(); hole++) {
        add(polygon.getInteriorRingN(hole), edges);
      }
    }
    return edges;
  }

  private static void add(LinearRing ring, List<Edge> edges) {
    Coordinate[] at = ring.getCoordinates();
    for (int i = 1; i < at.length; i++) {
      edges.add(new Edge(at[i - 1].x, at[i - 1].y, at[i].x, at[i].y));
    }
  }

  /** Adds the tiles of one tile row and returns their area. */
  private static long scan(int zoom, int tileRow, List<Edge> edges, Map<TileId, MaskRuns> clips) {
    int[][] spans =
        new int[TileGrid.SIZE][]; // [row][from, to, from, to...] in columns of the world
    int west = Integer.MAX_VALUE;
    int east = 0;
    for (int row = 0; row < TileGrid.SIZE; row++) {
      int[] span = spans(zoom, tileRow + (row + 0.5) / TileGrid.SIZE, edges);
      spans[row] = span;
      if (span.length > 0) {
        west = Math.min(west, span[0]);
        east = Math.max(east, span[span.length - 1]);
      }
    }
    RowAreas areas = RowAreas.of(zoom, tileRow);
    long sum = 0;
    int[] passed = new int[TileGrid.SIZE]; // spans of each row that end west of the tile
    // Past the limit of tiles there is no need to go on: the caller refuses the region.
    for (int x = west / TileGrid.SIZE; x * TileGrid.SIZE < east && clips.size() <= MAX_TILES; x++) {
      Mask clip = clip(spans, passed, x * TileGrid.SIZE);
      int cells = clip.count();
      if (cells > 0) {
        boolean full = cells == TileGrid.SIZE * TileGrid.SIZE;
        clips.put(new TileId(zoom, x, tileRow), full ? FULL : RunLength.encode(clip));
        sum += areas.of(clip);
      }
    }
    return sum;
  }

  private static Mask clip(int[][] spans, int[] passed, int left) {
    Mask clip = new Mask(TileGrid.SIZE, TileGrid.SIZE);
    for (int row = 0; row < TileGrid.SIZE; row++) {
      int[] span = spans[row];
      while (passed[row] < span.length && span[passed[row] + 1] <= left) {
        passed[row] += 2;
      }
      for (int i = passed[row]; i < span.length && span[i] < left + TileGrid.SIZE; i += 2) {
        int from = Math.max(0, span[i] - left);
        int to = Math.min(TileGrid.SIZE, span[i + 1] - left);
        if (from < to) {
          clip.setRow(row, from, to);
        }
      }
    }
    return clip;
  }

  private static int[] spans(int zoom, double y, List<Edge> edges) {
    double latitude = TileGrid.latitude(zoom, y);
    double[] crossings = new double[8];
    int n = 0;
    for (Edge edge : edges) {
      if (edge.y0 <= latitude != edge.y1 <= latitude) { // half open: a corner counts once
        double longitude =
            edge.x0 + (latitude - edge.y0) / (edge.y1 - edge.y0) * (edge.x1 - edge.x0);
        if (n == crossings.length) {
          crossings = Arrays.copyOf(crossings, 2 * n);
        }
        crossings[n++] = TileGrid.column(zoom, longitude) * TileGrid.SIZE;
      }
    }
    Arrays.sort(crossings, 0, n);
    int[] spans = new int[n];
    for (int i = 0; i < n; i++) {
      spans[i] = (int) Math.ceil(crossings[i] - 0.5); // the first column whose centre is not west
    }
    return spans;
  }
}
