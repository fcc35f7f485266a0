package riada.stream;

import com.google.protobuf.Duration;
import java.util.Locale;
import riada.proto.Region;

/** How figures are put in the sentences that alerts carry. */
final class Phrases {
  private Phrases() {}

  /** What people call the region: its id, where it has no name. */
  static String name(Region region) {
    return region.getName().isEmpty() ? region.getId() : region.getName();
  }

  /** As in "flood covers 7.83 km²; another 0.52 km² was flooded when last seen, longer ago". */
  static String flood(Figures figures) {
    String seen = "flood covers " + area(figures.floodedCm2());
    return figures.staleCm2() == 0
        ? seen
        : seen
            + "; another "
            + area(figures.staleCm2())
            + " was flooded when last seen, longer ago";
  }

  /** As in "99 % of the region was seen in the last 6 h". */
  static String sight(Region region, double observedFraction) {
    return String.format(
        Locale.ROOT,
        "%.0f %% of the region was seen in the last %s",
        Math.floor(100 * observedFraction),
        time(region.getMaxAge()));
  }

  /** In the largest of hours, minutes and seconds that says it whole; a started second counts. */
  static String time(Duration time) {
    long seconds = time.getSeconds() + (time.getNanos() > 0 ? 1 : 0);
    if (seconds % 3600 == 0) {
      return seconds / 3600 + " h";
    }
    return seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
  }

  /** Two decimals from a square kilometre on; below, four, which is 100 square metres. */
  static String area(long cm2) {
    double km2 = cm2 / Figures.CM2_PER_KM2;
    return String.format(Locale.ROOT, km2 >= 1 ? "%.2f km²" : "%.4f km²", km2);
  }
}
