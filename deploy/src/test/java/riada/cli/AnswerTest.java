package riada.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerTest {
  @ParameterizedTest
  @CsvSource({
    "0.0, 0",
    "3.0, 3",
    "0.8, 0.8",
    "0.12345678901, 0.1235",
    "0.00001234567, 0.00001235",
    "12.3456, 12.35",
    "123456.78, 123457",
    "-2.5, -2.5",
    "NaN, NaN",
    "1e300, 1e300"
  })
  void aTableShowsAFractionWithAsManyFiguresAsAPersonNeeds(double value, String shown) {
    String cell = Answer.cell(value);

    assertThat(cell).isEqualTo(shown.equals("1e300") ? "1" + "0".repeat(300) : shown);
  }

  @ParameterizedTest
  @CsvSource({"0.87654, 0.8765", "1, 1"})
  void aFloatHasNoFiguresThatNobodyWrote(float value, String shown) {
    assertThat(Answer.cell(value)).isEqualTo(shown);
  }
}
