package riada.finetune;

import ai.djl.ndarray.NDArray;
import riada.mask.Mask;
import riada.sam.Frame;

/**
 * The cells of an answer that lie on a picture: from the upper left corner on, for the rest of the
 * network's input is empty. Nothing is learnt of other cells, and they count nowhere.
 *
 * @param columns of cells, {@code rows} likewise
 * @param side of the whole answer, in cells
 * @param across cells that the picture is wide, with fractions; {@code down} likewise high
 */
record Covered(int columns, int rows, int side, double across, double down) {
  /**
   * @param frame how the picture lies on the input
   * @param side of the answer, in cells
   */
  static Covered of(Frame frame, int side) {
    double across = (double) frame.columns() * side / frame.inputSize();
    double down = (double) frame.rows() * side / frame.inputSize();
    return new Covered(whole(across), whole(down), side, across, down);
  }

  /** Cells whose middle is on the picture, at least one. */
  private static int whole(double cells) {
    return (int) Math.max(1, Math.round(cells));
  }

  /** The share of water in each cell, 0..1, row-major: [rows * columns]. */
  float[] shares(Mask water) {
    float[] shares = new float[rows * columns];
    for (int row = 0; row < rows; row++) {
      int y0 = start(row, water.height(), down);
      int y1 = end(row, water.height(), down);
      for (int column = 0; column < columns; column++) {
        int x0 = start(column, water.width(), across);
        int x1 = end(column, water.width(), across);
        int wet = 0;
        for (int y = y0; y < y1; y++) {
          for (int x = x0; x < x1; x++) {
            wet += water.get(x, y) ? 1 : 0;
          }
        }
        shares[row * columns + column] = (float) wet / ((y1 - y0) * (x1 - x0));
      }
    }
    return shares;
  }

  private static int start(int cell, int pixels, double cells) {
    return Math.min((int) (cell * (double) pixels / cells), pixels - 1);
  }

  private static int end(int cell, int pixels, double cells) {
    int end = (int) ((cell + 1) * (double) pixels / cells);
    return Math.min(Math.max(start(cell, pixels, cells) + 1, end), pixels);
  }

  /** Of an answer's logits, [side * side], those of these cells: [rows * columns]. */
  NDArray of(NDArray logits) {
    return columns == side && rows == side
        ? logits
        : logits.reshape(side, side).get("0:" + rows + ", 0:" + columns).reshape(-1);
  }

  /**
   * The cells above a threshold.
   *
   * @param values of these cells, [rows * columns]
   */
  Mask above(float[] values, float threshold) {
    Mask mask = new Mask(columns, rows);
    for (int i = 0; i < values.length; i++) {
      if (values[i] > threshold) {
        mask.set(i % columns, i / columns);
      }
    }
    return mask;
  }
}
