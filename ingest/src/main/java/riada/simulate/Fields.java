package riada.simulate;

/**
 * Farmland: districts with a direction of their own, cut into parcels with crops, and woods. Owned
 * by one thread at a time.
 */
final class Fields {
  private static final float DISTRICT = 430;

  private final int seed;
  private final Look look;
  private final float woods;
  private final float[] centreX = new float[9]; // of the districts around the last cell
  private final float[] centreY = new float[9];
  private final int[] districts = new int[9];
  private int aroundX = Integer.MIN_VALUE;
  private int aroundY;

  Fields(int seed, Look look) {
    this.seed = seed;
    this.look = look;
    this.woods = Noise.between(seed, 3, 3, 0.12f, 0.34f);
  }

  /** Parcels, at pixel (x, y) of the world. */
  void paintParcel(float x, float y, Spot spot) {
    float wx = x + 40 * Noise.value(seed + 21, x / 150, y / 150);
    float wy = y + 40 * Noise.value(seed + 22, x / 150, y / 150);
    int cx = (int) Math.floor(wx / DISTRICT);
    int cy = (int) Math.floor(wy / DISTRICT);
    if (cx != aroundX || cy != aroundY) {
      look(cx, cy);
    }
    float best = Float.MAX_VALUE;
    int district = 0;
    for (int i = 0; i < 9; i++) {
      float dx = centreX[i] - wx;
      float dy = centreY[i] - wy;
      float d = dx * dx + dy * dy;
      if (d < best) {
        best = d;
        district = districts[i];
      }
    }
    // A direction without trigonometry: (1 - t^2, 2 t) / (1 + t^2), t = tan(angle / 2).
    float t = 0.9f * (2 * Noise.unit(district, 1, 0) - 1);
    float cos = (1 - t * t) / (1 + t * t);
    float sin = 2 * t / (1 + t * t);
    float u = x * cos + y * sin;
    float v = y * cos - x * sin;
    float deep = Noise.between(district, 2, 0, 38, 95);
    float row = v / deep;
    int iv = (int) Math.floor(row);
    float length = Noise.between(district, 3, iv, 55, 210);
    float column = u / length + Noise.unit(district, 4, iv);
    int iu = (int) Math.floor(column);
    int parcel = Noise.hash(district, iu, iv) | 1;
    float border =
        Math.min(
            Math.min(row - iv, iv + 1 - row) * deep,
            Math.min(column - iu, iu + 1 - column) * length);
    paintCrop(u, v, parcel, border, spot);
  }

  /** Finds the nine districts around a cell: neighbours in a row mostly ask for the same. */
  private void look(int cx, int cy) {
    aroundX = cx;
    aroundY = cy;
    for (int k = 0; k < 9; k++) {
      int i = cx + k % 3 - 1;
      int j = cy + k / 3 - 1;
      centreX[k] = (i + 0.15f + 0.7f * Noise.unit(seed + 23, i, j)) * DISTRICT;
      centreY[k] = (j + 0.15f + 0.7f * Noise.unit(seed + 24, i, j)) * DISTRICT;
      districts[k] = Noise.hash(seed + 25, i, j);
    }
  }

  private void paintCrop(float u, float v, int parcel, float border, Spot spot) {
    int colour = look.crops().pick(parcel);
    float tone = 0.92f + 0.16f * Noise.unit(parcel, 0, 0);
    int pattern = parcel >>> 4 & 7;
    float rows = 3.2f + 3 * Noise.unit(parcel, 1, 0);
    if (border < 1.3f && (parcel >>> 7 & 3) != 0) {
      // Hedges and tracks between parcels.
      spot.set(
          (parcel & 64) == 0 ? Look.mix(look.forest(), colour, 0.3f) : Look.light(colour, 1.12f),
          0);
      return;
    }
    if (pattern == 0) { // an orchard: trees in a grid
      float a = u / 7 - (float) Math.floor(u / 7) - 0.5f;
      float b = v / 7 - (float) Math.floor(v / 7) - 0.5f;
      colour = a * a + b * b < 0.1f ? look.forest() : Look.mix(colour, look.soil(), 0.5f);
    } else if (pattern < 5) { // drills
      float phase = v / rows - (float) Math.floor(v / rows);
      tone *= phase < 0.5f ? 1.05f : 0.95f;
    }
    tone += 0.10f * Noise.fractal(parcel, u / 26, v / 26, 2);
    spot.set(Look.light(colour, tone), parcel);
  }

  /** How wooded a place is: above 0 is forest. */
  float wood(float x, float y, float edge, float ground) {
    float thickets = Noise.fractal(seed + 31, x / 230, y / 230, 3);
    float byRiver = 0.5f * (Noise.smooth(2, 7, edge) - Noise.smooth(12, 42, edge));
    float onHills = 0.3f * Noise.smooth(6, 22, ground);
    return thickets + byRiver + onHills - 0.55f + woods;
  }

  /** Crowns, lit from the north-west; dense ones hide what is below. */
  void paintWood(float x, float y, float wood, Spot spot) {
    int cx = (int) Math.floor(x / 6.5f);
    int cy = (int) Math.floor(y / 6.5f);
    float best = Float.MAX_VALUE;
    float lit = 0;
    int crown = 0;
    for (int j = cy - 1; j <= cy + 1; j++) {
      for (int i = cx - 1; i <= cx + 1; i++) {
        float dx = x - (i + Noise.unit(seed + 32, i, j)) * 6.5f;
        float dy = y - (j + Noise.unit(seed + 33, i, j)) * 6.5f;
        float d = dx * dx + dy * dy;
        if (d < best) {
          best = d;
          lit = -(dx + dy);
          crown = Noise.hash(seed + 34, i, j);
        }
      }
    }
    float size = 9 + 14 * Noise.unit(crown, 0, 0);
    if (best > size && wood < 0.12f) {
      return; // between the trees of a sparse wood the ground shows
    }
    float tone = 0.82f + 0.05f * lit + 0.25f * Noise.unit(crown, 1, 0);
    tone *= best > size ? 0.7f : 1;
    spot.set(Look.light(look.forest(), Math.max(0.45f, tone)), seed + 35 | 1);
    spot.stands = 12;
  }
}
