package riada.mask;

import com.google.protobuf.ByteString;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A small coding of masks for Riada's own stores: each row by what changed against the row above
 * it, as the modes of ITU-T T.6 (pass, vertical, horizontal) with Elias gamma lengths for T.6's
 * tables. Of smooth shapes it takes a quarter to an eighth of {@link RunLength}; it is no format of
 * the contract, and broken bytes are a bug.
 */
public final class EdgeCode {
  private static final int ENDS = 4; // how often the width stands behind the last edge
  private static final int REACH = 3; // columns that an edge moves from row to row in vertical mode

  private EdgeCode() {}

  public static ByteString encode(Mask mask) {
    Bits bits = new Bits(new byte[64]);
    int[] above = new int[mask.width() + 2 * ENDS];
    int[] row = new int[mask.width() + 2 * ENDS];
    int edgesAbove = end(above, 0, mask.width());
    int end = 0; // bits up to the last row that is not as the one above it
    for (int y = 0; y < mask.height(); y++) {
      int edges = edges(mask, y, row);
      encode(row, above, mask.width(), bits);
      boolean same = edges == edgesAbove && Arrays.equals(row, 0, edges, above, 0, edges);
      end = same ? end : bits.at;
      edgesAbove = edges;
      int[] swap = above;
      above = row;
      row = swap;
    }
    bits.cut(end);
    return ByteString.copyFrom(bits.bytes, 0, (end + 7) / 8);
  }

  /** Columns at which row {@code y} changes, the first to wet; returns how many. */
  private static int edges(Mask mask, int y, int[] edges) {
    int n = 0;
    boolean wet = false;
    for (int x = mask.next(y, 0, true); x < mask.width(); x = mask.next(y, x, !wet)) {
      edges[n++] = x;
      wet = !wet;
    }
    return end(edges, n, mask.width());
  }

  /** Puts the width behind the first {@code n} edges, as often as it is looked for there. */
  private static int end(int[] edges, int n, int width) {
    for (int i = n; i < n + ENDS; i++) {
      edges[i] = width;
    }
    return n;
  }

  private static void encode(int[] row, int[] above, int width, Bits bits) {
    int from = -1; // the last column that is settled
    int i = 0; // the next edge of the row; its parity is the colour
    int j = 0; // into the edges above
    while (from < width) {
      j = next(above, j, i, from, width);
      int move = row[i] - above[j];
      if (above[j + 1] < row[i]) {
        bits.put(0b0001, 4); // pass: what is above has no counterpart here
        from = above[j + 1];
      } else if (Math.abs(move) <= REACH) {
        bits.vertical(move);
        from = row[i++];
      } else {
        bits.put(0b001, 3); // horizontal: two runs as they are
        bits.gamma(row[i] - Math.max(from, 0));
        from = row[i + 1];
        bits.gamma(from - row[i]);
        i += 2;
      }
    }
  }

  /** Sets the cells that were encoded in {@code mask}, which is empty and of the same size. */
  public static void decode(ByteString code, Mask mask) {
    int width = mask.width();
    Reader bits = new Reader(code);
    int[] above = new int[width + 2 * ENDS];
    int[] row = new int[width + 2 * ENDS];
    end(row, 0, width); // above the first
    for (int y = 0; y < mask.height(); y++) {
      if (bits.hasRow()) {
        int[] swap = above;
        above = row;
        row = swap;
        int n = decode(row, above, width, bits);
        for (int i = 0; i < n && row[i] < width; i += 2) {
          mask.setRow(y, row[i], row[i + 1]);
        }
      } else if (y > 0) {
        mask.repeatRow(y);
      }
    }
  }

  private static int decode(int[] row, int[] above, int width, Reader bits) {
    int from = -1;
    int i = 0;
    int j = 0;
    while (from < width) {
      j = next(above, j, i, from, width);
      int mode = bits.mode();
      if (mode == Reader.PASS) {
        from = above[j + 1];
      } else if (mode == Reader.HORIZONTAL) {
        row[i] = Math.max(from, 0) + bits.gamma();
        row[i + 1] = row[i] + bits.gamma();
        from = row[i + 1];
        i += 2;
      } else {
        row[i] = above[j] + mode;
        from = row[i++];
      }
    }
    return end(row, i, width);
  }

