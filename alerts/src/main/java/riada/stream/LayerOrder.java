package riada.stream;

import com.google.protobuf.ByteString;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.regex.Pattern;

/** Which layer lies above which, and which of two masks of one observation counts. */
final class LayerOrder {
  /**
   * Newest first; of the same instant by pass, so that no order of arrival matters and what one
   * pass saw at one instant stands together, and of one pass the finest first.
   */
  static final Comparator<Plane> NEWEST_FIRST =
      Comparator.comparingLong(Plane::getAcquiredAtMs)
          .reversed()
          .thenComparing(Plane::getPublisher)
          .thenComparing(Plane::getScene)
          .thenComparing(Comparator.comparingInt(Plane::getZoom).reversed());

  /** The greater of two layers of one observation counts; equal ones are the same. */
  static final Comparator<Layer> SUCCESSION =
      Comparator.comparingInt(Layer::getProcessingVersion)
          .thenComparing(layer -> layer.getModel().getVersion(), LayerOrder::compareVersions)
          .thenComparing(Layer::getMaskDigest, ByteString.unsignedLexicographicalComparator());

  private static final Pattern SEPARATOR = Pattern.compile("[.+-]");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

  private LayerOrder() {}

  /** Part by part, numbers by value (1.10 after 1.9) and before words. */
  private static int compareVersions(String a, String b) {
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
