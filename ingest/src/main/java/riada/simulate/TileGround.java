package riada.simulate;

/**
 * What does not change in one tile: the land's colours, the stage at which each pixel goes under,
 * and its objects. Filled once, then read only.
 */
final class TileGround {
  /** Pixels along each side. */
  static final int SIZE = 512;

  static final int CELLS = SIZE * SIZE;

  /** Objects of the land in one tile that get a number of their own; the rest stay 0. */
  static final int MAX_LAND_OBJECTS = 180;

  /** The level of lakes: standing water that a flood does not make muddy. */
  static final short LAKE = Short.MIN_VALUE;

  /** [row][column] 0xRRGGBB without water. */
  final int[] land = new int[CELLS];

  /** [row][column] stage in centimetres from which on a pixel is under water; negative: always. */
  final short[] level = new short[CELLS];

  /** [row][column] the land's objects from 1, 0 for none. */
  final byte[] objects = new byte[CELLS];
}
