package riada.sam;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import riada.mask.Mask;

class PixelsTest {
  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_4BYTE_ABGR,
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_BYTE_INDEXED
      })
  void readsColoursOfEveryLayout(int type) {
    BufferedImage image = new BufferedImage(3, 2, type);
    image.setRGB(2, 1, 0xff3366cc); // of the web palette, so that the indexed type has it too

    Pixels pixels = Pixels.of(image);

    assertThat(pixels.get(2, 1, 0)).isEqualTo(0x33);
    assertThat(pixels.get(2, 1, 1)).isEqualTo(0x66);
    assertThat(pixels.get(2, 1, 2)).isEqualTo(0xcc);
  }

  @Test
  void greyCountsAsAllThreeAsStored() {
    BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setSample(1, 0, 0, 100);

    Pixels pixels = Pixels.of(image);

    assertThat(new int[] {pixels.get(1, 0, 0), pixels.get(1, 0, 1), pixels.get(1, 0, 2)})
        .containsExactly(100, 100, 100);
  }

  @Test
  void sixteenBitGreyCountsByItsUpperEight() {
    BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_USHORT_GRAY);
    image.getRaster().setSample(1, 0, 0, 0xc8ff);

    Pixels pixels = Pixels.of(image);

    assertThat(pixels.get(1, 0, 2)).isEqualTo(0xc8);
  }

  @Test
  void greyWithAlphaIsGrey() {
    WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 2, 1, 2, null);
    raster.setPixel(0, 0, new int[] {70, 0});
    raster.setPixel(1, 0, new int[] {90, 255});
    ComponentColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_GRAY),
            true,
            false,
            Transparency.TRANSLUCENT,
            DataBuffer.TYPE_BYTE);
    BufferedImage image = new BufferedImage(model, raster, false, null);

    Pixels pixels = Pixels.of(image);

    assertThat(pixels.get(1, 0, 2)).isEqualTo(90);
    assertThat(pixels.opaque(Window.ALL, 2, 1).get(0, 0)).isFalse();
    assertThat(pixels.opaque(Window.ALL, 2, 1).get(1, 0)).isTrue();
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