  /** The first edge above beyond {@code from} that changes as edge {@code i} of the row does. */
  private static int next(int[] above, int before, int i, int from, int width) {
    int j = Math.max(0, before - 1);
    j += (j ^ i) & 1;
    while (above[j] <= from && above[j] < width) {
      j += 2;
    }
    return j;
  }

  /** Bits to write, the highest of a byte first. */
  private static final class Bits {
    private byte[] bytes;
    private int at;

    Bits(byte[] bytes) {
      this.bytes = bytes;
    }

    void put(int value, int n) {
      if (at + n > 8 * bytes.length) {
        bytes = Arrays.copyOf(bytes, 2 * bytes.length);
      }
      for (int bit = n - 1; bit >= 0; bit--) {
        bytes[at >> 3] |= (byte) ((value >> bit & 1) << (7 - (at & 7)));
        at++;
      }
    }

    /** Makes noughts of the bits from {@code end} to the end of its byte. */
    void cut(int end) {
      if ((end & 7) != 0) {
        bytes[end >> 3] &= (byte) (0xff00 >> (end & 7));
      }
    }

    /** 1; 01s for one column; 00001s for two; 000001s for three; s is the side. */
    void vertical(int move) {
      switch (Math.abs(move)) {
        case 0 -> put(1, 1);
        case 1 -> put(0b010 | (move < 0 ? 1 : 0), 3);
        case 2 -> put(0b000010 | (move < 0 ? 1 : 0), 6);
        default -> put(0b0000010 | (move < 0 ? 1 : 0), 7);
      }
    }

    void gamma(int value) {
      int bits = 32 - Integer.numberOfLeadingZeros(value + 1);
      put(0, bits - 1);
      put(value + 1, bits);
    }
  }

  /** The bits again: a word at a time, for no code is longer than {@value #REACHABLE} bits. */
  private static final class Reader {
    static final int PASS = 100;
    static final int HORIZONTAL = 101;

    private static final int REACHABLE = 57; // a word less the bits of its first byte that are over
    private static final VarHandle WORD =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] bytes; // noughts behind the code
    private final int end; // behind the last bit that is set
    private int at;

    Reader(ByteString code) {
      bytes = new byte[code.size() + 2 * Long.BYTES];
      code.copyTo(bytes, 0);
      int last = code.size() - 1;
      while (last >= 0 && bytes[last] == 0) {
        last--;
      }
      end = last < 0 ? 0 : 8 * (last + 1) - Integer.numberOfTrailingZeros(bytes[last]);
    }

    /** Whether more is left than what fills the last byte: no mode is all noughts. */
    boolean hasRow() {
      return at < end;
    }

    /** The next bits, the first of them the highest. */
    private long word() {
      return (long) WORD.get(bytes, at >> 3) << (at & 7);
    }

    /** The move of a vertical mode, or one of the others. */
    int mode() {
      long word = word();
      int zeros = Long.numberOfLeadingZeros(word);
      int side = (word << zeros + 1) < 0 ? -1 : 1;
      switch (zeros) {
        case 0 -> {
          at += 1;
          return 0;
        }
        case 1 -> {
          at += 3;
          return side;
        }
        case 2 -> {
          at += 3;
          return HORIZONTAL;
        }
        case 3 -> {
          at += 4;
          return PASS;
        }
        case 4 -> {
          at += 6;
          return 2 * side;
        }
        case 5 -> {
          at += 7;
          return 3 * side;
        }
        default -> throw new IllegalStateException("no mask of EdgeCode");
      }
    }

    int gamma() {
      long word = word();
      int zeros = Long.numberOfLeadingZeros(word);
      if (2 * zeros + 1 > REACHABLE) {
        throw new IllegalStateException("no mask of EdgeCode");
      }
      at += 2 * zeros + 1;
      return (int) (word << zeros >>> 63 - zeros) - 1;
    }
  }
}
