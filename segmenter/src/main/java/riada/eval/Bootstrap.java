package riada.eval;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/** How far a figure over pictures would move with other pictures of the same kind. */
public final class Bootstrap {
  private static final int DRAWS = 2000;

  private Bootstrap() {}

  /**
   * Where the figure lies in 95 of 100 draws of as many items with repetition.
   *
   * @param seed of the draws: the same items give the same interval
   */
  static <T> Interval interval(List<T> items, ToDoubleFunction<List<T>> figure, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] figures = new double[DRAWS];
    for (int i = 0; i < DRAWS; i++) {
      List<T> drawn = random.ints(items.size(), 0, items.size()).mapToObj(items::get).toList();
      figures[i] = figure.applyAsDouble(drawn);
    }
    Arrays.sort(figures);
    return new Interval(
        Rounded.of(figures[(int) (0.025 * DRAWS)]), Rounded.of(figures[(int) (0.975 * DRAWS) - 1]));
  }

  /** From low to high, both included. */
  public record Interval(double low, double high) {}
}
