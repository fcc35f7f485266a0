package riada.eval;

import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How a viewer turns a JPEG before it shows it: the tag Orientation of EXIF 2.32, section 4.6.4.
 *
 * @param code 1 as stored, 2 mirrored, 3 turned by 180 degrees, 4 upside down, 5 to 8 with rows
 *     shown as columns
 */
record Orientation(int code) {
  private static final Orientation AS_STORED = new Orientation(1);
  private static final int TAG = 0x0112;

  Orientation {
    if (code < 1 || code > 8) {
      throw new IllegalArgumentException("orientation " + code + " is not 1..8");
    }
  }

  /** What a file says; as stored where it says nothing, or nonsense. */
  static Orientation of(byte[] file) {
    try {
      return inSegments(ByteBuffer.wrap(file));
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      return AS_STORED; // the metadata are cut off: no reason to refuse the picture
    }
  }

  /** Walks the segments before the picture: each has a marker and a length that counts itself. */
  private static Orientation inSegments(ByteBuffer jpeg) {
    if (jpeg.limit() < 4 || (jpeg.getShort(0) & 0xffff) != 0xffd8) {
      return AS_STORED;
    }
    for (int at = 2; at + 4 <= jpeg.limit(); at += 2 + (jpeg.getShort(at + 2) & 0xffff)) {
      int marker = jpeg.getShort(at) & 0xffff;
      if (marker == 0xffda || marker < 0xff00) {
        break;
      }
      boolean exif = marker == 0xffe1 && jpeg.getInt(at + 4) == 0x45786966; // "Exif"
      if (exif) {
        return inTiff(jpeg, at + 10);
      }
    }
    return AS_STORED;
  }

  /** Looks through the first directory of the TIFF that starts at {@code start}. */
  private static Orientation inTiff(ByteBuffer file, int start) {
    ByteBuffer tiff = file.duplicate().position(start).slice();
    tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int directory = tiff.getInt(4);
    int entries = tiff.getShort(directory) & 0xffff;
    for (int i = 0; i < entries; i++) {
      int entry = directory + 2 + 12 * i;
      if ((tiff.getShort(entry) & 0xffff) == TAG) {
        return new Orientation(tiff.getShort(entry + 8) & 0xffff);
      }
    }
    return AS_STORED;
  }

  /** The picture as it is to be shown. */
  BufferedImage apply(BufferedImage image) {
    if (code == 1) {
      return image;
    }
    int w = image.getWidth();
    int h = image.getHeight();
    boolean aside = code >= 5;
    BufferedImage shown = new BufferedImage(aside ? h : w, aside ? w : h, image.getType());
    Graphics2D pen = shown.createGraphics();
    pen.drawImage(image, toShown(w, h), null);
    pen.dispose();
    return shown;
  }

  /** From pixels as stored to pixels as shown: x' = a x + c y + e, y' = b x + d y + f. */
  private AffineTransform toShown(int w, int h) {
    return switch (code) {
      case 2 -> new AffineTransform(-1, 0, 0, 1, w, 0);
      case 3 -> new AffineTransform(-1, 0, 0, -1, w, h);
      case 4 -> new AffineTransform(1, 0, 0, -1, 0, h);
      case 5 -> new AffineTransform(0, 1, 1, 0, 0, 0);
      case 6 -> new AffineTransform(0, 1, -1, 0, h, 0);
      case 7 -> new AffineTransform(0, -1, -1, 0, h, w);
      case 8 -> new AffineTransform(0, -1, 1, 0, 0, w);
      default -> new AffineTransform();
    };
  }
}
