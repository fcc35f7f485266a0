package riada.eval;

/** Figures as they are printed: of shares more than four digits say nothing. */
final class Rounded {
  private Rounded() {}

  static double of(double figure) {
    return Double.isFinite(figure) ? Math.round(figure * 10_000) / 10_000.0 : figure;
  }
}
