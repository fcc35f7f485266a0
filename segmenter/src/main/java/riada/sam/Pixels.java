package riada.sam;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import riada.mask.Mask;

/**
 * Red, green and blue of a decoded picture, 0..255 each: a view on the decoder's own bytes. Values
 * are taken as stored, colour profiles are not applied: so does the training code.
 */
public final class Pixels {
  private static final int NONE = -1;

  private final byte[] bytes;
  private final int width;
  private final int height;
  private final int pixelStride;
  private final int rowStride;
  private final int[] channels; // offsets of red, green, blue and alpha (or NONE) in a pixel

  private Pixels(byte[] bytes, int width, int height, int pixelStride, int... channels) {
    this.bytes = bytes;
    this.width = width;
    this.height = height;
    this.pixelStride = pixelStride;
    this.rowStride = pixelStride * width;
    this.channels = channels;
  }

  /**
   * The pixels of a picture, which must not change afterwards.
   *
   * @param image of one of the two layouts of {@link riada.proto.Pictures#read}
   * @throws IllegalArgumentException when it is of another layout, or part of a larger picture
   */
  public static Pixels of(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    byte[] bytes =
        image.getRaster().getDataBuffer() instanceof DataBufferByte data
            ? data.getData()
            : new byte[0];
    boolean alpha = image.getType() == BufferedImage.TYPE_4BYTE_ABGR;
    int stride = alpha ? 4 : 3;
    if (!alpha && image.getType() != BufferedImage.TYPE_3BYTE_BGR
        || bytes.length != stride * width * height) {
      throw new IllegalArgumentException("not a picture as Pictures.read gives it: " + image);
    }
    return alpha
        ? new Pixels(bytes, width, height, stride, 3, 2, 1, 0)
        : new Pixels(bytes, width, height, stride, 2, 1, 0, NONE);
  }

  /** Pixels in the order red, green, blue, row by row without gaps. The array is not copied. */
  static Pixels rgb(byte[] bytes, int width, int height) {
    return new Pixels(bytes, width, height, 3, 0, 1, 2, NONE);
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
