package riada.stream;

import java.util.HashMap;
import java.util.Map;

/**
 * What each sight of a tile adds to one region as far as newer sights do not alter it: carried on
 * from change to change, so that a change is reckoned from the sights that it concerns and not from
 * all of them. It holds nothing that cannot be reckoned anew. Owned by one thread.
 */
final class Tally {
  /** Sums of one sight in square centimetres, each with whether it is still known. */
  static final class Sums {
    private long validCm2;
    private long wetCm2;
    private long changeCm2;
    private boolean isSeenKnown;
    private boolean isChangeKnown;

    /** What it saw validly where no newer sight of its pass saw anything; {@link #wet} follows. */
    void valid(long cm2) {
      validCm2 = cm2;
    }

    /** What of that was flooded. */
    void wet(long cm2) {
      wetCm2 = cm2;
      isSeenKnown = true;
    }

    /** The whole flood after this sight less that before it. */
    void change(long change) {
      changeCm2 = change;
      isChangeKnown = true;
    }

    boolean isSeenKnown() {
      return isSeenKnown;
    }

    boolean isChangeKnown() {
      return isChangeKnown;
    }

    long validCm2() {
      return validCm2;
    }

    long wetCm2() {
      return wetCm2;
    }

    long changeCm2() {
      return changeCm2;
    }
  }

  private final RegionTile region;
  private final Map<PassKey, Sums> sights = new HashMap<>();

  Tally(RegionTile region) {
    this.region = region;
  }

  /** Whether it was made for the very same part of the region. */
  boolean isOf(RegionTile other) {
    return region.equals(other);
  }

  Sums of(PassKey sight) {
    return sights.computeIfAbsent(sight, key -> new Sums());
  }

  /**
   * What {@code changed} saw is new or another: newer pictures rest on it, and so does its pass.
   */
  void forget(PassKey changed) {
    sights.forEach(
        (sight, sums) -> {
          if (sight.acquiredAtMs() >= changed.acquiredAtMs()) {
            sums.isChangeKnown = false;
          }
          if (sight.acquiredAtMs() <= changed.acquiredAtMs()
              && sight.publisher().equals(changed.publisher())
              && sight.scene().equals(changed.scene())) {
            sums.isSeenKnown = false;
          }
        });
  }

  /**
   * Sights before {@code fromMs} went away that were hidden by others before it: those that stay
   * make the picture of that moment alone, and the same one.
   */
  void forgetBefore(long fromMs) {
    sights.keySet().removeIf(sight -> sight.acquiredAtMs() < fromMs);
  }
}
