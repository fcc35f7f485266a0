package riada.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationTextTest {
  @ParameterizedTest
  @CsvSource({"PT1S,1s", "90m,1h30m", "PT6H,6h", "2d,48h", "49h,49h", "72h,3d", "30d,30d"})
  void isWrittenShortlyAndReadTheSame(String text, String written) {
    String shown = DurationText.of(DurationText.parse(text));

    assertThat(shown).isEqualTo(written);
    assertThat(DurationText.parse(shown)).isEqualTo(DurationText.parse(text));
  }
}
