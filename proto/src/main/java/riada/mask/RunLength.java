package riada.mask;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import riada.proto.BadInput;
import riada.proto.MaskRuns;

/**
 * The mask codec: lengths of dry and wet runs in turn, row-major, the first run dry (and so
 * possibly 0), each as a base-128 varint of at most four bytes. The last run reaches the last cell.
 * An encoded mask has no zero run but the first.
 */
public final class RunLength {
  /**
   * The longest side of a mask that is decoded: nothing larger is allocated for a stranger's
   * message.
   */
  public static final int MAX_SIDE = 4096;

  private RunLength() {}

  public static MaskRuns encode(Mask mask) {
    byte[] bytes = new byte[64];
    int n = 0;
    int cells = mask.width() * mask.height();
    boolean wet = false;
    for (int at = 0; at < cells; wet = !wet) {
      int end = mask.next(at, !wet);
      if (n + 4 > bytes.length) {
        bytes = Arrays.copyOf(bytes, bytes.length * 2);
      }
      int run = end - at;
      while (run > 0x7f) {
        bytes[n++] = (byte) (run | 0x80);
        run >>>= 7;
      }
      bytes[n++] = (byte) run;
      at = end;
    }
    return MaskRuns.newBuilder()
        .setWidth(mask.width())
        .setHeight(mask.height())
        .setRuns(ByteString.copyFrom(bytes, 0, n))
        .build();
  }

  /**
   * @throws BadInput when the sides are outside 1..{@value #MAX_SIDE} or the runs do not fill the
   *     mask exactly
   */
  public static Mask decode(MaskRuns coded) throws BadInput {
    int width = coded.getWidth();
    int height = coded.getHeight();
    if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) {
      throw new BadInput(
          "mask_size",
          "A mask of "
              + width
              + " x "
              + height
              + " cannot be used; sides are 1.."
              + MAX_SIDE
              + ".");
    }
    Mask mask = new Mask(width, height);
    ByteString runs = coded.getRuns();
    int cells = width * height;
    int at = 0;
    int i = 0;
    for (boolean wet = false; i < runs.size(); wet = !wet) {
      int first = i;
      int run = 0;
      int b;
      do {
        if (i == runs.size() || i - first == 4) {
          throw broken(first, "has no end");
        }
        b = runs.byteAt(i);
        run |= (b & 0x7f) << (7 * (i - first));
        i++;
      } while (b < 0);
      if (run == 0 && first > 0) {
        throw broken(first, "is empty");
      }
      if (run > cells - at) {
        throw broken(first, "of " + run + " cells goes beyond the last of " + cells);
      }
      if (wet) {
        mask.setRange(at, at + run);
      }
      at += run;
    }
    if (at != cells) {
      throw new BadInput(
          "mask_runs",
          "The mask's runs fill "
              + at
              + " of "
              + cells
              + " cells; the last run must reach the last cell.");
    }
    return mask;
  }

  private static BadInput broken(int at, String why) {
    return new BadInput("mask_runs", "The mask's run at byte " + at + " " + why + ".");
  }
}
