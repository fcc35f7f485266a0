package riada.proto;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelVersionsTest {
  @ParameterizedTest
  @CsvSource({
    "1.10, 1.9, 1",
    "0.2.0, 0.2.0, 0",
    "0.2.0, 0.2.0-local, -1",
    "1.0, 1.beta, -1",
    "beta, alpha, 1",
    "'', 1, 1",
    "99999999999999999999, 2, 1"
  })
  void numbersCountByValueAndBeforeWords(String a, String b, int order) {
    assertThat(Integer.signum(ModelVersions.ORDER.compare(a, b))).isEqualTo(order);
    assertThat(Integer.signum(ModelVersions.ORDER.compare(b, a))).isEqualTo(-order);
  }
}
