package riada.cap;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import riada.cap.Outlines.Corner;
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
      List<List<Corner>> rings = Outlines.of(tiles, MAX_POLYGONS);
      if (rings.size() <= MAX_POLYGONS
          && rings.stream().allMatch(ring -> ring.size() < CapPolygon.MAX_VERTICES)) {
        return rings.stream().map(this::onEarth).toList();
      }
      coarsen();
    }
  }

  private CapPolygon onEarth(List<Corner> ring) {
    List<CapPolygon.Vertex> closed = new ArrayList<>();
    for (Corner corner : ring) {
      closed.add(
          CapPolygon.Vertex.of(
              TileGrid.latitude(zoom, moved(corner.y(), corner.south())),
              TileGrid.longitude(zoom, moved(corner.x(), corner.east()))));
    }
    closed.add(closed.get(0));
    return new CapPolygon(closed);
  }

  /** With the margin, as far as the world goes. */
  private double moved(int at, int outside) {
    return Math.max(0, Math.min(1 << zoom, at + outside * MARGIN));
  }
}
