package riada.sam;

import riada.onnx.Fit;
import riada.sam.Prompts.Box;
import riada.sam.Prompts.Point;

/**
 * A picture of any size as the network sees it: the part of its square input that the picture
 * covers, from the upper left corner on. A pixel's centre is at its whole number on both sides.
 *
 * @param width of the picture, in pixels
 * @param height likewise
 * @param columns of the input that the picture covers
 * @param rows likewise
 * @param inputSize side of the network's input, in pixels
 * @param fit how the picture was laid there
 */
public record Frame(int width, int height, int columns, int rows, int inputSize, Fit fit) {
  /** A picture laid on the input; a thin one covers at least a column and a row. */
  public static Frame of(int width, int height, int inputSize, Fit fit) {
    if (fit == Fit.SQUASH) {
      return new Frame(width, height, inputSize, inputSize, inputSize, fit);
    }
    double scale = (double) inputSize / Math.max(width, height);
    int columns = Math.max(1, (int) (width * scale + 0.5));
    int rows = Math.max(1, (int) (height * scale + 0.5));
    return new Frame(width, height, columns, rows, inputSize, fit);
  }

  /** The same picture with places given in pixels of another size: it covers what it covers. */
  public Frame inPixelsOf(int otherWidth, int otherHeight) {
    return new Frame(otherWidth, otherHeight, columns, rows, inputSize, fit);
  }

  /** From a pixel of the picture to one of the input. */
  public Point onInput(Point point) {
    return new Point(
        onInput(point.x(), width, columns), onInput(point.y(), height, rows), point.wet());
  }

  /** From pixels of the picture to those of the input. */
  public Box onInput(Box box) {
    return new Box(
        onInput(box.x0(), width, columns),
        onInput(box.y0(), height, rows),
        onInput(box.x1(), width, columns),
        onInput(box.y1(), height, rows));
  }

  /**
   * A wet point of the input.
   *
   * @param x of the picture's width, 0..1; likewise {@code y} of its height
   */
  public Point wetAt(double x, double y) {
    double shift = fit == Fit.SQUASH ? 0.5 : 0;
    return new Point((float) (x * columns - shift), (float) (y * rows - shift), true);
  }

  /** Segment Anything scales whole numbers, not centres: half a pixel matters to its answers. */
  private float onInput(float pixel, int side, int covered) {
    return switch (fit) {
      case SQUASH -> (float) ((pixel + 0.5) * covered / side - 0.5);
      case LONGEST_SIDE -> (float) (pixel * ((double) covered / side));
    };
  }
}
