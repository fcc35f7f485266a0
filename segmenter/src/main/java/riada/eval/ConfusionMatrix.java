package riada.eval;

import riada.mask.Mask;

/**
 * Cells by what a mask says and what is true. Matrices of many pictures add up to a pooled one.
 *
 * @param truePositive wet in both
 * @param falsePositive wet in the mask alone
 * @param falseNegative wet in truth alone
 * @param trueNegative dry in both
 */
public record ConfusionMatrix(
    long truePositive, long falsePositive, long falseNegative, long trueNegative) {
  /** Of no cells: where sums start. */
  public static final ConfusionMatrix NONE = new ConfusionMatrix(0, 0, 0, 0);

  public ConfusionMatrix {
    if (truePositive < 0 || falsePositive < 0 || falseNegative < 0 || trueNegative < 0) {
      throw new IllegalArgumentException("cells are not negative");
    }
  }

  /** Counts all cells of two masks of the same size. */
  public static ConfusionMatrix of(Mask mask, Mask truth) {
    return of(mask, truth, Mask.full(mask.width(), mask.height()));
  }

  /** Counts the cells that {@code valid} has. */
  public static ConfusionMatrix of(Mask mask, Mask truth, Mask valid) {
    long both = mask.copy().and(truth).and(valid).count();
    long said = mask.copy().and(valid).count();
    long is = truth.copy().and(valid).count();
    return new ConfusionMatrix(both, said - both, is - both, valid.count() - said - is + both);
  }

  public ConfusionMatrix plus(ConfusionMatrix other) {
    return new ConfusionMatrix(
        truePositive + other.truePositive,
        falsePositive + other.falsePositive,
        falseNegative + other.falseNegative,
        trueNegative + other.trueNegative);
  }

  /** Intersection over union, 0..1; 1 when both masks are empty. */
  public double iou() {
    return ratio(truePositive, truePositive + falsePositive + falseNegative);
  }

  /** 2 both / (mask + truth), 0..1; 1 when both are empty. */
  public double dice() {
    return ratio(2 * truePositive, 2 * truePositive + falsePositive + falseNegative);
  }

  /** The share of the mask that is true; 1 for an empty mask. */
  public double precision() {
    return ratio(truePositive, truePositive + falsePositive);
  }

  /** The share of the truth that the mask has; 1 for an empty truth. */
  public double recall() {
    return ratio(truePositive, truePositive + falseNegative);
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 1 : (double) part / whole;
  }
}
