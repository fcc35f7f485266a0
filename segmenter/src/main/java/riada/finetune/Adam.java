package riada.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * Adam (Kingma and Ba, 2015) on one row of numbers. The library's own keeps its moments to itself,
 * so that a run could not be resumed.
 */
final class Adam {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  private final NDArray mean;
  private final NDArray square;
  private int steps;

  Adam(NDManager manager, int size) {
    mean = manager.zeros(new Shape(size));
    square = manager.zeros(new Shape(size));
  }

  /** Goes on from saved moments. */
  void restore(int done, float[] meanOfGradients, float[] meanOfSquares) {
    steps = done;
    mean.set(meanOfGradients);
    square.set(meanOfSquares);
  }

  int steps() {
    return steps;
  }

  float[] mean() {
    return mean.toFloatArray();
  }

  float[] square() {
    return square.toFloatArray();
  }

  /**
   * Moves {@code row} against {@code gradient}, in place; {@code scratch} is closed by the caller.
   */
  void step(NDArray row, NDArray gradient, double rate, NDManager scratch) {
    steps++;
    gradient.attach(scratch);
    mean.muli(BETA1).addi(gradient.mul(1 - BETA1));
    square.muli(BETA2).addi(gradient.square().muli(1 - BETA2));
    try (NDArray roots = square.sqrt();
        NDArray move = mean.mul(rate / (1 - Math.pow(BETA1, steps)))) {
      roots.divi(Math.sqrt(1 - Math.pow(BETA2, steps))).addi(EPSILON);
      row.subi(move.divi(roots));
    }
  }
}
