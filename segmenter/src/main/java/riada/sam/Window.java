package riada.sam;

/**
 * The part of a picture that a mask shows, in fractions of the picture: a tile without its halo, or
 * all of it. A pixel's own place is its centre, so pixel column 0 of a picture w wide lies at 0.5 /
 * w.
 *
 * @param x0 left edge, 0..1
 * @param y0 upper edge, 0..1
 * @param x1 right edge, above {@code x0}, at most 1
 * @param y1 lower edge, above {@code y0}, at most 1
 */
public record Window(double x0, double y0, double x1, double y1) {
  /** The whole picture. */
  public static final Window ALL = new Window(0, 0, 1, 1);

  public Window {
    if (!(0 <= x0 && x0 < x1 && x1 <= 1 && 0 <= y0 && y0 < y1 && y1 <= 1)) {
      throw new IllegalArgumentException(
          "window " + x0 + ", " + y0 + ", " + x1 + ", " + y1 + " is not within the picture");
    }
  }

  /**
   * A square picture without its halo.
   *
   * @param side of the picture, halo included
   * @param halo pixels on each side, less than half of {@code side}
   */
  public static Window inside(int side, int halo) {
    double edge = (double) halo / side;
    return new Window(edge, edge, 1 - edge, 1 - edge);
  }

  /** Fraction of the picture's width at {@code column} of {@code columns}. */
  public double x(double column, int columns) {
    return x0 + column / columns * (x1 - x0);
  }

  /** Fraction of the picture's height at {@code row} of {@code rows}. */
  public double y(double row, int rows) {
    return y0 + row / rows * (y1 - y0);
  }

  /**
   * Column of {@code columns} at a fraction of the picture's width; outside 0..columns beyond the
   * window.
   */
  public double column(double x, int columns) {
    return (x - x0) / (x1 - x0) * columns;
  }

  /** Row of {@code rows} at a fraction of the picture's height. */
  public double row(double y, int rows) {
    return (y - y0) / (y1 - y0) * rows;
  }
}
