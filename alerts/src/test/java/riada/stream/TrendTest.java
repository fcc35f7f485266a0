package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class TrendTest {
  private static final long HOUR = 3_600_000;
  private static final long KM2 = (long) 1e10;

  @Test
  void itIsTheSlopeThroughWhatQualifyingPassesFound() {
    List<Look> looks =
        List.of(
            look("d", 10 * HOUR, 10, 7),
            look("cloud", 9 * HOUR, 1, 6),
            look("b", 8 * HOUR, 10, 4),
            look("a", 7 * HOUR, 10, 1)); // 7, 4, 1 at 3, 1, 0 hours: by hand 27/14

    Trend trend = Trend.of(looks, 0.8, 10 * KM2).orElseThrow();

    assertThat(trend.km2PerHour()).isEqualTo(27 / 14.0, within(1e-12));
    assertThat(trend.looks()).extracting(Look::scene).containsExactly("d", "b", "a");
  }

  @Test
  void onePassTellsNoTrend() {
    assertThat(Trend.of(List.of(look("a", HOUR, 10, 1)), 0.8, 10 * KM2)).isEmpty();
    assertThat(Trend.of(List.of(), 0.8, 10 * KM2)).isEmpty();
  }

  @Test
  void itRestsOnTheNewestFive() {
    List<Look> looks =
        java.util.stream.IntStream.range(0, 9)
            .mapToObj(i -> look("s" + i, (100 - i) * HOUR, 10, i < 5 ? 20 - 2 * i : 500))
            .toList();

    Trend trend = Trend.of(looks, 0.8, 10 * KM2).orElseThrow();

    assertThat(trend.km2PerHour()).isEqualTo(2, within(1e-12));
  }

  private static Look look(String scene, long at, long seen, long flood) {
    return new Look("p", scene, at, at, seen * KM2, flood * KM2, flood * KM2);
  }
}
