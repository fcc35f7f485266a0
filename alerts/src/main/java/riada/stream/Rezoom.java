package riada.stream;

import java.util.ArrayList;
import java.util.List;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.proto.BadInput;

/**
 * Brings the cells of a tile at any near zoom to the cells of analysis tiles. A finer tile fills
 * its part of one analysis tile, a coarser one is spread over several.
 */
final class Rezoom {
  /** How many levels below the analysis zoom a tile may be. */
  static final int MAX_FINER = 6;

  /** How many levels above the analysis zoom a tile may be. */
  static final int MAX_COARSER = 2;

  /** Cells of one analysis tile: {@code set} lies within {@code known}. */
  record Part(TileId tile, Mask set, Mask known) {}

  private final int analysisZoom;

  Rezoom(int analysisZoom) {
    this.analysisZoom = analysisZoom;
  }

  /**
   * @throws BadInput when the tile's zoom is too far from the analysis zoom
   */
  void check(TileId tile) throws BadInput {
    int finest = Math.min(TileId.MAX_ZOOM, analysisZoom + MAX_FINER);
    int coarsest = analysisZoom - MAX_COARSER;
    if (tile.z() < coarsest || tile.z() > finest) {
      throw new BadInput(
          "zoom_out_of_range",
          "Tile "
              + tile
              + " is at zoom "
              + tile.z()
              + "; the ground is kept at zoom "
              + analysisZoom
              + " and takes zooms "
              + coarsest
              + ".."
              + finest
              + ".");
    }
  }

  /**
   * The analysis tiles under {@code tile} with what it tells of them. At a finer zoom a cell is
   * known if at least half of its pixels are, and set if at least half of its known pixels are.
   *
   * @param set 512 x 512
   * @param known 512 x 512; what is set beyond it does not count
   */
  List<Part> parts(TileId tile, Mask set, Mask known) {
    int levels = tile.z() - analysisZoom;
    if (levels == 0) {
      return List.of(new Part(tile, set.copy().and(known), known));
    }
    if (levels > 0) {
      return List.of(shrink(tile, levels, set, known));
    }
    List<Part> parts = new ArrayList<>();
    for (int dy = 0; dy < 1 << -levels; dy++) {
      for (int dx = 0; dx < 1 << -levels; dx++) {
        Mask partKnown = enlarge(known, -levels, dx, dy);
        parts.add(
            new Part(
                tile.descendant(-levels, dx, dy),
                enlarge(set, -levels, dx, dy).and(partKnown),
                partKnown));
      }
    }
    return parts;
  }

  private static Part shrink(TileId tile, int levels, Mask set, Mask known) {
    TileId parent = tile.ancestor(levels);
    int side = 1 << levels; // pixels along a cell
    int cells = TileGrid.SIZE >> levels;
    int left = (tile.x() - (parent.x() << levels)) * cells;
    int top = (tile.y() - (parent.y() << levels)) * cells;
    Mask wet = set.copy().and(known);
    Mask partSet = new Mask(TileGrid.SIZE, TileGrid.SIZE);
    Mask partKnown = new Mask(TileGrid.SIZE, TileGrid.SIZE);
    for (int y = 0; y < cells; y++) {
      for (int x = 0; x < cells; x++) {
        int valid = count(known, x * side, y * side, side);
        if (2 * valid >= side * side) {
          partKnown.set(left + x, top + y);
          if (2 * count(wet, x * side, y * side, side) >= valid) {
            partSet.set(left + x, top + y);
          }
        }
      }
    }
    return new Part(parent, partSet, partKnown);
  }

  private static int count(Mask mask, int x0, int y0, int side) {
    int n = 0;
    for (int y = y0; y < y0 + side; y++) {
      for (int x = x0; x < x0 + side; x++) {
        n += mask.get(x, y) ? 1 : 0;
      }
    }
    return n;
  }

  private static Mask enlarge(Mask mask, int levels, int dx, int dy) {
    int pixels = TileGrid.SIZE >> levels;
    int side = 1 << levels;
    Mask large = new Mask(TileGrid.SIZE, TileGrid.SIZE);
    for (int y = 0; y < pixels; y++) {
      for (int x = 0; x < pixels; x++) {
        if (mask.get(dx * pixels + x, dy * pixels + y)) {
          for (int row = y * side; row < (y + 1) * side; row++) {
            large.setRow(row, x * side, (x + 1) * side);
          }
        }
      }
    }
    return large;
  }
}
