package riada.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BootstrapTest {
  /** Of 100 numbers 0..99 the mean has a standard error of 28.87 / 10: 95 % lie in +- 5.66. */
  @Test
  void theIntervalOfAMeanIsThatOfTheNormalDistribution() {
    List<Integer> numbers = IntStream.range(0, 100).boxed().toList();

    Bootstrap.Interval interval =
        Bootstrap.interval(numbers, some -> Summary.mean(some, n -> n), 1);

    assertThat(interval.low()).isCloseTo(49.5 - 5.66, within(0.5));
    assertThat(interval.high()).isCloseTo(49.5 + 5.66, within(0.5));
  }

  @Test
  void aSingleItemHasNoSpread() {
    assertThat(Bootstrap.interval(List.of(0.7), some -> some.get(0), 1))
        .isEqualTo(new Bootstrap.Interval(0.7, 0.7));
  }
}
