package riada.sam;

import riada.sam.Prompts.Point;

/**
 * What of the answer to a click is taken: the changes at the click, and nothing elsewhere. A
 * network that looks at the whole picture again shifts edges far from where somebody clicked; an
 * operator asked for none of that. The farther from the click, the surer the network must be: a
 * change that runs on through doubtful cells ends there. Where it does not do as asked even at the
 * click, the clicked cell and those that touch it do: a click is never without effect.
 */
public final class Correction {
  /** Changes that begin within so many cells of the click are its doing. */
  private static final int REACH = 3;

  /** Up to this share of the side from the click a change needs no more than its sign. */
  private static final double NEAR = 1 / 16.0;

  /** Beyond, each such share of the side asks for one logit more. */
  private static final double SURER = 1 / 8.0;

  /** Logits of a cell that obeys a click against the network, this far from the threshold. */
  private static final float FIRM = 8;

  private Correction() {}

  /**
   * The mask after a click: {@code answer} in the 8-connected changes that touch the click and are
   * sure enough for their distance from it, {@code screen} everywhere else; the clicked cell is as
   * the click says.
   *
   * @param screen logits that the operator clicked on
   * @param answer logits of the same side that the network gives to it
   * @param threshold above which a cell is water
   * @param click in pixels of the network's input, within it
   * @param inputSize side of that input, in pixels
   */
  public static LogitPlane accept(
      LogitPlane screen, LogitPlane answer, float threshold, Point click, int inputSize) {
    int side = screen.side();
    float[] before = screen.toArray();
    float[] after = answer.toArray();
    int column = cell(click.x(), side, inputSize);
    int row = cell(click.y(), side, inputSize);
    Spread spread = new Spread(before, after, threshold, side, row, column);
    for (int y = Math.max(0, row - REACH); y <= Math.min(side - 1, row + REACH); y++) {
      for (int x = Math.max(0, column - REACH); x <= Math.min(side - 1, column + REACH); x++) {
        spread.from(y * side + x);
      }
    }
    if (before[row * side + column] > threshold != click.wet()) {
      obey(before, threshold, side, column, row, click.wet());
    }
    return new LogitPlane(before, 0, side);
  }

  private static void obey(
      float[] logits, float threshold, int side, int column, int row, boolean wet) {
    for (int y = Math.max(0, row - 1); y <= Math.min(side - 1, row + 1); y++) {
      for (int x = Math.max(0, column - 1); x <= Math.min(side - 1, column + 1); x++) {
        if (logits[y * side + x] > threshold != wet) {
          logits[y * side + x] = threshold + (wet ? FIRM : -FIRM);
        }
      }
    }
  }

  /** The cell of {@code side} in which a pixel's centre lies. */
  private static int cell(float pixel, int side, int inputSize) {
    return Math.min(Math.max((int) ((pixel + 0.5f) * side / inputSize), 0), side - 1);
  }

  /** Writes connected changes that are sure enough of {@code after} into {@code before}. */
  private static final class Spread {
    private final float[] before;
    private final float[] after;
    private final float threshold;
    private final int side;
    private final int row;
    private final int column;
    private final int[] waiting; // a cell stops being changed when it is taken, so it waits once

    Spread(float[] before, float[] after, float threshold, int side, int row, int column) {
      this.before = before;
      this.after = after;
      this.threshold = threshold;
      this.side = side;
      this.row = row;
      this.column = column;
      waiting = new int[side * side];
    }

    void from(int start) {
      int n = take(start, 0);
      while (n > 0) {
        int cell = waiting[--n];
        int x = cell % side;
        for (int r = Math.max(0, cell / side - 1); r <= Math.min(side - 1, cell / side + 1); r++) {
          for (int c = Math.max(0, x - 1); c <= Math.min(side - 1, x + 1); c++) {
            n = take(r * side + c, n);
          }
        }
      }
    }

    private int take(int cell, int n) {
      if (before[cell] > threshold == after[cell] > threshold
          || Math.abs(after[cell] - threshold) < needed(cell)) {
        return n;
      }
      before[cell] = after[cell];
      waiting[n] = cell;
      return n + 1;
    }

    /** Logits from the threshold that a change of this cell takes. */
    private double needed(int cell) {
      double far = Math.hypot(cell / side - row, cell % side - column) / side;
      return (far - NEAR) / SURER;
    }
  }
}
