package riada.proto;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads JPEG and PNG pictures that strangers send: the header is looked at before anything of the
 * picture's size is allocated.
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
   * The picture in {@code bytes}.
   *
   * @param name what the picture is called in the reason for a refusal
   * @param maxPixels the largest width x height that is decoded
   * @throws BadInput when the bytes are no JPEG or PNG, are cut off, or are larger than {@code
   *     maxPixels}
   */
  public static BufferedImage read(String name, byte[] bytes, long maxPixels) throws BadInput {
    Picture.Format format = format(bytes);
    if (format == Picture.Format.FORMAT_UNSPECIFIED) {
      throw new BadInput(
          "picture_unknown_format", name + " is neither JPEG nor PNG; send one of these.");
    }
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format.name());
    ImageReader reader = readers.next();
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(in, true, true);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
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
      boolean[] cut = {false};
      reader.addIIOReadWarningListener(
          (source, warning) ->
              cut[0] |=
                  warning.contains("end") || warning.contains("End") || warning.contains("runcat"));
      BufferedImage image = reader.read(0);
      if (cut[0]) {
        throw new BadInput(
            "picture_truncated", name + " ends in the middle of the picture; send it again whole.");
      }
      return image;
    } catch (IOException | RuntimeException e) { // ImageIO's readers throw both at broken files
      throw new BadInput(
          "picture_unreadable",
          name
              + " cannot be read as "
              + format
              + " ("
              + e.getMessage()
              + "); it is cut off or damaged. Send it again whole.");
    } finally {
      reader.dispose();
    }
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
