package riada.sam;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.mask.Mask;

class LogitPlaneTest {
  /** From 2 to 4 columns the shares are 0, 1/4, 3/4, 1: the row 0 8 becomes 0 2 6 8. */
  @ParameterizedTest
  @CsvSource({"-1,4", "0,3", "1.9,3", "2,2", "5.9,2", "6,1", "7.9,1", "8,0"})
  void columnsBetweenCentresAreBilinear(float threshold, int wetColumns) {
    LogitPlane plane = new LogitPlane(new float[] {0, 8, 0, 8}, 0, 2);

    Mask mask = plane.above(threshold, Window.ALL, 4, 4);

    for (int y = 0; y < 4; y++) {
      assertThat(mask.countRow(y)).isEqualTo(wetColumns);
      assertThat(mask.get(3, y)).isEqualTo(wetColumns > 0);
    }
  }

  @ParameterizedTest
  @CsvSource({"-1,4", "0,3", "2,2", "6,1", "8,0"})
  void rowsBetweenCentresAreBilinear(float threshold, int wetRows) {
    LogitPlane plane = new LogitPlane(new float[] {0, 0, 8, 8}, 0, 2);

    Mask mask = plane.above(threshold, Window.ALL, 4, 4);

    assertThat(mask.count()).isEqualTo(4 * wetRows);
  }

  @Test
  void aWindowShowsWhatTheWholeShowsThere() {
    LogitPlane plane = random(1);
    Mask whole = plane.above(0, Window.ALL, 512, 512);

    Mask part = plane.above(0, new Window(0.25, 0.5, 0.75, 1), 256, 256);

    for (int y = 0; y < 256; y++) {
      for (int x = 0; x < 256; x++) {
        assertThat(part.get(x, y)).isEqualTo(whole.get(x + 128, y + 256));
      }
    }
  }

  @Test
  void aPlaneWithinALargerArrayReadsItsOwnCells() {
    float[] two = {-1, -1, -1, -1, 1, 2, 3, 4};

    LogitPlane second = new LogitPlane(two, 4, 2);

    assertThat(second.toArray()).containsExactly(1, 2, 3, 4);
    assertThat(second.get(1, 1)).isEqualTo(4);
    assertThat(second.above(0, Window.ALL, 3, 3).count()).isEqualTo(9);
  }

  private static LogitPlane random(long seed) {
    Random random = new Random(seed);
    float[] values = new float[128 * 128];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new LogitPlane(values, 0, 128);
  }

  @Test
  void clampedLogitsStayWithinTheLimit() {
    LogitPlane plane = new LogitPlane(new float[] {-20, -3, 5, 30}, 0, 2);

    LogitPlane clamped = plane.clamped(12);

    assertThat(clamped.toArray()).containsExactly(-12, -3, 5, 12);
    assertThat(plane.toArray()).containsExactly(-20, -3, 5, 30);
  }
}
