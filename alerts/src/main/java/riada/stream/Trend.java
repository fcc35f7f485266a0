package riada.stream;

import java.util.List;
import java.util.Optional;

/**
 * How fast the flood grows: the line of least squares through what the newest qualifying passes
 * found, flood and stale flood together. It says which passes these are, so that it can be told
 * again.
 *
 * @param km2PerHour below nought when the flood recedes
 * @param looks at least two, newest first
 */
record Trend(double km2PerHour, List<Look> looks) {
  /** The most passes a trend rests on. */
  static final int PASSES = 5;

  private static final double MS_PER_HOUR = 3_600_000;

  Trend {
    looks = List.copyOf(looks);
  }

  /**
   * @param looks newest first
   * @return empty when no two qualifying passes lie apart in time
   */
  static Optional<Trend> of(List<Look> looks, double minObserved, long areaCm2) {
    List<Look> telling =
        looks.stream().filter(look -> look.qualifies(minObserved, areaCm2)).limit(PASSES).toList();
    if (telling.isEmpty()) {
      return Optional.empty();
    }
    long newest = telling.get(0).lastMs(); // hours from it: small numbers lose nothing
    double meanHours = telling.stream().mapToDouble(l -> hours(l, newest)).average().orElse(0);
    double meanKm2 = telling.stream().mapToDouble(Trend::km2).average().orElse(0);
    double product = 0;
    double square = 0;
    for (Look look : telling) {
      double away = hours(look, newest) - meanHours;
      product += away * (km2(look) - meanKm2);
      square += away * away;
    }
    return square == 0 ? Optional.empty() : Optional.of(new Trend(product / square, telling));
  }

  private static double hours(Look look, long sinceMs) {
    return (look.lastMs() - sinceMs) / MS_PER_HOUR;
  }

  private static double km2(Look look) {
    return look.floodCm2() / Figures.CM2_PER_KM2;
  }
}
