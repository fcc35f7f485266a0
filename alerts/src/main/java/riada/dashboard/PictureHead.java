package riada.dashboard;

import com.google.protobuf.ByteString;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import riada.proto.BadInput;
import riada.proto.Picture;
import riada.proto.Pictures;

/**
 * Reads no more of a picture than its head, so that a browser is never handed one which unpacks to
 * gigabytes. Thread-safe.
 */
final class PictureHead {
  private static final int MAGIC_BYTES = 16;

  private PictureHead() {}

  /**
   * The format that the bytes are in, whatever their publisher calls it.
   *
   * @param name what the picture is called in the reason for a refusal
   * @throws BadInput when it is no JPEG or PNG, or not square of 64 to 2048 pixels
   */
  static Picture.Format check(String name, ByteString data) throws BadInput {
    Picture.Format format =
        Pictures.format(data.substring(0, Math.min(data.size(), MAGIC_BYTES)).toByteArray());
    if (format == Picture.Format.FORMAT_UNSPECIFIED) {
      throw new BadInput("picture_unknown_format", name + " is neither JPEG nor PNG.");
    }
    ImageReader reader = ImageIO.getImageReadersByFormatName(format.name()).next();
    try (ImageInputStream in = new MemoryCacheImageInputStream(data.newInput())) {
      reader.setInput(in, true, true);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      if (width != height || width < Pictures.MIN_TILE_SIDE || width > Pictures.MAX_TILE_SIDE) {
        throw new BadInput(
            "picture_size",
            name
                + (" has " + width + " x " + height + " pixels; tiles are square, of ")
                + (Pictures.MIN_TILE_SIDE + " to " + Pictures.MAX_TILE_SIDE + " pixels a side."));
      }
      return format;
    } catch (IOException | RuntimeException e) { // ImageIO's readers throw both at broken files
      throw new BadInput("picture_unreadable", name + " cannot be read as " + format + ".");
    } finally {
      reader.dispose();
    }
  }
}
