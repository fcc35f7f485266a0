package riada.sam;

import java.awt.image.BufferedImage;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferUShort;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import riada.mask.Mask;

/**
 * Red, green and blue of a decoded picture, 0..255 each: a view on the decoder's own bytes where
 * they are such, a copy otherwise. Grey counts as all three. Values are taken as stored, colour
 * profiles are not applied: so does the training code.
 */
public final class Pixels {
  private static final int NONE = -1;

  private final byte[] bytes;
  private final int width;
  private final int height;
  private final int pixelStride;
  private final int rowStride;
  private final int[] channels; // offsets of red, green, blue and alpha (or NONE) in a pixel

  private Pixels(
      byte[] bytes, int width, int height, int pixelStride, int rowStride, int... channels) {
    this.bytes = bytes;
    this.width = width;
    this.height = height;
    this.pixelStride = pixelStride;
    this.rowStride = rowStride;
    this.channels = channels;
  }

  /** The pixels of a picture, which must not change afterwards. */
  public static Pixels of(BufferedImage image) {
    Raster raster = image.getRaster();
    boolean plain =
        raster.getSampleModel() instanceof ComponentSampleModel
            && !(image.getColorModel() instanceof IndexColorModel)
            && raster.getParent() == null;
    if (plain && raster.getDataBuffer() instanceof DataBufferByte data && data.getNumBanks() == 1) {
      return interleaved(image, data.getData());
    }
    if (plain
        && raster.getDataBuffer() instanceof DataBufferUShort data
        && data.getNumBanks() == 1) {
      short[] wide = data.getData();
      byte[] high = new byte[wide.length]; // 16 bits a sample: the upper eight tell
      for (int i = 0; i < wide.length; i++) {
        high[i] = (byte) (wide[i] >>> 8);
      }
      return interleaved(image, high);
    }
    return converted(image);
  }

  /** Pixels in the order red, green, blue, row by row without gaps. The array is not copied. */
  static Pixels rgb(byte[] bytes, int width, int height) {
    return new Pixels(bytes, width, height, 3, 3 * width, 0, 1, 2, NONE);
  }

  private static Pixels interleaved(BufferedImage image, byte[] bytes) {
    ComponentSampleModel model = (ComponentSampleModel) image.getSampleModel();
    DataBuffer data = image.getRaster().getDataBuffer();
    int[] bands = model.getBandOffsets();
    int at = data.getOffset();
    int last = bands.length - 1;
    boolean grey = bands.length < 3;
    return new Pixels(
        bytes,
        image.getWidth(),
        image.getHeight(),
        model.getPixelStride(),
        model.getScanlineStride(),
        at + bands[0],
        at + bands[grey ? 0 : 1],
        at + bands[grey ? 0 : 2],
        image.getColorModel().hasAlpha() ? at + bands[last] : NONE);
  }

  private static Pixels converted(BufferedImage image) {
    int width = image.getWidth();
    int[] row = new int[width];
    byte[] bytes = new byte[4 * width * image.getHeight()];
    int n = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int argb : row) {
        bytes[n++] = (byte) (argb >> 16);
        bytes[n++] = (byte) (argb >> 8);
        bytes[n++] = (byte) argb;
        bytes[n++] = (byte) (argb >> 24);
      }
    }
    int alpha = image.getColorModel().hasAlpha() ? 3 : NONE;
    return new Pixels(bytes, width, image.getHeight(), 4, 4 * width, 0, 1, 2, alpha);
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  /**
   * One level.
   *
   * @param channel 0 red, 1 green, 2 blue
   * @return 0..255
   */
  public int get(int x, int y, int channel) {
    return bytes[y * rowStride + x * pixelStride + channels[channel]] & 0xff;
  }

  /** The bytes behind the pixels: level of channel c at {@code index(x, y, c)}. */
  byte[] bytes() {
    return bytes;
  }

  int index(int x, int y, int channel) {
    return y * rowStride + x * pixelStride + channels[channel];
  }

  int pixelStride() {
    return pixelStride;
  }

  int rowStride() {
    return rowStride;
  }

  /**
   * The cells of {@code window} whose centre falls on a pixel that is not wholly transparent. Full
   * for a picture without transparency.
   */
  public Mask opaque(Window window, int columns, int rows) {
    if (channels[3] == NONE) {
      return Mask.full(columns, rows);
    }
    Mask opaque = new Mask(columns, rows);
    for (int row = 0; row < rows; row++) {
      int y = Math.min((int) (window.y(row + 0.5, rows) * height), height - 1);
      for (int column = 0; column < columns; column++) {
        int x = Math.min((int) (window.x(column + 0.5, columns) * width), width - 1);
        if (bytes[index(x, y, 3)] != 0) {
          opaque.set(column, row);
        }
      }
    }
    return opaque;
  }
}
