package riada.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrientationTest {
  /** A picture of the rows "ab" and "cd" and "ef", as EXIF's eight drawings show it. */
  @ParameterizedTest
  @CsvSource({
    "1, ab cd ef",
    "2, ba dc fe",
    "3, fe dc ba",
    "4, ef cd ab",
    "5, ace bdf",
    "6, eca fdb",
    "7, fdb eca",
    "8, bdf ace"
  })
  void thePictureIsTurnedAsItIsToBeShown(int code, String rows) {
    BufferedImage stored = new BufferedImage(2, 3, BufferedImage.TYPE_3BYTE_BGR);
    for (int i = 0; i < 6; i++) {
      stored.setRGB(i % 2, i / 2, 'a' + i);
    }

    BufferedImage shown = new Orientation(code).apply(stored);

    StringBuilder letters = new StringBuilder();
    for (int y = 0; y < shown.getHeight(); y++) {
      letters.append(y > 0 ? " " : "");
      for (int x = 0; x < shown.getWidth(); x++) {
        letters.append((char) (shown.getRGB(x, y) & 0xff));
      }
    }
    assertThat(letters.toString()).isEqualTo(rows);
  }

  @Test
  void theTagIsReadInEitherByteOrder() {
    assertThat(Orientation.of(jpeg(ByteOrder.LITTLE_ENDIAN, 6)).code()).isEqualTo(6);
    assertThat(Orientation.of(jpeg(ByteOrder.BIG_ENDIAN, 3)).code()).isEqualTo(3);
  }

  @Test
  void nonsenseIsAsStored() {
    byte[] cut = java.util.Arrays.copyOf(jpeg(ByteOrder.BIG_ENDIAN, 6), 24);

    assertThat(Orientation.of(cut).code()).isEqualTo(1);
    assertThat(Orientation.of(jpeg(ByteOrder.BIG_ENDIAN, 99)).code()).isEqualTo(1);
    assertThat(Orientation.of(new byte[0]).code()).isEqualTo(1);
  }

  /** The start of a JPEG with an EXIF segment of one entry, by EXIF 2.32, section 4.5. */
  static byte[] jpeg(ByteOrder order, int code) {
    ByteBuffer bytes = ByteBuffer.allocate(2 + 4 + 6 + 8 + 2 + 12 + 4);
    bytes.putShort((short) 0xffd8).putShort((short) 0xffe1).putShort((short) 34);
    bytes.put(new byte[] {'E', 'x', 'i', 'f', 0, 0}).order(order);
    byte mark = (byte) (order == ByteOrder.LITTLE_ENDIAN ? 'I' : 'M');
    bytes.put(mark).put(mark).putShort((short) 42).putInt(8).putShort((short) 1);
    bytes.putShort((short) 0x112).putShort((short) 3).putInt(1).putShort((short) code);
    return bytes.array();
  }
}
