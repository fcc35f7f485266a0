package riada.eval;

import riada.mask.Mask;

/**
 * How far cells are from the nearest of some cells, exactly. Source: Meijster, Roerdink and
 * Hesselink, A General Algorithm for Computing Distance Transforms in Linear Time (2000).
 */
final class DistanceField {
  private DistanceField() {}

  /**
   * Squared distances between cell centres, row-major. Very large everywhere where no cell is set.
   */
  static long[] squaredTo(Mask cells) {
    int w = cells.width();
    int h = cells.height();
    int far = w + h;
    int[] along = new int[w * h]; // distance within the column
    for (int x = 0; x < w; x++) {
      int near = far;
      for (int y = 0; y < h; y++) {
        near = cells.get(x, y) ? 0 : Math.min(far, near + 1);
        along[y * w + x] = near;
      }
      for (int y = h - 1, up = far; y >= 0; y--) {
        up = Math.min(up + 1, along[y * w + x]);
        along[y * w + x] = up;
      }
    }
    long[] squared = new long[w * h];
    int[] lowest = new int[w]; // columns whose parabola is the lowest somewhere
    int[] from = new int[w]; // the first column where it is
    for (int y = 0; y < h; y++) {
      int row = y * w;
      int n = 0;
      for (int x = 0; x < w; x++) {
        while (n > 0
            && at(along, row, lowest[n - 1], from[n - 1]) > at(along, row, x, from[n - 1])) {
          n--;
        }
        int first = n == 0 ? 0 : meeting(along, row, lowest[n - 1], x) + 1;
        if (first < w) {
          lowest[n] = x;
          from[n++] = first;
        }
      }
      for (int x = w - 1; x >= 0; x--) {
        squared[row + x] = at(along, row, lowest[n - 1], x);
        if (x == from[n - 1]) {
          n--;
        }
      }
    }
    return squared;
  }

  /** Squared distance from column {@code x} to what is nearest in column {@code i}. */
  private static long at(int[] along, int row, int i, int x) {
    long g = along[row + i];
    return (long) (x - i) * (x - i) + g * g;
  }

  /** The last column in which {@code i} is no farther than {@code u}, a column to its right. */
  private static int meeting(int[] along, int row, int i, int u) {
    long a = along[row + i];
    long b = along[row + u];
    long column = Math.floorDiv((long) u * u - (long) i * i + b * b - a * a, 2L * (u - i));
    return (int) Math.min(column, Integer.MAX_VALUE - 1);
  }
}
