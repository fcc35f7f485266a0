package riada.cap;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;

/**
 * Where on a tile there is flood, in blocks of 32 x 32 cells: 32 bytes that travel with every
 * figure, so that an outline of any region can be drawn without its masks. A block is set when one
 * of its cells is, so the blocks hold every flooded cell. A block is itself a tile, {@value
 * #LEVELS} zooms further down.
 */
public final class FloodBlocks {
  /** How many zooms below its tile a block is. */
  static final int LEVELS = 4;

  private static final int SIDE = 1 << LEVELS; // blocks along a tile
  private static final int CELLS = TileGrid.SIZE / SIDE;

  private FloodBlocks() {}

  /**
   * The blocks of {@code flood}: a bit each, row-major from the north-west, the lowest bit of a
   * byte first. Empty when no cell is set.
   *
   * @param flood 512 x 512
   */
  public static ByteString of(Mask flood) {
    byte[] bits = new byte[SIDE * SIDE / 8];
    boolean any = false;
    for (int row = 0; row < TileGrid.SIZE; row++) {
      for (int column = 0; column < SIDE; column++) {
        if (flood.anyInRow(row, column * CELLS, (column + 1) * CELLS)) {
          int block = row / CELLS * SIDE + column;
          bits[block / 8] |= (byte) (1 << block % 8);
          any = true;
        }
      }
    }
    return any ? ByteString.copyFrom(bits) : ByteString.EMPTY;
  }

  /**
   * The blocks on {@code tile} as tiles.
   *
   * @param tile at most at zoom 18
   * @param blocks as {@link #of} makes them
   */
  public static List<TileId> tiles(TileId tile, ByteString blocks) {
    List<TileId> tiles = new ArrayList<>();
    for (int block = 0; block < blocks.size() * 8; block++) {
      if ((blocks.byteAt(block / 8) >> block % 8 & 1) != 0) {
        tiles.add(tile.descendant(LEVELS, block % SIDE, block / SIDE));
      }
    }
    return tiles;
  }
}
