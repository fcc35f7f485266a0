package riada.stream;

import riada.proto.RegionState;
import riada.proto.Topics;

/** What a region's life needs though nothing happens, by the wall clock. Pure. */
final class Upkeep {
  /**
   * How often an incident, a pending one too, names what it rests on: what a pass saw would else be
   * gone from the tiles topic before the ALERT or the CANCEL names it.
   */
  static final long NAMED_EVERY_MS = Topics.TILES.retention().dividedBy(2).toMillis();

  /** So long after its region was deleted nothing is left that names an incident. */
  static final long FORGOTTEN_AFTER_MS = Topics.ALERTS.retention().toMillis();

  private Upkeep() {}

  static boolean isNamingDue(RegionLife life, long nowMs) {
    return life.getState() != RegionState.NORMAL // pending or held back: it may yet be told
        && (nowMs - life.getNamedClockMs() >= NAMED_EVERY_MS
            || life.getNamedClockMs() > nowMs); // a clock in the future set it
  }

  /** Whether no alert of the region is kept anywhere, and no region names it as its parent. */
  static boolean isForgotten(RegionLife life, long nowMs) {
    return !life.hasDefinition()
        && life.getChildrenCount() == 0
        && life.getDeletedClockMs() > 0
        && nowMs - life.getDeletedClockMs() >= FORGOTTEN_AFTER_MS;
  }

  /** The life once its evidence was named, if that was due, and since when its region is gone. */
  static RegionLife kept(RegionLife life, long nowMs) {
    RegionLife.Builder kept = life.toBuilder();
    if (life.hasDefinition()) {
      kept.clearDeletedClockMs();
    } else if (life.getDeletedClockMs() == 0) {
      kept.setDeletedClockMs(nowMs);
    }
    if (isNamingDue(life, nowMs)) {
      kept.setNamedClockMs(nowMs);
    }
    return kept.build();
  }
}
