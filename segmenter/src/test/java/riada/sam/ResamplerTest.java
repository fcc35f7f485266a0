package riada.sam;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against pictures that Pillow resized: see {@code resample/make.py}. */
class ResamplerTest {
  @ParameterizedTest
  @CsvSource({"32,32", "100,80", "61,20", "7,47", "128,5", "55,34", "55,35"})
  void resizesAsPillowDoesToTheBit(int width, int height) throws IOException {
    Pixels resized = Resampler.resize(picture("picture"), width, height);

    int[] expected = levels(picture(width + "x" + height));
    assertThat(Arrays.mismatch(levels(resized), expected)).isEqualTo(-1);
  }

  @Test
  void leavesAPictureOfTheRightSizeAlone() throws IOException {
    Pixels picture = picture("picture");

    assertThat(Resampler.resize(picture, 61, 47)).isSameAs(picture);
  }

  private static Pixels picture(String name) throws IOException {
    return Pixels.of(ImageIO.read(ResamplerTest.class.getResource("/resample/" + name + ".png")));
  }

  private static int[] levels(Pixels pixels) {
    int[] levels = new int[pixels.width() * pixels.height() * 3];
    for (int y = 0, i = 0; y < pixels.height(); y++) {
      for (int x = 0; x < pixels.width(); x++) {
        for (int c = 0; c < 3; c++) {
          levels[i++] = pixels.get(x, y, c);
        }
      }
    }
    return levels;
  }
}
