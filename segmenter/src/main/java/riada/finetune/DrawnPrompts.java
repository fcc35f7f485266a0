package riada.finetune;

import riada.sam.Prompts;

/**
 * Draws a question into a mask prompt as the bundled model's decoder graph does
 * (segmenter/training/model.py, PromptEncoder.drawn): the network's first convolution there looks
 * at 2 x 2 cells, so a checkerboard, rows and columns fit beside the mask without hiding it.
 *
 * @param inputSize side of the network's input, in pixels
 * @param side of the mask prompt, in cells
 */
record DrawnPrompts(int inputSize, int side) {
  /** Reach of a click in shares of the frame: what the checkerboard shows. */
  private static final double WIDE = 0.08;

  /** What the rows show. */
  private static final double NARROW = 0.025;

  private static final float STRENGTH = 10;

  /** Adds the question to {@code plane}, [side, side]. */
  void draw(Prompts question, float[] plane) {
    Prompts.Box box = question.box();
    float[] wide = field(question, WIDE);
    float[] narrow = field(question, NARROW);
    for (int row = 0, i = 0; row < side; row++) {
      float rows = row % 2 == 0 ? 1 : -1;
      for (int column = 0; column < side; column++, i++) {
        float columns = column % 2 == 0 ? 1 : -1;
        float inside = box == null ? 0 : inside(box, column, row);
        plane[i] += STRENGTH * (rows * columns * wide[i] + rows * narrow[i] + columns * inside);
      }
    }
  }

  /** How near wet points are, less how near dry ones are, -1..1: [side, side]. */
  private float[] field(Prompts question, double reach) {
    double[] sum = new double[side * side];
    for (Prompts.Point point : question.points()) {
      double[] across = bump(fraction(point.x()), reach);
      double[] down = bump(fraction(point.y()), reach);
      int sign = point.wet() ? 1 : -1;
      for (int row = 0, i = 0; row < side; row++) {
        for (int column = 0; column < side; column++, i++) {
          sum[i] += sign * down[row] * across[column];
        }
      }
    }
    float[] field = new float[sum.length];
    for (int i = 0; i < field.length; i++) {
      field[i] = (float) Math.min(Math.max(sum[i], -1), 1);
    }
    return field;
  }

  private double[] bump(double at, double reach) {
    double[] bump = new double[side];
    for (int i = 0; i < side; i++) {
      double far = (i + 0.5) / side - at;
      bump[i] = Math.exp(-far * far / (2 * reach * reach));
    }
    return bump;
  }

  /** 1 in the box, -1 outside, between on the cell that an edge cuts. */
  private float inside(Prompts.Box box, int column, int row) {
    double across = between(box.x0(), box.x1(), column);
    double down = between(box.y0(), box.y1(), row);
    return (float) (2 * across * down - 1);
  }

  private double between(float low, float high, int cell) {
    double centre = (cell + 0.5) / side;
    return share((centre - fraction(low)) * side) * share((fraction(high) - centre) * side);
  }

  private static double share(double cells) {
    return Math.min(Math.max(cells + 0.5, 0), 1);
  }

  /** A pixel's centre as a fraction of the frame. */
  private double fraction(float pixel) {
    return (pixel + 0.5) / inputSize;
  }
}
