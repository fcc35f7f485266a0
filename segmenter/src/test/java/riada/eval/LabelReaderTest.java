package riada.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import riada.mask.Mask;
import riada.proto.BadInput;

class LabelReaderTest {
  @TempDir Path folder;

  @Test
  void waterIsAbove127() throws IOException, BadInput {
    BufferedImage grey = new BufferedImage(100, 1, BufferedImage.TYPE_BYTE_GRAY);
    grey.getRaster().setSample(0, 0, 0, 127);
    grey.getRaster().setSample(1, 0, 0, 128);
    grey.getRaster().setSample(2, 0, 0, 255);

    Mask mask = LabelReader.mask(png(grey));

    assertThat(mask.count()).isEqualTo(2);
    assertThat(mask.get(1, 0)).isTrue();
  }

  @Test
  void sixteenBitsAndPalettesAreRead() throws IOException, BadInput {
    BufferedImage deep = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
    deep.getRaster().setSample(1, 0, 0, 65535);
    byte[] levels = {0, (byte) 255};
    BufferedImage palette =
        new BufferedImage(
            2,
            1,
            BufferedImage.TYPE_BYTE_INDEXED,
            new IndexColorModel(8, 2, levels, levels, levels));
    palette.getRaster().setSample(1, 0, 0, 1);

    assertThat(LabelReader.mask(png(deep))).isEqualTo(WaterBodiesTest.drawn(".#"));
    assertThat(LabelReader.mask(png(palette))).isEqualTo(WaterBodiesTest.drawn(".#"));
  }

  @Test
  void aMaskOfZeroesAndOnesIsRefusedAndNotTakenForDry() throws IOException {
    BufferedImage ones = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
    ones.getRaster().setSample(1, 0, 0, 1);
    Path file = png(ones);

    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> LabelReader.mask(file))
        .withMessageContaining("no level above 1");
  }

  @Test
  void aGreyMaskIsRefused() throws IOException {
    BufferedImage grey = new BufferedImage(10, 1, BufferedImage.TYPE_BYTE_GRAY);
    grey.getRaster().setSample(0, 0, 0, 150);
    grey.getRaster().setSample(1, 0, 0, 255);
    Path file = png(grey);

    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> LabelReader.mask(file))
        .withMessageContaining("10 % of it is grey");
  }

  @Test
  void aMaskTooLargeIsReadAtEverySecondCell() throws IOException, BadInput {
    BufferedImage wide = new BufferedImage(5000, 3, BufferedImage.TYPE_BYTE_BINARY);
    wide.getRaster().setSample(4998, 2, 0, 1);

    Mask mask = LabelReader.mask(png(wide));

    assertThat(mask.width()).isEqualTo(2500);
    assertThat(mask.height()).isEqualTo(2);
    assertThat(mask.get(2499, 1)).isTrue();
  }

  @Test
  void aPictureOfAnotherShapeThanItsMaskIsRefused() throws IOException {
    Path file = png(new BufferedImage(40, 30, BufferedImage.TYPE_3BYTE_BGR));

    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> LabelReader.picture(file, new Mask(30, 40)))
        .withMessageContaining("is 40 x 30 but its mask 30 x 40");
  }

  @Test
  void aPictureOfAnotherSizeButTheSameShapeIsTaken() throws IOException, BadInput {
    Path file = png(new BufferedImage(40, 30, BufferedImage.TYPE_3BYTE_BGR));

    assertThat(LabelReader.picture(file, new Mask(1024, 767)).getWidth()).isEqualTo(40);
  }

  /** The EXIF segment goes between the first marker and the rest of a JPEG. */
  @Test
  void aPhotographIsTurnedAsItsViewerShowsIt() throws IOException, BadInput {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(40, 30, BufferedImage.TYPE_3BYTE_BGR), "jpg", plain);
    byte[] rest = Arrays.copyOfRange(plain.toByteArray(), 2, plain.size());
    byte[] head = OrientationTest.jpeg(ByteOrder.BIG_ENDIAN, 6);
    byte[] turned = Arrays.copyOf(head, head.length + rest.length);
    System.arraycopy(rest, 0, turned, head.length, rest.length);
    Path file = Files.write(folder.resolve("turned.jpg"), turned);

    assertThat(LabelReader.picture(file, new Mask(30, 40)).getWidth()).isEqualTo(30);
    assertThat(LabelReader.picture(file, new Mask(40, 30)).getWidth()).isEqualTo(40);
  }

  @Test
  void whatIsNoPictureIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("mask.png"), "not a picture");

    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> LabelReader.mask(file))
        .withMessageContaining("neither JPEG nor PNG");
  }

  private Path png(BufferedImage image) throws IOException {
    Path file = Files.createTempFile(folder, "picture", ".png");
    ImageIO.write(image, "png", file.toFile());
    return file;
  }
}
