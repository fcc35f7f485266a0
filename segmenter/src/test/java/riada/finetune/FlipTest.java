package riada.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.mask.Mask;

class FlipTest {
  @ParameterizedTest
  @CsvSource({"NONE, 1, 0", "ACROSS, 68, 0", "DOWN, 1, 2", "BOTH, 68, 2"})
  void pictureAndMaskFlipAlike(Flip flip, int x, int y) {
    BufferedImage image = new BufferedImage(70, 3, BufferedImage.TYPE_3BYTE_BGR);
    image.setRGB(1, 0, 0x123456);
    Mask mask = new Mask(70, 3);
    mask.set(1, 0);

    BufferedImage picture = flip.of(image);
    Mask water = flip.of(mask);

    assertThat(picture.getRGB(x, y) & 0xffffff).isEqualTo(0x123456);
    assertThat(picture.getType()).isEqualTo(image.getType());
    assertThat(water.get(x, y)).isTrue();
    assertThat(water.count()).isEqualTo(1);
  }
}
