package riada.sam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.awt.image.BufferedImage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import riada.mask.Mask;

class PixelsTest {
  @ParameterizedTest
  @ValueSource(ints = {BufferedImage.TYPE_3BYTE_BGR, BufferedImage.TYPE_4BYTE_ABGR})
  void readsTheColoursOfBothLayoutsOfDecodedPictures(int type) {
    BufferedImage image = new BufferedImage(3, 2, type);
    image.setRGB(2, 1, 0xff3366cc);

    Pixels pixels = Pixels.of(image);

    assertThat(pixels.get(2, 1, 0)).isEqualTo(0x33);
    assertThat(pixels.get(2, 1, 1)).isEqualTo(0x66);
    assertThat(pixels.get(2, 1, 2)).isEqualTo(0xcc);
  }

  /** What {@code Pictures.read} never gives would be read wrongly, so it is not read at all. */
  @ParameterizedTest
  @MethodSource("otherPictures")
  void picturesOfOtherLayoutsAreRefused(BufferedImage image) {
    assertThatIllegalArgumentException().isThrownBy(() -> Pixels.of(image));
  }

  static Stream<BufferedImage> otherPictures() {
    return Stream.of(
        new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB),
        new BufferedImage(3, 2, BufferedImage.TYPE_BYTE_GRAY),
        new BufferedImage(3, 2, BufferedImage.TYPE_USHORT_GRAY),
        new BufferedImage(3, 2, BufferedImage.TYPE_BYTE_INDEXED),
        new BufferedImage(3, 2, BufferedImage.TYPE_3BYTE_BGR).getSubimage(1, 0, 2, 2));
  }

  @Test
  void whollyTransparentPixelsAreNotOpaqueOnTheWindowsCells() {
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_4BYTE_ABGR);
    for (int y = 0; y < 8; y++) {
      for (int x = 4; x < 8; x++) {
        image.setRGB(x, y, 0x01000000);
      }
    }

    Mask opaque = Pixels.of(image).opaque(Window.inside(8, 2), 4, 4);

    assertThat(opaque.count()).isEqualTo(8);
    assertThat(opaque.get(1, 0)).isFalse();
    assertThat(opaque.get(2, 3)).isTrue();
  }

  @Test
  void aPictureWithoutTransparencyIsAllOpaque() {
    Pixels pixels = Pixels.of(new BufferedImage(8, 8, BufferedImage.TYPE_3BYTE_BGR));

    assertThat(pixels.opaque(Window.ALL, 16, 16)).isEqualTo(Mask.full(16, 16));
  }
}
