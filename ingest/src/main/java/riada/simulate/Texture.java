package riada.simulate;

import java.util.SplittableRandom;

/** Fine grain that repeats every tile, so that it costs a look-up a pixel and has no seam. */
final class Texture {
  private static final int SIZE = TileGround.SIZE;

  /** Waves, -64..63. */
  static final byte[] WAVES = make(1, 4, 2);

  /** Streaks of sediment, -64..63. */
  static final byte[] SWELL = make(4, 60, 24);

  /** Wisps of cloud, -64..63. */
  static final byte[] WISPS = make(2, 9, 9);

  /** Sensor grain, -64..63. */
  static final byte[] GRAIN = make(3, 1, 1);

  private Texture() {}

  /** White noise, blurred around the tile's edges and stretched to the full range. */
  private static byte[] make(int seed, int alongX, int alongY) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] field = new float[SIZE * SIZE];
    for (int i = 0; i < field.length; i++) {
      field[i] = (float) random.nextDouble() - 0.5f;
    }
    for (int pass = 0; pass < 2; pass++) {
      field = blur(blur(field, alongX, 1), alongY, SIZE);
    }
    double squares = 0;
    for (float v : field) {
      squares += v * v;
    }
    double deviation = Math.sqrt(squares / field.length);
    byte[] bytes = new byte[field.length];
    for (int i = 0; i < field.length; i++) {
      bytes[i] = (byte) Math.max(-64, Math.min(63, Math.round(field[i] / deviation * 22)));
    }
    return bytes;
  }

  private static float[] blur(float[] field, int radius, int stride) {
    float[] out = new float[field.length];
    for (int i = 0; i < field.length; i++) {
      int line = i / stride % SIZE;
      float sum = 0;
      for (int k = 0; k < radius; k++) {
        sum += field[i + (Math.floorMod(line + k, SIZE) - line) * stride];
      }
      out[i] = sum / radius;
    }
    return out;
  }
}
