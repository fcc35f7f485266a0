package riada.segmenter;

import java.awt.image.BufferedImage;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;
import riada.proto.Pictures;
import riada.proto.Tile;
import riada.sam.Pixels;
import riada.sam.Window;

/**
 * The decoded picture of a tile and where the tile's cells lie in it.
 *
 * @param pixels a square of 64 to 2048 pixels a side, halo included
 * @param window the picture without its halo
 * @param valid the cells that the publisher holds to be valid: by the valid mask, and where the
 *     picture is not wholly transparent
 */
record TilePicture(Pixels pixels, Window window, Mask valid) {
  /**
   * Decodes the picture and checks it against the tile.
   *
   * @throws BadInput when it is unreadable, not square, too small or too large, or nothing but halo
   */
  static TilePicture of(TileId id, Tile tile) throws BadInput {
    Mask valid =
        tile.hasValid()
            ? RunLength.decode(tile.getValid())
            : Mask.full(TileGrid.SIZE, TileGrid.SIZE);
    long most = (long) Pictures.MAX_TILE_SIDE * Pictures.MAX_TILE_SIDE;
    byte[] bytes = tile.getPicture().getData().toByteArray();
    BufferedImage image = Pictures.read("The picture of tile " + id, bytes, most);
    check(id, image.getWidth(), image.getHeight(), tile.getHaloPx());
    Pixels pixels = Pixels.of(image);
    Window window = Window.inside(image.getWidth(), tile.getHaloPx());
    valid.and(pixels.opaque(window, TileGrid.SIZE, TileGrid.SIZE));
    return new TilePicture(pixels, window, valid);
  }

  private static void check(TileId id, int width, int height, int halo) throws BadInput {
    if (width != height) {
      throw new BadInput(
          "picture_not_square",
          "The picture of tile " + id + " is " + width + " x " + height + "; send a square.");
    }
    if (width < Pictures.MIN_TILE_SIDE || width > Pictures.MAX_TILE_SIDE) {
      throw new BadInput(
          "picture_side",
          "The picture of tile "
              + id
              + " has sides of "
              + width
              + " pixels; they are "
              + Pictures.MIN_TILE_SIDE
              + ".."
              + Pictures.MAX_TILE_SIDE
              + ".");
    }
    if (width - 2 * halo < Pictures.MIN_TILE_SIDE) {
      throw new BadInput(
          "halo_invalid",
          "Tile "
              + id
              + " has a halo of "
              + halo
              + " pixels on each side of a picture of "
              + width
              + "; at least "
              + Pictures.MIN_TILE_SIDE
              + " must be left between.");
    }
  }

  /** From a column of the network's input to a column of the tile's cells. */
  float tileX(float x, int inputSize) {
    return (float) window.column((x + 0.5) / inputSize, TileGrid.SIZE) - 0.5f;
  }

  /** From a row of the network's input to a row of the tile's cells. */
  float tileY(float y, int inputSize) {
    return (float) window.row((y + 0.5) / inputSize, TileGrid.SIZE) - 0.5f;
  }
}
