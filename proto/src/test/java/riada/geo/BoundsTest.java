package riada.geo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.proto.BadInput;

class BoundsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-0.45,39.3,-0.3,39.5 | -0.45 | 39.3 | -0.3 | 39.5",
        "' -180 , -85.0511287798066, 180 ,85.0511287798066 ' | -180 | -85.0511287798066 | 180 | 85.0511287798066",
        "179.9,-1,180,1 | 179.9 | -1 | 180 | 1"
      })
  void readsWestSouthEastNorth(String text, double west, double south, double east, double north)
      throws BadInput {
    assertThat(Bounds.parse(text)).isEqualTo(new Bounds(west, south, east, north));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | bounds_unreadable | west,south,east,north",
        "1,2,3 | bounds_unreadable | 3 parts",
        "1,2,3,4,5 | bounds_unreadable | 5 parts",
        "1,2,three,4 | bounds_unreadable | west,south,east,north",
        "1,2,,4 | bounds_unreadable | west,south,east,north",
        "NaN,0,1,1 | bounds_unreadable | west,south,east,north",
        "0x1p3,0,9,1 | bounds_unreadable | west,south,east,north",
        "0,0,1d,1 | bounds_unreadable | west,south,east,north",
        "0,0,1e9,1 | bounds_invalid | longitudes are",
        "-181,0,1,1 | bounds_invalid | longitudes are",
        "0,0,1,86 | bounds_invalid | latitudes on the Web Mercator grid",
        "0,-90,1,1 | bounds_invalid | latitudes on the Web Mercator grid",
        "179,0,-179,1 | bounds_invalid | antimeridian",
        "1,0,1,1 | bounds_invalid | west is not less than east",
        "0,2,1,1 | bounds_invalid | swapped",
        "0,1,1,1 | bounds_invalid | swapped"
      })
  void refusesWhatIsNoBox(String text, String counter, String why) {
    BadInput refusal = catchThrowableOfType(BadInput.class, () -> Bounds.parse(text));

    assertThat(refusal.counter()).isEqualTo(counter);
    assertThat(refusal.reason()).contains(text).contains(why).endsWith(".");
  }

  @Test
  void refusesALongTextInAShortSentence() {
    assertThatThrownBy(() -> Bounds.parse("7".repeat(1 << 20)))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
  }

  @Test
  void cannotBeMadeWrong() {
    assertThatThrownBy(() -> new Bounds(1, 0, 0, 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
