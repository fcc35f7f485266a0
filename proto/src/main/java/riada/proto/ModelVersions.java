package riada.proto;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * Which of two versions of a model is the higher: of one observation the higher one's mask counts.
 */
public final class ModelVersions {
  /** Part by part, numbers by value (1.10 after 1.9) and before words. */
  public static final Comparator<String> ORDER = ModelVersions::compare;

  private static final Pattern SEPARATOR = Pattern.compile("[.+-]");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

  private ModelVersions() {}

  private static int compare(String a, String b) {
    String[] left = SEPARATOR.split(a, -1);
    String[] right = SEPARATOR.split(b, -1);
    for (int i = 0; i < Math.min(left.length, right.length); i++) {
      boolean leftNumber = NUMBER.matcher(left[i]).matches();
      boolean rightNumber = NUMBER.matcher(right[i]).matches();
      int order =
          leftNumber && rightNumber
              ? new BigInteger(left[i]).compareTo(new BigInteger(right[i]))
              : leftNumber != rightNumber ? (leftNumber ? -1 : 1) : left[i].compareTo(right[i]);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(left.length, right.length);
  }
}
