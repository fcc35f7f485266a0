package riada.stream;

import riada.proto.Visibility;

/**
 * A region's sums at one moment, in square centimetres.
 *
 * @param asOfMs epoch milliseconds; 0 when nothing was ever looked at
 * @param floodedCm2 validly seen within max_age
 * @param mappedCm2 flood, stale flood included, in patches that are large enough to raise, or a sum
 *     that reaches raise_km2 exactly if that does; where the region asks for no size, or nothing
 *     hangs on it, {@code floodCm2()}
 * @param staleCm2 flood when last validly seen, unknown now
 * @param observedCm2 validly seen within max_age
 * @param referenceCm2 normally wet
 * @param referenceKnownCm2 for which a reference is known
 * @param areaCm2 the region
 * @param oldestMs sensing time of the oldest pass that still shows and is within max_age; 0: none
 * @param newestMs sensing time of the newest pass; 0: none
 * @param seenMs sensing time of the newest pass that validly saw anything of it; 0: none
 * @param inputsDigest of what the sums rest on, the same for any order of arrival
 * @param tiles analysis tiles with an observation that the sums rest on
 * @param referenceVersion the versions of the reference in use, joined by "+"; empty: none
 */
record Figures(
    long asOfMs,
    long floodedCm2,
    long staleCm2,
    long mappedCm2,
    long observedCm2,
    long referenceCm2,
    long referenceKnownCm2,
    long areaCm2,
    double minObserved,
    long oldestMs,
    long newestMs,
    long seenMs,
    String inputsDigest,
    int tiles,
    String referenceVersion) {
  static final double CM2_PER_KM2 = 1e10;

  /** Flood and stale flood together: what clearing looks at. */
  long floodCm2() {
    return floodedCm2 + staleCm2;
  }

  /** These figures with what the patches say. */
  Figures mapped(long cm2) {
    return new Figures(
        asOfMs,
        floodedCm2,
        staleCm2,
        cm2,
        observedCm2,
        referenceCm2,
        referenceKnownCm2,
        areaCm2,
        minObserved,
        oldestMs,
        newestMs,
        seenMs,
        inputsDigest,
        tiles,
        referenceVersion);
  }

  double observedFraction() {
    return areaCm2 == 0 ? 0 : (double) observedCm2 / areaCm2;
  }

  Visibility visibility() {
    if (observedCm2 == 0) {
      return Visibility.NO_DATA;
    }
    return observedFraction() < minObserved ? Visibility.PARTIAL : Visibility.SEEN;
  }
}
