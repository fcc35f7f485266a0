package riada.mask;

import java.util.Arrays;
import java.util.Objects;

/**
 * A bit for each cell of a rectangle, row-major; each row starts on a word of its own. Mutable and
 * owned by one thread at a time: whoever keeps one keeps a copy.
 */
public final class Mask {
  private final int width;
  private final int height;
  private final int stride; // words a row
  private final long[]
      words; // [height][stride], bit x % 64 of word x / 64; bits beyond the width are 0

  /** An empty mask of {@code width} x {@code height} cells, each side 1..4096. */
  public Mask(int width, int height) {
    if (width < 1 || height < 1 || width > RunLength.MAX_SIDE || height > RunLength.MAX_SIDE) {
      throw new IllegalArgumentException(
          "a mask of " + width + " x " + height + "; sides are 1.." + RunLength.MAX_SIDE);
    }
    this.width = width;
    this.height = height;
    this.stride = (width + 63) >>> 6;
    this.words = new long[stride * height];
  }

  /** A mask with every cell set. */
  public static Mask full(int width, int height) {
    Mask mask = new Mask(width, height);
    mask.setRange(0, width * height);
    return mask;
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  public boolean get(int x, int y) {
    Objects.checkIndex(x, width); // x beyond the width may still be a bit of the row's last word
    return (words[y * stride + (x >>> 6)] >>> (x & 63) & 1) != 0;
  }

  public void set(int x, int y) {
    Objects.checkIndex(x, width);
    words[y * stride + (x >>> 6)] |= 1L << (x & 63);
  }

  public void clear(int x, int y) {
    Objects.checkIndex(x, width);
    words[y * stride + (x >>> 6)] &= ~(1L << (x & 63));
  }

  /**
   * Sets the cells from index {@code from} to before {@code to}, counted row-major over the whole
   * mask.
   */
  void setRange(int from, int to) {
    while (from < to) {
      int y = from / width;
      int x = from - y * width;
      int end = Math.min(width, x + to - from);
      setRow(y, x, end);
      from += end - x;
    }
  }

  /** Sets the cells of row {@code y} from column {@code from} to before {@code to}, if any. */
  public void setRow(int y, int from, int to) {
    if (from < 0 || to > width) {
      throw new IndexOutOfBoundsException(from + ".." + to + " of " + width + " columns");
    }
    if (from >= to) {
      return;
    }
    int first = y * stride + (from >>> 6);
    int last = y * stride + (to - 1 >>> 6);
    long head = -1L << (from & 63);
    long tail = -1L >>> (63 - (to - 1 & 63));
    if (first == last) {
      words[first] |= head & tail;
    } else {
      words[first] |= head;
      Arrays.fill(words, first + 1, last, -1L);
      words[last] |= tail;
    }
  }

  /** Makes row {@code y} the same as the one above it; it is no first row. */
  void repeatRow(int y) {
    System.arraycopy(words, (y - 1) * stride, words, y * stride, stride);
  }

  /** Clears the cells from index {@code from} to before {@code to}, counted as for setRange. */
  void clearRange(int from, int to) {
    while (from < to) {
      int y = from / width;
      int x = from - y * width;
      int end = Math.min(width, x + to - from);
      int row = y * stride;
      from += end - x;
      while (x < end) {
        int bit = x & 63;
        int n = Math.min(64 - bit, end - x);
        words[row + (x >>> 6)] &= ~((-1L >>> (64 - n)) << bit);
        x += n;
      }
    }
  }

  /** Clears every cell. Returns this. */
  public Mask clear() {
    Arrays.fill(words, 0);
    return this;
  }

  /** Makes this the same as {@code other}. Returns this. */
  public Mask set(Mask other) {
    check(other);
    System.arraycopy(other.words, 0, words, 0, words.length);
    return this;
  }

  /** How many cells are set. */
  public int count() {
    int n = 0;
    for (long word : words) {
      n += Long.bitCount(word);
    }
    return n;
  }

  /** How many cells of row {@code y} are set. */
  public int countRow(int y) {
    int n = 0;
    for (int i = y * stride; i < (y + 1) * stride; i++) {
      n += Long.bitCount(words[i]);
    }
    return n;
  }

  /** Whether a cell of row {@code y} from column {@code from} to before {@code to} is set. */
  public boolean anyInRow(int y, int from, int to) {
    Objects.checkFromToIndex(from, to, width);
    int row = y * stride;
    while (from < to) {
      int bit = from & 63;
      int n = Math.min(64 - bit, to - from);
      if ((words[row + (from >>> 6)] & (-1L >>> (64 - n)) << bit) != 0) {
        return true;
      }
      from += n;
    }
    return false;
  }

  /** How many cells of row {@code y} are set here and in {@code other}. */
  public int countRow(int y, Mask other) {
    check(other);
    int n = 0;
    for (int i = y * stride; i < (y + 1) * stride; i++) {
      n += Long.bitCount(words[i] & other.words[i]);
    }
    return n;
  }

  /** Whether every cell of {@code other} is set here. */
  public boolean covers(Mask other) {
    check(other);
    for (int i = 0; i < words.length; i++) {
      if ((other.words[i] & ~words[i]) != 0) {
        return false;
      }
    }
    return true;
  }

  public boolean isEmpty() {
    for (long word : words) {
      if (word != 0) {
        return false;
      }
    }
    return true;
  }

  /** Keeps the cells that {@code other} has too. Returns this. */
  public Mask and(Mask other) {
    check(other);
    for (int i = 0; i < words.length; i++) {
      words[i] &= other.words[i];
    }
    return this;
  }

  /** Adds the cells of {@code other}. Returns this. */
  public Mask or(Mask other) {
    check(other);
    for (int i = 0; i < words.length; i++) {
      words[i] |= other.words[i];
    }
    return this;
  }

  /** Takes away the cells of {@code other}. Returns this. */
  public Mask andNot(Mask other) {
    check(other);
    for (int i = 0; i < words.length; i++) {
      words[i] &= ~other.words[i];
    }
    return this;
  }

  /** The cells that this has not. A new mask. */
  public Mask not() {
    return full(width, height).andNot(this);
  }

  public Mask copy() {
    Mask copy = new Mask(width, height);
    System.arraycopy(words, 0, copy.words, 0, words.length);
    return copy;
  }

  /**
   * The first column of row {@code y} at or after {@code from} that is {@code value}, or the width.
   */
  public int next(int y, int from, boolean value) {
    int row = y * stride;
    for (int x = from; x < width; x = (x | 63) + 1) {
      long word = words[row + (x >>> 6)];
      long rest = (value ? word : ~word) >>> (x & 63);
      if (rest != 0) {
        // bits beyond the width are 0, and so look dry
        return Math.min(width, x + Long.numberOfTrailingZeros(rest));
      }
    }
    return width;
  }

  private void check(Mask other) {
    if (other.width != width || other.height != height) {
      throw new IllegalArgumentException(
          "masks of "
              + width
              + " x "
              + height
              + " and "
              + other.width
              + " x "
              + other.height
              + " do not meet");
    }
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Mask other
        && width == other.width
        && height == other.height
        && Arrays.equals(words, other.words);
  }

  @Override
  public int hashCode() {
    return 31 * width + Arrays.hashCode(words);
  }

  @Override
  public String toString() {
    return "Mask[" + width + " x " + height + ", " + count() + " set]";
  }
}
