package riada.segmenter;

import java.util.ArrayDeque;
import java.util.Deque;
import riada.mask.Mask;
import riada.sam.Frame;
import riada.sam.Prompts.Point;

/**
 * What a click on a detail finer than a cell of the network means: the network sees no such detail
 * and may answer that nothing is to change, but the pixel that somebody clicked on has to obey.
 */
final class ClickedCell {
  private final Mask mask;
  private final Frame frame;
  private final int side;
  private final int column;
  private final int row;
  private final boolean wet;
  private final Deque<Pixel> waiting = new ArrayDeque<>(); // each of the cell at most once

  private ClickedCell(Mask mask, Frame frame, int side, int x, int y, boolean wet) {
    this.mask = mask;
    this.frame = frame;
    this.side = side;
    this.wet = wet;
    column = column(x);
    row = row(y);
  }

  /**
   * Where the clicked pixel is not as asked, turns it and the pixels of its cell that are connected
   * to it, over corners too; no pixel of another cell.
   *
   * @param mask at the picture's size, is changed
   * @param frame how the picture lies on the network's input
   * @param side of the network's masks, in cells
   * @param click in the picture's pixels, within it
   */
  static void obey(Mask mask, Frame frame, int side, Point click) {
    int x = Math.min(Math.round(click.x()), mask.width() - 1);
    int y = Math.min(Math.round(click.y()), mask.height() - 1);
    new ClickedCell(mask, frame, side, x, y, click.wet()).spread(x, y);
  }

  private int column(int x) {
    return (int) ((x + 0.5) / mask.width() * frame.columns() * side / frame.inputSize());
  }

  private int row(int y) {
    return (int) ((y + 0.5) / mask.height() * frame.rows() * side / frame.inputSize());
  }

  private void spread(int x, int y) {
    turn(x, y);
    while (!waiting.isEmpty()) {
      Pixel at = waiting.pop();
      for (int r = Math.max(0, at.y - 1); r <= Math.min(mask.height() - 1, at.y + 1); r++) {
        for (int c = Math.max(0, at.x - 1); c <= Math.min(mask.width() - 1, at.x + 1); c++) {
          turn(c, r);
        }
      }
    }
  }

  private void turn(int x, int y) {
    if (mask.get(x, y) == wet || column(x) != column || row(y) != row) {
      return;
    }
    if (wet) {
      mask.set(x, y);
    } else {
      mask.clear(x, y);
    }
    waiting.push(new Pixel(x, y));
  }

  private record Pixel(int x, int y) {}
}
