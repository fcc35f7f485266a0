package riada.eval;

import java.awt.image.BufferedImage;
import riada.sam.Pixels;

/**
 * A fingerprint of what a picture shows, which survives scaling and compression: 64 signs of the
 * difference of neighbouring means on a grid of 9 x 8 (dHash, Krawetz 2013). Pictures whose
 * fingerprints differ in few bits look alike.
 */
final class PictureHash {
  /** Up to so many differing bits pictures are taken for the same. */
  static final int NEAR = 6;

  private static final int COLUMNS = 9;
  private static final int ROWS = 8;

  private PictureHash() {}

  static long of(BufferedImage image) {
    Pixels pixels = Pixels.of(image);
    double[] means = new double[COLUMNS * ROWS];
    for (int row = 0; row < ROWS; row++) {
      for (int column = 0; column < COLUMNS; column++) {
        means[row * COLUMNS + column] = mean(pixels, column, row);
      }
    }
    long hash = 0;
    for (int row = 0; row < ROWS; row++) {
      for (int column = 0; column + 1 < COLUMNS; column++) {
        int at = row * COLUMNS + column;
        hash = hash << 1 | (means[at] < means[at + 1] ? 1 : 0);
      }
    }
    return hash;
  }

  /** Bits in which two fingerprints differ, 0..64. */
  static int distance(long a, long b) {
    return Long.bitCount(a ^ b);
  }

  /** Grey level of one cell of the grid, from at most 16 x 16 of its pixels. */
  private static double mean(Pixels pixels, int column, int row) {
    int x0 = column * pixels.width() / COLUMNS;
    int x1 = Math.max(x0 + 1, (column + 1) * pixels.width() / COLUMNS);
    int y0 = row * pixels.height() / ROWS;
    int y1 = Math.max(y0 + 1, (row + 1) * pixels.height() / ROWS);
    int dx = (x1 - x0 - 1) / 16 + 1;
    int dy = (y1 - y0 - 1) / 16 + 1;
    double sum = 0;
    int n = 0;
    for (int y = y0; y < y1; y += dy) {
      for (int x = x0; x < x1; x += dx) {
        sum += LabelReader.level(pixels, x, y);
        n++;
      }
    }
    return sum / n;
  }
}
