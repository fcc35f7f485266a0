package riada.eval;

import java.util.ArrayList;
import java.util.List;
import riada.mask.Mask;
import riada.proto.BadInput;

/**
 * Masks as the run lengths that others exchange, column by column from the top left: Kaggle's
 * competitions and the COCO data set. Not what travels in Riada, see {@link riada.mask.RunLength}.
 */
public final class RunLengthText {
  private RunLengthText() {}

  /**
   * Kaggle's form: {@code start length start length ...} of the wet runs, cells numbered from 1.
   * Empty for an empty mask.
   */
  public static String kaggle(Mask mask) {
    List<String> runs = new ArrayList<>();
    long at = 1;
    boolean wet = false;
    for (long length : counts(mask)) {
      if (wet) {
        runs.add(at + " " + length);
      }
      at += length;
      wet = !wet;
    }
    return String.join(" ", runs);
  }

  /**
   * Reads Kaggle's form.
   *
   * @throws BadInput when it is not pairs of numbers in rising order within the mask
   */
  public static Mask kaggle(String text, int width, int height) throws BadInput {
    Mask mask = new Mask(width, height);
    String[] numbers = text.isBlank() ? new String[0] : text.strip().split("\\s+");
    long after = 1; // the first cell that a run may start at
    for (int i = 0; i + 1 < numbers.length; i += 2) {
      long start = number(numbers[i]);
      long length = number(numbers[i + 1]);
      if (start < after || length < 1 || start - 1 + length > (long) width * height) {
        throw invalid(
            "the run " + start + " " + length + " does not fit " + width + " x " + height);
      }
      set(mask, start - 1, length);
      after = start + length;
    }
    if (numbers.length % 2 != 0) {
      throw invalid("the last start has no length");
    }
    return mask;
  }

  /**
   * COCO's compressed form, as pycocotools has it in {@code counts}: lengths of dry and wet runs by
   * turns, the first dry, from the fourth on as the difference to the last but one, in groups of
   * five bits and a sixth that says that more follow, lowest first, each plus 48 as a character.
   */
  public static String coco(Mask mask) {
    StringBuilder text = new StringBuilder();
    List<Long> counts = counts(mask);
    for (int i = 0; i < counts.size(); i++) {
      long left = counts.get(i) - (i > 2 ? counts.get(i - 2) : 0);
      boolean more = true;
      while (more) {
        long bits = left & 0x1f;
        left >>= 5;
        more = (bits & 0x10) != 0 ? left != -1 : left != 0; // until only the sign is left
        text.append((char) (48 + (more ? bits | 0x20 : bits)));
      }
    }
    return text.toString();
  }

  /**
   * Reads COCO's compressed form.
   *
   * @throws BadInput when it is cut off, or its runs are not as many cells as the mask has
   */
  public static Mask coco(String text, int width, int height) throws BadInput {
    List<Long> counts = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      long count = 0;
      int shift = 0;
      int group = 0x20;
      while ((group & 0x20) != 0) {
        if (at == text.length() || shift > 55) {
          throw invalid("it ends within a number");
        }
        group = text.charAt(at++) - 48;
        if (group < 0 || group > 0x3f) {
          throw invalid("it has a character that is none of its 64");
        }
        count |= (long) (group & 0x1f) << shift;
        shift += 5;
      }
      if ((group & 0x10) != 0) {
        count |= -1L << shift;
      }
      counts.add(count + (counts.size() > 2 ? counts.get(counts.size() - 2) : 0));
    }
    Mask mask = new Mask(width, height);
    long cell = 0;
    for (int i = 0; i < counts.size(); i++) {
      long length = counts.get(i);
      if (length < 0 || cell + length > (long) width * height) {
        throw invalid("a run of " + length + " does not fit " + width + " x " + height);
      }
      if (i % 2 == 1) {
        set(mask, cell, length);
      }
      cell += length;
    }
    if (cell != (long) width * height) {
      throw invalid("its runs are " + cell + " cells of " + (long) width * height);
    }
    return mask;
  }

  /** Lengths of dry and wet runs by turns, column by column; the first, dry, may be 0. */
  static List<Long> counts(Mask mask) {
    List<Long> counts = new ArrayList<>();
    boolean wet = false;
    long length = 0;
    for (int x = 0; x < mask.width(); x++) {
      for (int y = 0; y < mask.height(); y++) {
        if (mask.get(x, y) != wet) {
          counts.add(length);
          length = 0;
          wet = !wet;
        }
        length++;
      }
    }
    counts.add(length);
    return counts;
  }

  private static void set(Mask mask, long from, long length) {
    for (long cell = from; cell < from + length; cell++) {
      mask.set((int) (cell / mask.height()), (int) (cell % mask.height()));
    }
  }

  private static long number(String text) throws BadInput {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw invalid("\"" + text + "\" is no number");
    }
  }

  private static BadInput invalid(String why) {
    return new BadInput("run_length_invalid", "The run lengths cannot be read: " + why + ".");
  }
}
