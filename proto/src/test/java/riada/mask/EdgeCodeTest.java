package riada.mask;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EdgeCodeTest {
  @ParameterizedTest
  @CsvSource({"1, 1", "64, 64", "65, 7", "512, 512", "3, 200"})
  void anyMaskComesBack(int width, int height) {
    Random random = new Random(width * 1000L + height);
    for (int density = 0; density <= 100; density += 4) {
      Mask mask = new Mask(width, height);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          if (random.nextInt(100) < density) {
            mask.set(x, y);
          }
        }
      }
      Mask back = new Mask(width, height);

      EdgeCode.decode(EdgeCode.encode(mask), back);

      assertThat(back).as("density %s", density).isEqualTo(mask);
    }
  }

  @Test
  void ofSmoothShapesItTakesLessThanAThirdOfTheRuns() {
    Mask mask = new Mask(512, 512);
    for (int y = 0; y < 512; y++) {
      for (int x = 0; x < 512; x++) {
        if (Math.sin(x / 37.0 + Math.sin(y / 53.0)) + Math.cos(y / 41.0) > 0.2) {
          mask.set(x, y);
        }
      }
    }

    ByteString code = EdgeCode.encode(mask);

    int runs = RunLength.encode(mask).getRuns().size();
    assertThat(code.size()).as("of %s", runs).isLessThan(runs / 3);
  }

  @Test
  void rowsThatRepeatTheLastOneTakeNothing() {
    Mask half = new Mask(512, 512);
    for (int y = 256; y < 512; y++) {
      half.setRow(y, 0, 512);
    }

    assertThat(EdgeCode.encode(new Mask(512, 512)).size()).isZero();
    assertThat(EdgeCode.encode(Mask.full(512, 512)).size()).isEqualTo(3);
    assertThat(EdgeCode.encode(half).size()).isEqualTo(256 / 8 + 3);
  }
}
