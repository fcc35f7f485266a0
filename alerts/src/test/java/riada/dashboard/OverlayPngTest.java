package riada.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import riada.mask.Mask;
import riada.mask.RunLength;

class OverlayPngTest {
  @ParameterizedTest
  @EnumSource(Layer.class)
  void aSetCellHasTheLayersColourAndAnyOtherIsTransparent(Layer layer) throws Exception {
    Mask mask = new Mask(512, 512);
    mask.set(0, 0);
    mask.set(511, 0);
    mask.set(200, 511);

    BufferedImage image = image(mask, layer.rgb());

    assertThat(image.getWidth()).isEqualTo(512);
    assertThat(image.getHeight()).isEqualTo(512);
    assertThat(image.getRGB(0, 0)).isEqualTo(0xff000000 | layer.rgb());
    assertThat(image.getRGB(511, 0)).isEqualTo(0xff000000 | layer.rgb());
    assertThat(image.getRGB(200, 511)).isEqualTo(0xff000000 | layer.rgb());
    assertThat(image.getRGB(1, 0) >>> 24).isZero();
    assertThat(image.getRGB(511, 511) >>> 24).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void everyPixelIsItsCell(int seed) throws Exception {
    Random random = new Random(seed);
    Mask mask = new Mask(512, 512);
    for (int i = 0; i < 60_000; i++) {
      mask.set(random.nextInt(512), random.nextInt(512));
    }

    BufferedImage image = image(mask, Layer.FLOOD.rgb());

    for (int y = 0; y < 512; y++) {
      for (int x = 0; x < 512; x++) {
        assertThat(image.getRGB(x, y) >>> 24).isEqualTo(mask.get(x, y) ? 255 : 0);
      }
    }
  }

  @Test
  void aPlainOverlayIsSmall() throws Exception {
    Mask mask = new Mask(512, 512);
    for (int y = 100; y < 300; y++) {
      mask.setRow(y, 50, 400);
    }

    assertThat(OverlayPng.render(RunLength.encode(mask), 0xff2e9a)).hasSizeLessThan(1000);
  }

  private static BufferedImage image(Mask mask, int rgb) throws Exception {
    byte[] png = OverlayPng.render(RunLength.encode(mask), rgb);
    return ImageIO.read(new ByteArrayInputStream(png));
  }
}
