package riada.simulate;

import java.util.SplittableRandom;

/**
 * The colours of one world: season, soil, water and light differ from seed to seed, so that water
 * is not a colour.
 *
 * @param crops colours of fields, 0xRRGGBB; some of them dark
 * @param roofs colours of roofs; some of them blue
 */
record Look(
    int meadow,
    int dryGrass,
    int soil,
    int sand,
    int forest,
    int asphalt,
    int clearWater,
    int floodWater,
    Palette crops,
    Palette roofs) {

  /** Colours to pick from by a hash. */
  static final class Palette {
    private final int[] colours;

    Palette(int... colours) {
      this.colours = colours;
    }

    int pick(int hash) {
      return colours[(hash >>> 8) % colours.length];
    }
  }

  private static final int[][] SUMMER = {
    {0x7d9a4d, 0xa39b62, 0x3f5a2c},
    {0x6f8f57, 0x8f9a66, 0x33502f},
    {0x8c9a52, 0xb5a468, 0x4a5d30},
    {0x6b8448, 0x948a58, 0x2c4526},
    {0x8a8a5c, 0xb09c6c, 0x4b5236}, // late summer
    {0x83805f, 0x9d8f6b, 0x504c38}, // winter: bare woods
  };
  private static final int[] SOILS = {0x8a6a48, 0x9c7d58, 0x6d5138, 0xa58a6a, 0x7a5a44};
  private static final int[] DARK_SOILS = {0x4a3a2c, 0x3d332b, 0x54443a, 0x46382f};
  private static final int[] CLEAR = {
    0x1f3a4d, 0x24454a, 0x16293d, 0x2f5560, 0x3a5a4a, 0x1d2f30, 0x47686f
  };
  private static final int[] MUDDY = {
    0x8b7355, 0x7a6a50, 0x9a8468, 0x6b6350, 0x857a66, 0x54604f, 0x3f5058, 0xa08c70, 0x2e4450
  };

  static Look of(int seed) {
    SplittableRandom random = new SplittableRandom(seed * 31L + 5);
    int[] season = SUMMER[random.nextInt(SUMMER.length)];
    int soil = vary(random, SOILS[random.nextInt(SOILS.length)], 10);
    int dark = vary(random, DARK_SOILS[random.nextInt(DARK_SOILS.length)], 8);
    int meadow = vary(random, season[0], 12);
    Palette crops =
        new Palette(
            meadow,
            vary(random, 0x5f8a3c, 16),
            vary(random, 0x7fa04c, 16),
            vary(random, 0x3f6a35, 14),
            vary(random, 0xc2ad6c, 16),
            vary(random, 0xb39a5e, 14),
            vary(random, 0x98a860, 14),
            soil,
            mix(soil, 0xffffff, 0.15f),
            dark,
            mix(dark, soil, 0.4f));
    Palette roofs =
        new Palette(
            vary(random, 0xa8583c, 14),
            vary(random, 0xb66a48, 14),
            0x8c4a38,
            0x9a8f86,
            0xc8c2b8,
            vary(random, 0x6e6a68, 10),
            vary(random, 0x3f5f8a, 14),
            0xb0603f);
    return new Look(
        meadow,
        vary(random, season[1], 10),
        soil,
        mix(soil, 0xe0d4b8, 0.6f),
        vary(random, season[2], 10),
        vary(random, 0x5c5c5e, 10),
        vary(random, CLEAR[random.nextInt(CLEAR.length)], 10),
        vary(random, MUDDY[random.nextInt(MUDDY.length)], 10),
        crops,
        roofs);
  }

  private static int vary(SplittableRandom random, int rgb, int by) {
    int all = random.nextInt(-by, by + 1);
    int half = Math.max(1, by / 2);
    return pack(
        (rgb >> 16 & 255) + all + random.nextInt(-half, half + 1),
        (rgb >> 8 & 255) + all + random.nextInt(-half, half + 1),
        (rgb & 255) + all + random.nextInt(-half, half + 1));
  }

  /** Clamps each channel to 0..255. */
  static int pack(int r, int g, int b) {
    return clamp(r) << 16 | clamp(g) << 8 | clamp(b);
  }

  static int clamp(int v) {
    return v < 0 ? 0 : Math.min(v, 255);
  }

  /** {@code a} where {@code t} is 0, {@code b} where it is 1. */
  static int mix(int a, int b, float t) {
    int k = (int) (t * 256);
    int r = (a >> 16 & 255) * (256 - k) + (b >> 16 & 255) * k >> 8;
    int g = (a >> 8 & 255) * (256 - k) + (b >> 8 & 255) * k >> 8;
    int blue = (a & 255) * (256 - k) + (b & 255) * k >> 8;
    return r << 16 | g << 8 | blue;
  }

  /** Each channel times {@code gain}. */
  static int light(int rgb, float gain) {
    return pack(
        (int) ((rgb >> 16 & 255) * gain),
        (int) ((rgb >> 8 & 255) * gain),
        (int) ((rgb & 255) * gain));
  }
}
