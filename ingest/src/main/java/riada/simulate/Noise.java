package riada.simulate;

/**
 * Seeded lattice noise: the same value for the same arguments on every machine, continuous over the
 * whole plane, without state or allocation.
 */
final class Noise {
  private Noise() {}

  /** A well-mixed hash of a lattice point. */
  static int hash(int seed, int x, int y) {
    int h = seed * 0x9E3779B1 ^ x * 0x85EBCA77 ^ y * 0xC2B2AE3D;
    h ^= h >>> 15;
    h *= 0x2C1B3C6D;
    h ^= h >>> 12;
    h *= 0x297A2D39;
    return h ^ h >>> 15;
  }

  /** A lattice point's own number, 0 to before 1. */
  static float unit(int seed, int x, int y) {
    return (hash(seed, x, y) >>> 8) * 0x1p-24f;
  }

  /** A lattice point's own number between {@code low} and {@code high}. */
  static float between(int seed, int x, int y, float low, float high) {
    return low + (high - low) * unit(seed, x, y);
  }

  /** Smooth noise with one feature a lattice cell, -1..1. */
  static float value(int seed, float x, float y) {
    int ix = (int) Math.floor(x);
    int iy = (int) Math.floor(y);
    float fx = x - ix;
    float fy = y - iy;
    float sx = fx * fx * (3 - 2 * fx);
    float sy = fy * fy * (3 - 2 * fy);
    float north = lerp(unit(seed, ix, iy), unit(seed, ix + 1, iy), sx);
    float south = lerp(unit(seed, ix, iy + 1), unit(seed, ix + 1, iy + 1), sx);
    return 2 * lerp(north, south, sy) - 1;
  }

  /** A sum of {@code octaves} noises, each half as large and half as strong, about -1..1. */
  static float fractal(int seed, float x, float y, int octaves) {
    float sum = 0;
    float weight = 0.5f;
    for (int i = 0; i < octaves; i++) {
      sum += weight * value(seed + i * 7919, x, y);
      x *= 2.03f; // not 2: lattices that coincide show
      y *= 2.03f;
      weight *= 0.5f;
    }
    return sum;
  }

  static float lerp(float a, float b, float t) {
    return a + (b - a) * t;
  }

  /** 0 below {@code low}, 1 above {@code high}, smooth between. */
  static float smooth(float low, float high, float v) {
    float t = Math.min(1, Math.max(0, (v - low) / (high - low)));
    return t * t * (3 - 2 * t);
  }
}
