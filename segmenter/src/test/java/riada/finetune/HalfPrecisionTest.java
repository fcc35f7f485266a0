package riada.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values by the standard's own examples, and by numpy's float16. */
class HalfPrecisionTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 15360",
    "-2, 49152",
    "0.333251953125, 13653",
    "65504, 31743",
    "6.103515625e-5, 1024",
    "5.9604645e-8, 1",
    "-5.9604645e-8, 32769"
  })
  void theseAreExact(float number, int half) {
    assertThat(HalfPrecision.toFloat(half)).isEqualTo(number);
    assertThat(HalfPrecision.of(number)).isEqualTo(half);
  }

  @ParameterizedTest
  @CsvSource({
    "2049, 2048", // between 2048 and 2050: to the even one
    "2051, 2052",
    "0.1, 0.099975586",
    "65519, 65504",
    "65520, Infinity",
    "-1e30, -Infinity",
    "2.9e-8, 0",
    "3e-8, 5.9604645e-8"
  })
  void othersGoToTheNearest(float number, float kept) {
    assertThat(HalfPrecision.round(number)).isEqualTo(kept);
  }

  @Test
  void everyFiniteOneComesBack() {
    for (int half = 0; half < 1 << 16; half++) {
      float number = HalfPrecision.toFloat(half);
      if (Float.isFinite(number)) {
        assertThat(HalfPrecision.of(number)).isEqualTo(half);
      }
    }
  }
}
