package riada.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PicturesTest {
  private static final long MAX_PIXELS = 2048L * 2048;
  private static final int SIDE = 96;

  /** How a picture can be stored. */
  enum Kind {
    JPEG,
    PROGRESSIVE_JPEG,
    GREY_JPEG,
    PNG
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void readsAWholePicture(Kind kind) throws BadInput {
    BufferedImage image = Pictures.read("It", bytes(kind), MAX_PIXELS);

    assertThat(image.getType()).isEqualTo(BufferedImage.TYPE_3BYTE_BGR);
    assertThat(image.getWidth()).isEqualTo(SIDE);
    assertThat(image.getHeight()).isEqualTo(SIDE);
    BufferedImage sent = noise(kind == Kind.GREY_JPEG);
    long error = 0;
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        error +=
            Math.abs(
                (image.getRGB(x, y) >> 8 & 0xff)
                    - (sent.getRaster().getSample(x, y, sent.getRaster().getNumBands() / 2)));
      }
    }
    assertThat((double) error / (SIDE * SIDE)).isLessThan(kind == Kind.PNG ? 1e-9 : 4);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void refusesAPictureCutOffAnywhere(Kind kind) {
    byte[] whole = bytes(kind);
    for (int length = 9; length < whole.length; length += length < 700 ? 1 : 97) {
      byte[] cut = Arrays.copyOf(whole, length);

      BadInput refusal =
          catchThrowableOfType(BadInput.class, () -> Pictures.read("It", cut, MAX_PIXELS));

      assertThat(refusal).as("cut at %d of %d", length, whole.length).isNotNull();
      assertThat(refusal.counter()).isEqualTo("picture_truncated");
      assertThat(refusal.reason()).startsWith("It ").endsWith("send it again whole.");
    }
  }

  /** Some relays close the file with an end marker of their own. */
  @ParameterizedTest
  @EnumSource(value = Kind.class, names = "PNG", mode = EnumSource.Mode.EXCLUDE)
  void refusesACutJpegWithAnEndMarkerPutBehind(Kind kind) {
    byte[] whole = bytes(kind);
    byte[] cut = Arrays.copyOf(whole, whole.length / 2);
    cut[cut.length - 2] = (byte) 0xff;
    cut[cut.length - 1] = (byte) 0xd9;

    BadInput refusal =
        catchThrowableOfType(BadInput.class, () -> Pictures.read("It", cut, MAX_PIXELS));

    assertThat(refusal.counter()).isIn("picture_truncated", "picture_unreadable");
  }

  /** Broken bytes are refused or read; nothing else is thrown and no size is exceeded. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void survivesBrokenBytes(Kind kind) {
    Random random = new Random(kind.ordinal());
    byte[] whole = bytes(kind);
    for (int i = 0; i < 400; i++) {
      byte[] broken = whole.clone();
      for (int k = random.nextInt(4); k >= 0; k--) {
        int reach = random.nextBoolean() ? Math.min(700, broken.length) : broken.length;
        broken[2 + random.nextInt(reach - 2)] = (byte) random.nextInt(256);
      }
      try {
        BufferedImage image = Pictures.read("It", broken, MAX_PIXELS);

        assertThat((long) image.getWidth() * image.getHeight()).isLessThanOrEqualTo(MAX_PIXELS);
      } catch (BadInput refusal) {
        assertThat(refusal.reason()).startsWith("It ").endsWith(".");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "P", "This is a text.", "GIF89a...............", "<svg xmlns=''/>"})
  void refusesWhatIsNoPicture(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);

    BadInput refusal =
        catchThrowableOfType(BadInput.class, () -> Pictures.read("flood.png", bytes, MAX_PIXELS));

    assertThat(refusal.counter()).isEqualTo("picture_unknown_format");
    assertThat(refusal.reason()).isEqualTo("flood.png is neither JPEG nor PNG; send one of these.");
  }

  @Test
  void refusesAHugePngByItsHeaderAndAllocatesNothing() {
    byte[] huge = png(60_000, 60_000, 8, 2, new byte[100]);

    long allocated = allocatedByReading(huge, "picture_too_large");

    assertThat(allocated).isLessThan(64 << 10);
  }

  @Test
  void refusesAHugeJpegByItsHeader() {
    byte[] jpeg = bytes(Kind.JPEG);
    for (int i = 2; i < jpeg.length; i++) {
      if (jpeg[i] == (byte) 0xff && jpeg[i + 1] == (byte) 0xc0) {
        Arrays.fill(jpeg, i + 5, i + 9, (byte) 0xea);
        break;
      }
    }

    BadInput refusal =
        catchThrowableOfType(BadInput.class, () -> Pictures.read("It", jpeg, MAX_PIXELS));

    assertThat(refusal.counter()).isEqualTo("picture_too_large");
    assertThat(refusal.reason()).contains("60138 x 60138");
  }

  @ParameterizedTest
  @CsvSource({"0, 5", "5, 0", "-1, 5", "-2147483648, -2147483648"})
  void refusesAPngWithoutPixels(int width, int height) {
    byte[] none = png(width, height, 8, 2, new byte[100]);

    assertThat(
            catchThrowableOfType(BadInput.class, () -> Pictures.read("It", none, MAX_PIXELS))
                .counter())
        .isEqualTo("picture_damaged");
  }

  /** Compressed texts that unfold to 256 MiB stand before the pixels of a palette picture. */
  @Test
  void doesNotUnfoldThePngsTexts() throws BadInput {
    byte[] zeros = deflate(new byte[1 << 20], 256);
    byte[] text = new byte[zeros.length + 3];
    text[0] = 'k';
    System.arraycopy(zeros, 0, text, 3, zeros.length);
    byte[] bomb =
        png(
            2,
            1,
            8,
            3,
            new byte[] {0, 0, 1},
            "PLTE",
            new byte[] {10, 20, 30, 40, 50, 60},
            "zTXt",
            text,
            "iCCP",
            text);

    BufferedImage image = Pictures.read("It", bomb, MAX_PIXELS);

    assertThat(image.getRGB(1, 0)).isEqualTo(0xff28323c);
    assertThat(allocatedByReading(bomb, "")).isLessThan(8 << 20);
  }

  @Test
  void refusesAPngWithABrokenChecksum() {
    byte[] png = bytes(Kind.PNG);
    png[png.length / 2] ^= 1;

    assertThat(
            catchThrowableOfType(BadInput.class, () -> Pictures.read("It", png, MAX_PIXELS))
                .counter())
        .isEqualTo("picture_damaged");
  }

  @Test
  void takesSamplesOfAGreyPngAsTheyStand() throws BadInput {
    byte[] grey = png(3, 1, 8, 0, new byte[] {0, 0, (byte) 128, (byte) 255});

    assertThat(argb(grey)).containsExactly(0xff000000, 0xff808080, 0xffffffff);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "grey 1 bit, 1, 0, 00a0, ffffffff ff000000 ffffffff",
    "grey 4 bits, 4, 0, 0018f0, ff111111 ff888888 ffffffff",
    "grey 16 bits, 16, 0, 00 0000 80ff ffff, ff000000 ff808080 ffffffff",
    "grey and alpha, 8, 4, 00 10ff 8000 ff80, ff101010 00808080 80ffffff",
    "RGB 8 bits, 8, 2, 00 010203 0a0b0c fffefd, ff010203 ff0a0b0c fffffefd",
    "RGB 16 bits, 16, 2, 00 010002000300 0aff0bff0cff fffffe00fdaa, ff010203 ff0a0b0c fffffefd",
    "RGB and alpha, 8, 6, 00 010203ff 0a0b0c00 fffefd80, ff010203 000a0b0c 80fffefd",
    "RGB and alpha 16 bits, 16, 6, 00 010002000300ffff 0aff0bff0cff0000 fffffe00fdaa8000, ff010203 000a0b0c 80fffefd"
  })
  void readsEveryKindOfPng(String name, int depth, int colour, String row, String expected)
      throws BadInput {
    byte[] bytes = HexFormat.of().parseHex(row.replace(" ", ""));

    int[] pixels = argb(png(3, 1, depth, colour, bytes));

    assertThat(Arrays.stream(pixels).mapToObj(p -> String.format(Locale.ROOT, "%08x", p)).toList())
        .containsExactly(expected.split(" "));
  }

  @Test
  void readsAPalette() throws BadInput {
    byte[] palette = {0, 0, 0, (byte) 200, (byte) 200, 0, 50, 50, 0};
    byte[] rows = {0, 2, 1, 0};

    assertThat(argb(png(3, 1, 8, 3, rows, "PLTE", palette)))
        .containsExactly(0xff323200, 0xffc8c800, 0xff000000);
    assertThat(argb(png(3, 1, 8, 3, rows, "PLTE", palette, "tRNS", new byte[] {-1, 0})))
        .containsExactly(0xff323200, 0x00c8c800, 0xff000000);
  }

  @Test
  void refusesCmykByName() {
    byte[] jpeg = bytes(Kind.JPEG);
    for (int i = 2; i < jpeg.length; i++) {
      if (jpeg[i] == (byte) 0xff && jpeg[i + 1] == (byte) 0xc0) {
        jpeg[i + 9] = 4;
        break;
      }
    }

    BadInput refusal =
        catchThrowableOfType(BadInput.class, () -> Pictures.read("It", jpeg, MAX_PIXELS));

    assertThat(refusal.reason()).isEqualTo("It is in CMYK; save it as RGB or grey.");
  }

  @Test
  void refusesAJpegOfThousandsOfScans() {
    byte[] jpeg = bytes(Kind.PROGRESSIVE_JPEG);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(jpeg, 0, jpeg.length - 2);
    for (int i = 0; i < 5_000; i++) { // an empty scan of the first component
      out.writeBytes(new byte[] {(byte) 0xff, (byte) 0xda, 0, 8, 1, 1, 0, 1, 5, 0});
    }
    out.writeBytes(new byte[] {(byte) 0xff, (byte) 0xd9});

    BadInput refusal =
        catchThrowableOfType(
            BadInput.class, () -> Pictures.read("It", out.toByteArray(), MAX_PIXELS));

    assertThat(refusal.counter()).isEqualTo("picture_too_many_scans");
  }

  private static int[] argb(byte[] bytes) throws BadInput {
    BufferedImage image = Pictures.read("It", bytes, MAX_PIXELS);
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  private static long allocatedByReading(byte[] bytes, String refusedAs) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = 0;
    for (int i = 0; i < 2; i++) { // the first time loads classes
      before = threads.getCurrentThreadAllocatedBytes();
      String counter = "";
      try {
        Pictures.read("It", bytes, MAX_PIXELS);
      } catch (BadInput e) {
        counter = e.counter();
      }
      assertThat(counter).isEqualTo(refusedAs);
    }
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  /** Smooth enough for JPEG, rough enough that every byte of the file counts. */
  private static BufferedImage noise(boolean grey) {
    Random random = new Random(9);
    BufferedImage image =
        new BufferedImage(
            SIDE, SIDE, grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        int level = 2 * x + random.nextInt(12);
        for (int band = 0; band < image.getRaster().getNumBands(); band++) {
          image.getRaster().setSample(x, y, band, level);
        }
      }
    }
    return image;
  }

  private static byte[] bytes(Kind kind) {
    ImageWriter writer =
        ImageIO.getImageWritersByFormatName(kind == Kind.PNG ? "png" : "jpeg").next();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (var stream = ImageIO.createImageOutputStream(out)) {
      writer.setOutput(stream);
      ImageWriteParam settings = writer.getDefaultWriteParam();
      if (kind == Kind.PROGRESSIVE_JPEG) {
        settings.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      }
      writer.write(null, new IIOImage(noise(kind == Kind.GREY_JPEG), null, null), settings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }

  /**
   * A PNG made by hand: header, further chunks by name and data, the rows (filter bytes included),
   * end.
   */
  private static byte[] png(
      int width, int height, int depth, int colour, byte[] rows, Object... chunks) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
    ByteBuffer header = ByteBuffer.allocate(13);
    header.putInt(width).putInt(height).put((byte) depth).put((byte) colour);
    chunk(out, "IHDR", header.array());
    for (int i = 0; i < chunks.length; i += 2) {
      chunk(out, (String) chunks[i], (byte[]) chunks[i + 1]);
    }
    chunk(out, "IDAT", deflate(rows, 1));
    chunk(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(type.getBytes(StandardCharsets.US_ASCII));
    body.writeBytes(data);
    CRC32 crc = new CRC32();
    crc.update(body.toByteArray());
    try (DataOutputStream to = new DataOutputStream(out)) {
      to.writeInt(data.length);
      to.write(body.toByteArray());
      to.writeInt((int) crc.getValue());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] deflate(byte[] data, int times) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream to = new DeflaterOutputStream(out)) {
      for (int i = 0; i < times; i++) {
        to.write(data);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
