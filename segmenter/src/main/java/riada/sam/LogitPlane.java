package riada.sam;

import java.util.Arrays;
import riada.mask.Mask;
import riada.onnx.Fit;

/** Logits on a square of cells that covers a picture: what a mask is cut from. Immutable. */
public final class LogitPlane {
  private final float[] values;
  private final int offset;
  private final int side;

  /** A view on the {@code side} x {@code side} values from {@code offset} on, row-major. */
  LogitPlane(float[] values, int offset, int side) {
    this.values = values;
    this.offset = offset;
    this.side = side;
  }

  /** A plane of one value. */
  public static LogitPlane of(float value, int side) {
    float[] values = new float[side * side];
    Arrays.fill(values, value);
    return new LogitPlane(values, 0, side);
  }

  /** A plane of {@code side} x {@code side} values, row-major; they are no longer the caller's. */
  public static LogitPlane of(float[] values, int side) {
    if (values.length != side * side) {
      throw new IllegalArgumentException(values.length + " values for a side of " + side);
    }
    return new LogitPlane(values, 0, side);
  }

  /**
   * What a mask would be an answer of: {@code sure} logits to either side of the threshold, by the
   * pixel in the middle of each cell; dry where no picture is.
   *
   * @param frame how the mask's picture lies on the input
   * @param side in cells
   */
  public static LogitPlane of(Mask mask, Frame frame, float threshold, float sure, int side) {
    float[] values = new float[side * side];
    Arrays.fill(values, threshold - sure);
    for (int row = 0; row < side; row++) {
      double down = (row + 0.5) * frame.inputSize() / side / frame.rows();
      for (int column = 0; column < side && down < 1; column++) {
        double across = (column + 0.5) * frame.inputSize() / side / frame.columns();
        if (across < 1 && mask.get((int) (across * mask.width()), (int) (down * mask.height()))) {
          values[row * side + column] = threshold + sure;
        }
      }
    }
    return new LogitPlane(values, 0, side);
  }

  /** Cells along one side. */
  public int side() {
    return side;
  }

  public float get(int column, int row) {
    return values[offset + row * side + column];
  }

  /**
   * A copy whose logits are within {@code -most..most}: what an earlier answer is as a prior mask,
   * for the network was trained on such.
   */
  public LogitPlane clamped(float most) {
    float[] copy = toArray();
    for (int i = 0; i < copy.length; i++) {
      copy[i] = Math.min(Math.max(copy[i], -most), most);
    }
    return new LogitPlane(copy, 0, side);
  }

  /** The same logits without the others that they were answered with. */
  public LogitPlane copy() {
    return new LogitPlane(toArray(), 0, side);
  }

  /** A copy of the logits, [side, side]. */
  public float[] toArray() {
    return Arrays.copyOfRange(values, offset, offset + side * side);
  }

  /**
   * The cells of {@code window} whose logit is above {@code threshold}. Logits between cell centres
   * are bilinear, beyond the outermost centres constant (as PyTorch's {@code interpolate} with
   * {@code align_corners=False}).
   */
  public Mask above(float threshold, Window window, int width, int height) {
    Mask mask = new Mask(width, height);
    int[] left = new int[width];
    float[] share = new float[width]; // of the cell to the right of left
    for (int x = 0; x < width; x++) {
      double at = place(window.x(x + 0.5, width));
      left[x] = Math.min((int) at, side - 2);
      share[x] = (float) (at - left[x]);
    }
    float[] row = new float[side];
    for (int y = 0; y < height; y++) {
      double at = place(window.y(y + 0.5, height));
      int upper = Math.min((int) at, side - 2);
      if (blend(upper, (float) (at - upper), row) > threshold) {
        markAbove(threshold, row, left, share, mask, y);
      }
    }
    return mask;
  }

  /**
   * The same for a picture that covers a part of the square: the cells of {@code window}, which is
   * a part of the picture, as Segment Anything cuts them.
   */
  public Mask above(float threshold, Frame frame, Window window, int width, int height) {
    return frame.fit() == Fit.SQUASH
        ? above(threshold, window, width, height)
        : PaddedCut.above(this, threshold, frame, window, width, height);
  }

  /** A fraction of the picture in cells between the first and the last cell's centre. */
  private double place(double fraction) {
    return Math.min(Math.max(fraction * side - 0.5, 0), side - 1);
  }

  /** Blends two neighbouring rows into {@code row} and tells the largest value. */
  private float blend(int upper, float share, float[] row) {
    int at = offset + upper * side;
    float largest = Float.NEGATIVE_INFINITY;
    for (int x = 0; x < side; x++) {
      row[x] = (1 - share) * values[at + x] + share * values[at + side + x];
      largest = Math.max(largest, row[x]);
    }
    return largest;
  }

  private static void markAbove(
      float threshold, float[] row, int[] left, float[] share, Mask mask, int y) {
    int start = -1;
    for (int x = 0; x < left.length; x++) {
      float logit = (1 - share[x]) * row[left[x]] + share[x] * row[left[x] + 1];
      if (logit > threshold) {
        start = start < 0 ? x : start;
      } else if (start >= 0) {
        mask.setRow(y, start, x);
        start = -1;
      }
    }
    if (start >= 0) {
      mask.setRow(y, start, left.length);
    }
  }
}
