package riada.dashboard;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;
import riada.proto.MaskRuns;

/**
 * A mask as a PNG of one bit a pixel: palette entry 0 is transparent, entry 1 the layer's opaque
 * colour. The page uses it as a stencil and adds the hatching on the screen, where it keeps its
 * width at any zoom. Thread-safe.
 */
final class OverlayPng {
  private OverlayPng() {}

  /**
   * @throws BadInput when the run lengths are broken
   */
  static byte[] render(MaskRuns runs, int rgb) throws BadInput {
    Mask mask = RunLength.decode(runs);
    int opaque = 0xff000000 | rgb;
    IndexColorModel palette =
        new IndexColorModel(
            1,
            2,
            new byte[] {0, (byte) (opaque >> 16)},
            new byte[] {0, (byte) (opaque >> 8)},
            new byte[] {0, (byte) opaque},
            new byte[] {0, (byte) 0xff});
    BufferedImage image =
        new BufferedImage(mask.width(), mask.height(), BufferedImage.TYPE_BYTE_BINARY, palette);
    int[] row = new int[mask.width()];
    for (int y = 0; y < mask.height(); y++) {
      for (int x = 0; x < row.length; x++) {
        row[x] = mask.get(x, y) ? 1 : 0;
      }
      image.getRaster().setPixels(0, y, row.length, 1, row);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(8192);
    try (var out = new MemoryCacheImageOutputStream(bytes)) { // never a file cache
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return bytes.toByteArray();
  }
}
