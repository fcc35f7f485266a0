package riada.simulate;

/**
 * Clouds and their shadows over one tile at one moment. Computed on a lattice of {@value #STEP}
 * pixels and interpolated; buffers are reused, so one thread owns it.
 */
final class Sky {
  private static final int STEP = 8;
  private static final int NODES = TileGround.SIZE / STEP + 1;

  /** Where a cloud's shadow falls, in pixels to the west and north of it. */
  private static final int SHADOW_X = 46;

  private static final int SHADOW_Y = 34;

  private final float[] clouds = new float[NODES * NODES]; // opacity before wisps; may be below 0
  private final float[] shadows = new float[NODES * NODES];
  private final Drainage drainage;
  private boolean clear;

  Sky(Drainage drainage) {
    this.drainage = drainage;
  }

  /** Prepares the tile whose north-west pixel is ({@code left}, {@code top}) in the world. */
  void over(int left, int top, Moment moment) {
    clear = moment.cover() <= 0 && moment.bank() <= 0;
    for (int i = 0; i < clouds.length && !clear; i++) {
      int x = left + i % NODES * STEP;
      int y = top + i / NODES * STEP;
      clouds[i] = opacity(x, y, moment);
      shadows[i] = opacity(x + SHADOW_X, y + SHADOW_Y, moment);
    }
  }

  private float opacity(float x, float y, Moment moment) {
    float u = x - moment.drift();
    float v = y - 0.3f * moment.drift();
    float billow = Noise.fractal(moment.wind() + 71, u / 260, v / 260, 5);
    float density = -9;
    if (moment.cover() > 0) {
      density = billow - 0.62f + 1.25f * moment.cover();
    }
    if (moment.bank() > 0) { // lies along the river, well beyond its plain
      float near = 1 - Noise.smooth(300, 620, drainage.edge(x, y));
      density = Math.max(density, 0.55f * billow + 1.15f * near * moment.bank() - 0.6f);
    }
    float softness = Noise.between(moment.wind(), 12, 0, 2.2f, 4.5f); // thin edges or hard ones
    return Math.min(1.3f, density * softness);
  }

  boolean clear() {
    return clear;
  }

  /**
   * Opacities of one row, 0..256.
   *
   * @param cloudRow and {@code shadowRow}: {@link TileGround#SIZE} values each, filled here
   */
  void row(int row, int[] cloudRow, int[] shadowRow) {
    row(clouds, row, cloudRow, 246);
    row(shadows, row, shadowRow, 150);
  }

  private static void row(float[] field, int row, int[] out, int most) {
    int node = row / STEP * NODES;
    float down = (row % STEP) / (float) STEP;
    for (int i = 0; i < NODES - 1; i++) {
      float west = field[node + i] + (field[node + NODES + i] - field[node + i]) * down;
      float east = field[node + i + 1] + (field[node + NODES + i + 1] - field[node + i + 1]) * down;
      float step = (east - west) / STEP;
      for (int k = 0; k < STEP; k++) {
        int x = i * STEP + k;
        float wisp = Texture.WISPS[row * TileGround.SIZE + x] * 0.004f;
        float v = west + step * k;
        int opacity = (int) ((v + wisp) * 256);
        out[x] = v < -0.1f ? 0 : Math.max(0, Math.min(most, opacity));
      }
    }
  }
}
