package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.proto.Region;

class PhrasesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0.0000 km²",
    "1000000, 0.0001 km²",
    "9999000000, 0.9999 km²",
    "10000000000, 1.00 km²",
    "78280000000, 7.83 km²"
  })
  void saysAnAreaAsPreciselyAsAPersonNeeds(long cm2, String expected) {
    assertThat(Phrases.area(cm2)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"valley, Green valley, Green valley", "valley, '', valley"})
  void namesARegionByItsIdWhereItHasNoName(String id, String name, String expected) {
    Region region = Region.newBuilder().setId(id).setName(name).build();

    assertThat(Phrases.name(region)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "21600, 0.996, 99 % of the region was seen in the last 6 h",
    "5400, 1, 100 % of the region was seen in the last 90 min",
    "90, 1, 100 % of the region was seen in the last 90 s",
    "45, 1, 100 % of the region was seen in the last 45 s"
  })
  void saysHowMuchWasSeenAndInWhichTime(long seconds, double observed, String expected) {
    Region region =
        Region.newBuilder().setMaxAge(Duration.newBuilder().setSeconds(seconds)).build();

    assertThat(Phrases.sight(region, observed)).isEqualTo(expected);
  }
}
