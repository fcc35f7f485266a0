package riada.eval;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;
import riada.proto.Pictures;
import riada.sam.Pixels;

/** Reads pictures and masks that strangers labelled. */
public final class LabelReader {
  /** Larger pictures are refused: three bytes a pixel must fit the heap. */
  private static final long MOST_PIXELS = 12_000L * 10_000;

  /** Levels between these are neither black nor white. */
  private static final int BLACK = 31;

  private static final int WHITE = 224;
  private static final double MOST_GREY = 0.05;

  /** Sides that differ by a rounding are still the same shape. */
  private static final double SAME_SHAPE = 0.02;

  private LabelReader() {}

  /**
   * A picture as a viewer shows it: turned as its EXIF orientation says, unless only the picture as
   * it is stored has the mask's shape.
   *
   * @throws BadInput when it is unreadable or has another shape than the mask
   */
  public static BufferedImage picture(Path file, Mask mask) throws BadInput {
    byte[] bytes = Pictures.bytes(file);
    BufferedImage stored = Pictures.read(file.toString(), bytes, MOST_PIXELS);
    BufferedImage shown = Orientation.of(bytes).apply(stored);
    if (sameShape(shown, mask)) {
      return shown;
    }
    if (sameShape(stored, mask)) {
      return stored;
    }
    throw new BadInput(
        "label_size",
        "The picture "
            + file
            + " is "
            + shown.getWidth()
            + " x "
            + shown.getHeight()
            + " but its mask "
            + mask.width()
            + " x "
            + mask.height()
            + "; they must show the same ground.");
  }

  private static boolean sameShape(BufferedImage image, Mask mask) {
    double one = (double) image.getWidth() * mask.height();
    double other = (double) image.getHeight() * mask.width();
    // Of tiny sides a rounding is a large share: a cell more or less is the same shape too.
    double rounding = Math.max(image.getWidth(), image.getHeight());
    return Math.abs(one - other) <= Math.max(SAME_SHAPE * Math.max(one, other), rounding);
  }

  /**
   * A mask: water is where the grey level is above 127. One with a side over {@value
   * RunLength#MAX_SIDE} is read at every second, third ... cell, so that it fits.
   *
   * @throws BadInput when it is unreadable or not black and white
   */
  public static Mask mask(Path file) throws BadInput {
    BufferedImage image = Pictures.read(file.toString(), Pictures.bytes(file), MOST_PIXELS);
    Pixels pixels = Pixels.of(image);
    int step = (Math.max(pixels.width(), pixels.height()) - 1) / RunLength.MAX_SIDE + 1;
    Mask mask = new Mask((pixels.width() - 1) / step + 1, (pixels.height() - 1) / step + 1);
    long grey = 0;
    int brightest = 0;
    for (int y = 0; y < mask.height(); y++) {
      for (int x = 0; x < mask.width(); x++) {
        int level = level(pixels, x * step, y * step);
        brightest = Math.max(brightest, level);
        if (level > BLACK && level < WHITE) {
          grey++;
        }
        if (level > 127) {
          mask.set(x, y);
        }
      }
    }
    if (brightest > 0 && brightest <= 127) {
      throw new BadInput(
          "mask_not_binary",
          "The mask "
              + file
              + " has no level above "
              + brightest
              + ", so nothing in it would be water; write 255 for water and 0 for the rest.");
    }
    if (grey > MOST_GREY * mask.width() * mask.height()) {
      throw new BadInput(
          "mask_not_binary",
          "The mask "
              + file
              + " is not black and white: "
              + Math.round(100.0 * grey / ((long) mask.width() * mask.height()))
              + " % of it is grey. Write 255 for water and 0 for the rest.");
    }
    return mask;
  }

  /** The grey level of a pixel, by the weights of ITU-R BT.601. */
  static int level(Pixels pixels, int x, int y) {
    int sum = 299 * pixels.get(x, y, 0) + 587 * pixels.get(x, y, 1) + 114 * pixels.get(x, y, 2);
    return (sum + 500) / 1000;
  }
}
