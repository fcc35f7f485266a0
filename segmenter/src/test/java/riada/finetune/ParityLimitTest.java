package riada.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How far tuned logits may be from those of the graph. */
class ParityLimitTest {
  @ParameterizedTest
  @CsvSource({
    "1, 0, true",
    "1, 0.00009, true",
    "1, 0.0002, false",
    "10, 0.0009, true",
    "10, 0.002, false",
    "0.01, 0.00009, true"
  })
  void oneTenThousandthOfTheirSpread(float spread, float off, boolean same) {
    float[] graph = {-spread, spread};

    boolean is = Parity.isSame(new float[] {-spread + off, spread}, graph);

    assertThat(is).isEqualTo(same);
  }

  @ParameterizedTest
  @CsvSource({"NaN", "Infinity"})
  void whatIsNoNumberIsNotTheSame(float logit) {
    boolean is = Parity.isSame(new float[] {logit}, new float[] {0});

    assertThat(is).isFalse();
  }
}
