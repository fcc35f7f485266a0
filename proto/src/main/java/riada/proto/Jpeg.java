package riada.proto;

/**
 * A walk over a JPEG's markers before it is decoded. The decoder pads what is missing with grey and
 * takes any number of scans; neither may pass for a picture.
 */
final class Jpeg {
  /** No encoder writes as many; thousands of empty ones would hold a core for minutes. */
  private static final int MAX_SCANS = 64;

  private Jpeg() {}

  /**
   * @throws BadInput when the file has no end, is larger than {@code maxPixels}, or cannot be shown
   *     as grey or RGB
   */
  static void check(String name, byte[] bytes, long maxPixels) throws BadInput {
    int scans = 0;
    int i = 2; // after the start-of-image marker
    while (i + 1 < bytes.length) {
      int marker = bytes[i + 1] & 0xff;
      if (bytes[i] != (byte) 0xff || marker == 0xff) {
        i++; // coded pixels, or fill before a marker
      } else if (marker == 0xd9) {
        return; // end of image; what comes after it is no picture of ours
      } else if (marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
        i += 2; // an escaped byte or a restart among coded pixels: no length follows
      } else {
        if (i + 4 > bytes.length) {
          break;
        }
        if (isFrame(marker) && i + 10 <= bytes.length) {
          checkFrame(name, bytes, i, maxPixels);
        }
        if (marker == 0xda && ++scans > MAX_SCANS) {
          throw new BadInput(
              "picture_too_many_scans",
              name + " has over " + MAX_SCANS + " scans; save it as a baseline JPEG.");
        }
        i += 2 + u16(bytes, i + 2);
      }
    }
    throw Pictures.truncated(name);
  }

  private static void checkFrame(String name, byte[] bytes, int at, long maxPixels)
      throws BadInput {
    Pictures.checkSize(name, u16(bytes, at + 7), u16(bytes, at + 5), maxPixels);
    if (bytes[at + 9] == 4) {
      throw new BadInput("picture_colours", name + " is in CMYK; save it as RGB or grey.");
    }
  }

  /** SOF0 to SOF15, of whose range three are tables. */
  private static boolean isFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  private static int u16(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
  }
}
