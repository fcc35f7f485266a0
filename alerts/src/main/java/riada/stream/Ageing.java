package riada.stream;

import riada.proto.Tiles;

/**
 * The time of which a region's figures are, their {@code as_of}: it moves on with what is seen and,
 * in silence, with the wall clock. It goes back only where a clock in the future had set it. All
 * times are epoch milliseconds. Pure.
 */
final class Ageing {
  private Ageing() {}

  /**
   * The life once its tiles were looked at. Old sights are news, but not of a later time: the
   * figures go on ageing.
   *
   * @param newestMs sensing time of the region's newest pass, see {@link RegionState#newestMs}
   */
  static RegionLife seen(RegionLife life, long newestMs, long nowMs) {
    return asOf(righted(life, newestMs, nowMs), newestMs, nowMs);
  }

  /**
   * Whether the figures are to be told again though no tile came: nothing moved their time on for
   * {@code silenceMs}, or it is not to be trusted.
   */
  static boolean isDue(RegionLife life, long silenceMs, long nowMs) {
    return life.hasDefinition()
        && life.getAsOfMs() > 0 // something was looked at
        && (nowMs - life.getAsOfClockMs() >= silenceMs || isOfTheFuture(life, nowMs));
  }

  /**
   * The life after silence: its figures are older by what the wall clock went on, and of now at the
   * latest.
   *
   * @param newestMs as for {@link #seen}
   */
  static RegionLife aged(RegionLife life, long newestMs, long nowMs) {
    RegionLife righted = righted(life, newestMs, nowMs);
    long agedMs = righted.getAsOfMs() + nowMs - righted.getAsOfClockMs();
    return asOf(righted, Math.min(agedMs, nowMs), nowMs);
  }

  /**
   * A time that a clock in the future set is taken back once the clock is right: until then nothing
   * would be seen in time, and no flood would raise.
   */
  private static RegionLife righted(RegionLife life, long newestMs, long nowMs) {
    return isOfTheFuture(life, nowMs)
        ? life.toBuilder().setAsOfMs(Math.max(newestMs, 0)).setAsOfClockMs(nowMs).build()
        : life;
  }

  private static boolean isOfTheFuture(RegionLife life, long nowMs) {
    return Math.max(life.getAsOfMs(), life.getAsOfClockMs())
        > nowMs + Tiles.CLOCK_TOLERANCE.toMillis();
  }

  /** Moves the time of the figures on to {@code asOfMs}, if that is later than they are. */
  private static RegionLife asOf(RegionLife life, long asOfMs, long nowMs) {
    return asOfMs <= life.getAsOfMs()
        ? life
        : life.toBuilder().setAsOfMs(asOfMs).setAsOfClockMs(nowMs).build();
  }
}
