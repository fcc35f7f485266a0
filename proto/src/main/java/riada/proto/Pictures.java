package riada.proto;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads JPEG and PNG pictures that strangers send: the file is looked through before anything of
 * the picture's size is allocated. Thread-safe.
 */
public final class Pictures {
  /** Shortest and longest side of a tile's picture, halo included, in pixels. */
  public static final int MIN_TILE_SIDE = 64;

  public static final int MAX_TILE_SIDE = 2048;

  static {
    ImageIO.setUseCache(false); // no temporary file for each picture
  }

  private Pictures() {}

  /**
   * The bytes of a picture's file.
   *
   * @throws BadInput when it is not there, is a folder or cannot be read
   */
  public static byte[] bytes(Path file) throws BadInput {
    requireFile(file);
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new BadInput("picture_missing", file + " cannot be read: " + e.getMessage() + ".");
    }
  }

  /**
   * @throws BadInput when {@code file} is not there, is a folder or may not be read
   */
  public static void requireFile(Path file) throws BadInput {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new BadInput(
          "picture_missing",
          file + " does not exist, is a folder or may not be read; name a JPEG or PNG file.");
    }
  }

  /**
   * The picture in {@code bytes}, always as {@code TYPE_3BYTE_BGR}, or {@code TYPE_4BYTE_ABGR}
   * where it has transparency: grey is repeated in the three bands, palettes are resolved, of 16
   * bits the upper 8 are kept. Samples are taken as they stand, for {@code getRGB} of a grey
   * picture would brighten them.
   *
   * @param name what the picture is called in the reason for a refusal
   * @param maxPixels the largest width x height that is decoded
   * @throws BadInput when the bytes are no JPEG or PNG, are cut off or damaged, or are larger than
   *     {@code maxPixels}
   */
  public static BufferedImage read(String name, byte[] bytes, long maxPixels) throws BadInput {
    Picture.Format format = format(bytes);
    byte[] sound = bytes;
    switch (format) {
      case JPEG -> Jpeg.check(name, bytes, maxPixels);
      case PNG -> sound = Png.essentials(name, bytes, maxPixels);
      default ->
          throw new BadInput(
              "picture_unknown_format", name + " is neither JPEG nor PNG; send one of these.");
    }
    ImageReader reader = ImageIO.getImageReadersByFormatName(format.name()).next();
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(sound))) {
      reader.setInput(in, true, true);
      boolean[] broken = {false};
      reader.addIIOReadWarningListener((source, warning) -> broken[0] |= isLoss(warning));
      BufferedImage image = reader.read(0);
      if (broken[0]) {
        throw truncated(name);
      }
      return toBytes(image);
    } catch (IOException | RuntimeException e) { // ImageIO's readers throw both at broken files
      throw new BadInput(
          "picture_unreadable",
          name
              + " cannot be read as "
              + format
              + (e.getMessage() == null ? "" : " (" + e.getMessage() + ")")
              + "; it is damaged or of a rare kind. Save it anew and send it again.");
    } finally {
      reader.dispose();
    }
  }

  /** Whether libjpeg's warning tells that pixels were made up; others are about metadata. */
  private static boolean isLoss(String warning) {
    String text = warning.toLowerCase(Locale.ROOT);
    return text.contains("premature end")
        || text.contains("missing eoi")
        || text.contains("bad huffman code");
  }

  static BadInput truncated(String name) {
    return new BadInput(
        "picture_truncated", name + " ends in the middle of the picture; send it again whole.");
  }

  static void checkSize(String name, int width, int height, long maxPixels) throws BadInput {
    if (width <= 0 || height <= 0) {
      throw new BadInput(
          "picture_damaged", name + " says that it has no pixels; send it again whole.");
    }
    if ((long) width * height > maxPixels) {
      throw new BadInput(
          "picture_too_large",
          name
              + " has "
              + width
              + " x "
              + height
              + " pixels; at most "
              + maxPixels
              + " pixels are read. Cut or scale it.");
    }
  }

  private static BufferedImage toBytes(BufferedImage image) {
    boolean alpha = image.getColorModel().hasAlpha();
    int type = alpha ? BufferedImage.TYPE_4BYTE_ABGR : BufferedImage.TYPE_3BYTE_BGR;
    if (image.getType() == type) {
      return image;
    }
    int width = image.getWidth();
    BufferedImage out = new BufferedImage(width, image.getHeight(), type);
    byte[] bytes = ((DataBufferByte) out.getRaster().getDataBuffer()).getData();
    boolean palette = image.getColorModel() instanceof IndexColorModel;
    Raster raster = image.getRaster();
    int bands = raster.getNumBands();
    int green = bands >= 3 ? 1 : 0; // one band or two: grey, perhaps with alpha
    int shift = Math.max(0, raster.getSampleModel().getSampleSize(0) - 8);
    int[] row = new int[width * bands];
    int at = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      if (palette) {
        image.getRGB(0, y, width, 1, row, 0, width);
      } else {
        raster.getPixels(0, y, width, 1, row);
      }
      for (int x = 0; x < width; x++) {
        int first = x * bands;
        if (alpha) {
          bytes[at++] = (byte) (palette ? row[x] >>> 24 : row[first + bands - 1] >> shift);
        }
        bytes[at++] = (byte) (palette ? row[x] : row[first + 2 * green] >> shift);
        bytes[at++] = (byte) (palette ? row[x] >> 8 : row[first + green] >> shift);
        bytes[at++] = (byte) (palette ? row[x] >> 16 : row[first] >> shift);
      }
    }
    return out;
  }

  /** By the first bytes; {@code FORMAT_UNSPECIFIED} when they are neither JPEG's nor PNG's. */
  public static Picture.Format format(byte[] bytes) {
    if (bytes.length > 3
        && (bytes[0] & 0xff) == 0xff
        && (bytes[1] & 0xff) == 0xd8
        && (bytes[2] & 0xff) == 0xff) {
      return Picture.Format.JPEG;
    }
    if (bytes.length > 8
        && (bytes[0] & 0xff) == 0x89
        && bytes[1] == 'P'
        && bytes[2] == 'N'
        && bytes[3] == 'G') {
      return Picture.Format.PNG;
    }
    return Picture.Format.FORMAT_UNSPECIFIED;
  }
}
