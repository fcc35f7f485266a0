package riada.stream;

/**
 * What one pass found: the whole region's picture as of its newest instant, with nothing newer in
 * it.
 *
 * @param firstMs sensing time of its first tile here, epoch milliseconds
 * @param lastMs sensing time of its last
 * @param validCm2 what it saw validly
 * @param wetCm2 what it saw flooded
 * @param floodCm2 flood and stale flood in the picture as of {@code lastMs}
 */
record Look(
    String publisher,
    String scene,
    long firstMs,
    long lastMs,
    long validCm2,
    long wetCm2,
    long floodCm2) {
  /** Whether it saw enough of the region to speak for it. */
  boolean qualifies(double minObserved, long areaCm2) {
    return validCm2 > 0 && validCm2 >= minObserved * areaCm2;
  }
}
