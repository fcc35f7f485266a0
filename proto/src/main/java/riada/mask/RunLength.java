package riada.mask;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import riada.proto.BadInput;
import riada.proto.MaskRuns;

/**
 * The mask codec: lengths of dry and wet runs in turn, row-major, the first run dry (and so
 * possibly 0), each as the shortest base-128 varint. The last run reaches the last cell. No run but
 * the first is 0: a mask has one coding, and equal masks have equal bytes.
 */
public final class RunLength {
  /**
   * The longest side of a mask that is decoded: nothing larger is allocated for a stranger's
   * message.
   */
  public static final int MAX_SIDE = 4096;

  /** A run of all 2^24 cells of the largest mask takes four bytes. */
  private static final int MAX_VARINT = 4;

  private RunLength() {}

  public static MaskRuns encode(Mask mask) {
    byte[] bytes = new byte[256];
    int n = 0;
    int run = 0;
    boolean wet = false;
    for (int y = 0; y < mask.height(); y++) {
      int x = 0;
      while (x < mask.width()) {
        int end = mask.next(y, x, !wet);
        run += end - x;
        x = end;
        if (x < mask.width()) { // a change: the run is over
          if (n + 2 * MAX_VARINT > bytes.length) { // room for this run and the last one
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
          }
          n = put(bytes, n, run);
          run = 0;
          wet = !wet;
        }
      }
    }
    n = put(bytes, n, run);
    return MaskRuns.newBuilder()
        .setWidth(mask.width())
        .setHeight(mask.height())
        .setRuns(ByteString.copyFrom(bytes, 0, n))
        .build();
  }

  private static int put(byte[] bytes, int at, int run) {
    int n = at;
    int rest = run;
    while (rest > 0x7f) {
      bytes[n++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[n++] = (byte) rest;
    return n;
  }

  /**
   * Nothing of the mask's size is allocated before its runs were found to fill it.
   *
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
    check(coded.getRuns(), width * height);
    Mask mask = new Mask(width, height);
    apply(coded.getRuns(), mask, true);
    return mask;
  }

  /**
   * Sets in {@code mask} the cells that are wet in {@code coded}, and leaves the others as they
   * are. Takes time by the runs, not by the cells, and makes no mask.
   *
   * @throws BadInput when {@code coded} is no coding of a mask of this size
   */
  public static void fill(MaskRuns coded, Mask mask) throws BadInput {
    checkFits(coded, mask);
    apply(coded.getRuns(), mask, true);
  }

  /**
   * Clears in {@code mask} the cells that are wet in {@code coded}: the counterpart of {@link
   * #fill}.
   *
   * @throws BadInput when {@code coded} is no coding of a mask of this size
   */
  public static void erase(MaskRuns coded, Mask mask) throws BadInput {
    checkFits(coded, mask);
    apply(coded.getRuns(), mask, false);
  }

  private static void checkFits(MaskRuns coded, Mask mask) throws BadInput {
    if (coded.getWidth() != mask.width() || coded.getHeight() != mask.height()) {
      throw new BadInput(
          "mask_size",
          "A mask of "
              + coded.getWidth()
              + " x "
              + coded.getHeight()
              + " does not fit one of "
              + mask.width()
              + " x "
              + mask.height()
              + ".");
    }
    check(coded.getRuns(), mask.width() * mask.height());
  }

  /** Sets or clears the wet runs; they were found to fill the mask. */
  private static void apply(ByteString runs, Mask mask, boolean set) {
    int at = 0;
    int i = 0;
    for (boolean wet = false; i < runs.size(); wet = !wet) {
      int run = 0;
      int shift = 0;
      byte b;
      do {
        b = runs.byteAt(i++);
        run |= (b & 0x7f) << shift;
        shift += 7;
      } while (b < 0);
      if (wet && set) {
        mask.setRange(at, at + run);
      } else if (wet) {
        mask.clearRange(at, at + run);
      }
      at += run;
    }
  }

  private static void check(ByteString runs, int cells) throws BadInput {
    int at = 0;
    int i = 0;
    while (i < runs.size()) {
      int first = i;
      int run = 0;
      byte b;
      do {
        if (i == runs.size() || i - first == MAX_VARINT) {
          throw broken(first, "has no end");
        }
        b = runs.byteAt(i);
        run |= (b & 0x7f) << (7 * (i - first));
        i++;
      } while (b < 0);
      if (b == 0 && i - first > 1) {
        throw broken(first, "is written longer than it need be");
      }
      if (run == 0 && first > 0) {
        throw broken(first, "is empty");
      }
      if (run > cells - at) {
        throw broken(first, "of " + run + " cells goes beyond the last of " + cells);
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
  }

  private static BadInput broken(int at, String why) {
    return new BadInput(
        "mask_runs",
        "The mask's run at byte "
            + at
            + " "
            + why
            + "; write dry and wet runs in turn as shortest varints that fill the mask.");
  }
}
