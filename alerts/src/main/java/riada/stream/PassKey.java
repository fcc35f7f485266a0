package riada.stream;

import java.util.Comparator;

/**
 * What one publisher's scene saw at one instant.
 *
 * @param acquiredAtMs sensing time, epoch milliseconds
 */
record PassKey(long acquiredAtMs, String publisher, String scene) implements Comparable<PassKey> {
  private static final Comparator<PassKey> ORDER =
      Comparator.comparingLong(PassKey::acquiredAtMs)
          .thenComparing(PassKey::publisher)
          .thenComparing(PassKey::scene);

  static PassKey of(PassSums sums) {
    return new PassKey(sums.getAcquiredAtMs(), sums.getPublisher(), sums.getScene());
  }

  static PassKey of(Plane plane) {
    return new PassKey(plane.getAcquiredAtMs(), plane.getPublisher(), plane.getScene());
  }

  /** Oldest first. */
  @Override
  public int compareTo(PassKey other) {
    return ORDER.compare(this, other);
  }
}
