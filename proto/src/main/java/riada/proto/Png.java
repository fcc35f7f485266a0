package riada.proto;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/** A walk over a PNG's chunks before it is decoded. */
final class Png {
  private static final int IHDR = 0x49484452;
  private static final int PLTE = 0x504c5445;
  private static final int TRNS = 0x74524e53;
  private static final int IDAT = 0x49444154;
  private static final int IEND = 0x49454e44;

  private Png() {}

  /**
   * The file with only the chunks that pixels depend on: compressed texts and profiles unfold to a
   * thousand times their size in the decoder.
   *
   * @throws BadInput when the file is cut off or damaged, or is larger than {@code maxPixels}
   */
  static byte[] essentials(String name, byte[] bytes, long maxPixels) throws BadInput {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length < 33) { // signature and header
      throw Pictures.truncated(name);
    }
    if (in.getInt(8) != 13 || in.getInt(12) != IHDR) {
      throw damaged(name, 8);
    }
    Pictures.checkSize(name, in.getInt(16), in.getInt(20), maxPixels);
    ByteBuffer out = ByteBuffer.allocate(bytes.length);
    out.put(bytes, 0, 8);
    int at = 8;
    while (at + 12 <= bytes.length) {
      int length = in.getInt(at);
      int type = in.getInt(at + 4);
      if (length < 0) {
        throw damaged(name, at);
      }
      if (length > bytes.length - at - 12) {
        break;
      }
      if (type == IHDR || type == PLTE || type == TRNS || type == IDAT || type == IEND) {
        CRC32 crc = new CRC32(); // the decoder does not look at it
        crc.update(bytes, at + 4, 4 + length);
        if ((int) crc.getValue() != in.getInt(at + 8 + length)) {
          throw damaged(name, at);
        }
        out.put(bytes, at, 12 + length);
      }
      if (type == IEND) {
        byte[] essentials = new byte[out.position()];
        out.flip().get(essentials);
        return essentials;
      }
      at += 12 + length;
    }
    throw Pictures.truncated(name);
  }

  private static BadInput damaged(String name, int at) {
    return new BadInput(
        "picture_damaged", name + " is damaged at byte " + at + "; send it again whole.");
  }
}
