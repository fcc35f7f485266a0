package riada.sam;

import riada.mask.Mask;

/**
 * Cuts a mask from logits on a square of which the picture covers a part. Segment Anything enlarges
 * the logits to the network's input, drops what the picture does not cover and resizes the rest to
 * the picture, bilinear both times; this takes the same steps for one cell at a time. Source:
 * {@code Sam.postprocess_masks} of segment-anything 1.0.
 */
final class PaddedCut {
  private PaddedCut() {}

  /** The cells of {@code window} whose logit is above {@code threshold}. */
  static Mask above(
      LogitPlane plane, float threshold, Frame frame, Window window, int width, int height) {
    Axis across = new Axis(width, plane.side());
    for (int x = 0; x < width; x++) {
      across.put(x, window.x(x + 0.5, width), frame.columns(), frame.inputSize());
    }
    Axis down = new Axis(height, plane.side());
    for (int y = 0; y < height; y++) {
      down.put(y, window.y(y + 0.5, height), frame.rows(), frame.inputSize());
    }
    Mask mask = new Mask(width, height);
    float[] row = new float[plane.side()];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < row.length; x++) {
        row[x] = 0;
        for (int k = 0; k < Axis.TAPS; k++) {
          row[x] += down.weight(y, k) * plane.get(x, down.cell(y, k));
        }
      }
      for (int x = 0; x < width; x++) {
        float logit = 0;
        for (int k = 0; k < Axis.TAPS; k++) {
          logit += across.weight(x, k) * row[across.cell(x, k)];
        }
        if (logit > threshold) {
          mask.set(x, y);
        }
      }
    }
    return mask;
  }

  /** For each output of an axis the two input pixels around it, and the two cells around each. */
  private static final class Axis {
    static final int TAPS = 4;

    private final int side;
    private final int[] cells;
    private final float[] weights;

    Axis(int outputs, int side) {
      this.side = side;
      cells = new int[TAPS * outputs];
      weights = new float[TAPS * outputs];
    }

    int cell(int output, int tap) {
      return cells[TAPS * output + tap];
    }

    float weight(int output, int tap) {
      return weights[TAPS * output + tap];
    }

    /**
     * @param fraction of the picture, 0..1
     * @param covered pixels of the input that the picture covers
     */
    void put(int output, double fraction, int covered, int inputSize) {
      double pixel = clamp(fraction * covered - 0.5, covered - 1);
      int before = Math.min((int) pixel, covered - 1);
      double share = pixel - before;
      putPixel(TAPS * output, before, 1 - share, inputSize);
      putPixel(TAPS * output + 2, Math.min(before + 1, covered - 1), share, inputSize);
    }

    private void putPixel(int at, int pixel, double weight, int inputSize) {
      double place = clamp((pixel + 0.5) * side / inputSize - 0.5, side - 1);
      int before = (int) place;
      cells[at] = before;
      weights[at] = (float) (weight * (1 - (place - before)));
      cells[at + 1] = Math.min(before + 1, side - 1);
      weights[at + 1] = (float) (weight * (place - before));
    }

    private static double clamp(double value, double most) {
      return Math.min(Math.max(value, 0), most);
    }
  }
}
