package riada.sam;

import riada.sam.Prompts.Box;
import riada.sam.Prompts.Point;

/**
 * A picture of any size as the network sees it: squashed to a square, each axis by itself. A
 * pixel's centre is at its whole number on both sides.
 *
 * @param width of the picture, in pixels
 * @param height likewise
 * @param inputSize side of the network's input, in pixels
 */
public record Frame(int width, int height, int inputSize) {
  /** From a pixel of the picture to one of the input. */
  public Point onInput(Point point) {
    return new Point(onInput(point.x(), width), onInput(point.y(), height), point.wet());
  }

  /** From pixels of the picture to those of the input. */
  public Box onInput(Box box) {
    return new Box(
        onInput(box.x0(), width),
        onInput(box.y0(), height),
        onInput(box.x1(), width),
        onInput(box.y1(), height));
  }

  private float onInput(float pixel, int side) {
    return (float) ((pixel + 0.5) * inputSize / side - 0.5);
  }
}
