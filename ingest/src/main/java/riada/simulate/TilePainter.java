package riada.simulate;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import riada.geo.TileId;
import riada.mask.Mask;

/**
 * Paints a tile of a world at a moment: water over the land, then cloud, light and grain. Owned by
 * one thread; its buffers are reused and a pixel costs no allocation.
 */
public final class TilePainter {
  private static final int SIZE = TileGround.SIZE;

  /** Opacity, 0..256, from which on cloud hides the ground. */
  private static final int HIDES = 90;

  /** Opacity from which on a shadow is one. */
  private static final int SHADES = 75;

  private static final int LAKE_DEPTH_CM = 160;

  private static final int CLOUD_COLOUR = 0xf2f3f5;

  /**
   * What the flood left: soaked ground sends back about two thirds of the light that dry ground
   * does, under a film of silt. It has the land's pattern and none of the water's sheen, so that a
   * person can tell where the water ends.
   */
  private static final float SOAKED = 0.66f;

  private static final int SILT = 0x5a4a38;

  private final World world;
  private final Sky sky;
  private final int[] cloudRow = new int[SIZE];
  private final int[] shadowRow = new int[SIZE];
  private final int[] opacity = new int[256]; // 0..256 of water by depth in 2 cm
  private final int[][] tone = new int[3][256]; // light and haze by channel and value

  public TilePainter(World world) {
    this.world = world;
    this.sky = new Sky(world.drainage());
    for (int i = 0; i < opacity.length; i++) {
      // The bottom is seen for a third of a metre in clear water; half is surface from the start.
      opacity[i] = (int) (256 * (0.97 - 0.42 * StrictMath.exp(-i * 2 / 35.0)));
    }
  }

  /** The picture, 512 x 512 {@code TYPE_INT_RGB}: written into {@code image} row by row. */
  public void paint(TileId tile, Moment moment, BufferedImage image) {
    if (image.getType() != BufferedImage.TYPE_INT_RGB
        || image.getWidth() != SIZE
        || image.getHeight() != SIZE) {
      throw new IllegalArgumentException("paint needs an image of 512 x 512 TYPE_INT_RGB");
    }
    int[] out = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
    TileGround ground = world.ground(tile);
    sky.over(world.left(tile), world.top(tile), moment);
    light(moment);
    int stage = Math.round(moment.stageM() * 100);
    int highest = Math.round(moment.highestM() * 100);
    int grainAt = Noise.hash(moment.wind(), (int) moment.drift(), 3) & TileGround.CELLS - 1;
    float muddy = Math.min(1, moment.stageM());
    int lake = world.look().clearWater();
    int river = Look.mix(lake, world.look().floodWater(), muddy);
    for (int row = 0; row < SIZE; row++) {
      if (!sky.clear()) {
        sky.row(row, cloudRow, shadowRow);
      }
      for (int column = 0; column < SIZE; column++) {
        int at = row * SIZE + column;
        int level = ground.level[at];
        int rgb = ground.land[at];
        if (level == TileGround.LAKE) {
          rgb = wet(rgb, lake, LAKE_DEPTH_CM, at, moment);
        } else if (level < stage || level < 0) {
          rgb = wet(rgb, river, stage - level, at, moment);
        } else if (level < highest) {
          rgb = Look.mix(Look.light(rgb, SOAKED), SILT, 0.3f);
        }
        if (!sky.clear()) {
          rgb = veiled(rgb, cloudRow[column], shadowRow[column], at);
        }
        int grain = Texture.GRAIN[(at + grainAt) & TileGround.CELLS - 1] >> 3;
        out[at] =
            Look.clamp(tone[0][rgb >> 16 & 255] + grain) << 16
                | Look.clamp(tone[1][rgb >> 8 & 255] + grain) << 8
                | Look.clamp(tone[2][rgb & 255] + grain);
      }
    }
  }

  private int wet(int land, int water, int depthCm, int at, Moment moment) {
    int wave = Texture.WAVES[at];
    int hides = opacity[Math.min(255, depthCm >> 1)];
    int deep = Math.min(24, Math.max(0, depthCm - 150) >> 4); // the channel shows through a flood
    if (depthCm < 70 && wave > 12 && (land >> 8 & 255) > (land >> 16 & 255) + 8) {
      hides -= 70; // crops and grass that reach through
    }
    int ripple = (wave >> 4) + (Texture.SWELL[at] >> 2);
    if (moment.glint() > 0) { // broad patches that mirror the sun, and waves in them
      int patch = Math.max(0, Texture.SWELL[at] + 6);
      ripple += (int) (moment.glint() * patch * (1.0f + 0.02f * wave));
    }
    int k = 256 - hides;
    return Look.pack(
        ((land >> 16 & 255) * k + (water >> 16 & 255) * hides >> 8) + ripple - deep,
        ((land >> 8 & 255) * k + (water >> 8 & 255) * hides >> 8) + ripple - deep,
        ((land & 255) * k + (water & 255) * hides >> 8) + ripple - deep);
  }

  private static int veiled(int rgb, int cloud, int shadow, int at) {
    int k = 256 - shadow;
    int r = (rgb >> 16 & 255) * k >> 8;
    int g = (rgb >> 8 & 255) * k >> 8;
    int b = (rgb & 255) * (256 - shadow * 7 / 8) >> 8; // the sky still lights a shadow
    int body = Texture.WISPS[at] >> 3;
    int c = 256 - cloud;
    return Look.pack(
        r * c + ((CLOUD_COLOUR >> 16 & 255) + body) * cloud >> 8,
        g * c + ((CLOUD_COLOUR >> 8 & 255) + body) * cloud >> 8,
        b * c + ((CLOUD_COLOUR & 255) + body) * cloud >> 8);
  }

  private void light(Moment moment) {
    float[] gain = {
      moment.gain() * (1 + 0.07f * moment.warmth()),
      moment.gain(),
      moment.gain() * (1 - 0.07f * moment.warmth())
    };
    int[] veil = {196, 204, 214};
    for (int channel = 0; channel < 3; channel++) {
      for (int v = 0; v < 256; v++) {
        float lit = v * gain[channel];
        tone[channel][v] = Math.round(lit + (veil[channel] - lit) * moment.haze());
      }
    }
  }

  /** The exact truth of the same tile and moment. */
  public Truth truth(TileId tile, Moment moment) {
    TileGround ground = world.ground(tile);
    sky.over(world.left(tile), world.top(tile), moment);
    int stage = Math.round(moment.stageM() * 100);
    Mask water = new Mask(SIZE, SIZE);
    Mask reference = new Mask(SIZE, SIZE);
    Mask cloud = new Mask(SIZE, SIZE);
    Mask shadow = new Mask(SIZE, SIZE);
    for (int row = 0; row < SIZE; row++) {
      if (!sky.clear()) {
        sky.row(row, cloudRow, shadowRow);
      }
      for (int column = 0; column < SIZE; column++) {
        int level = ground.level[row * SIZE + column];
        if (level < 0) {
          reference.set(column, row);
        }
        if (level < stage || level < 0) {
          water.set(column, row);
        }
        if (!sky.clear() && cloudRow[column] >= HIDES) {
          cloud.set(column, row);
        } else if (!sky.clear() && shadowRow[column] >= SHADES) {
          shadow.set(column, row);
        }
      }
    }
    Mask flood = water.copy().andNot(reference);
    return new Truth(
        water, flood, reference, cloud, shadow, Patches.label(ground.objects, flood, cloud));
  }
}
