package riada.simulate;

/**
 * What the painters of the land say of one pixel. Reused from pixel to pixel by the one thread that
 * paints a tile.
 */
final class Spot {
  /** 0xRRGGBB. */
  int rgb;

  /**
   * Metres by which a roof, bridge or dense crown stands above the ground: water stays below it.
   */
  float stands;

  /** A number that all pixels of one object share; 0 is no object. */
  int object;

  void set(int colour, int id) {
    rgb = colour;
    object = id;
  }
}
