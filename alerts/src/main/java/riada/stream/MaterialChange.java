package riada.stream;

import java.util.Locale;
import riada.proto.Alert;
import riada.proto.Severity;

/** What of an open incident is worth an UPDATE, against the alert that was sent last. Pure. */
final class MaterialChange {
  /** At most one UPDATE in this time of as_of, unless severity rises. */
  static final long UPDATE_INTERVAL_MS = 600_000;

  private MaterialChange() {}

  /**
   * The cause of an UPDATE that is due now. A correction of the reference comes tile by tile, each
   * with figures of its own: nothing but rising severity is told while it may go on.
   *
   * @param life of an incident that is open
   * @param severity of these figures
   * @return unspecified when nothing is to be told, or not yet
   */
  static Alert.Cause due(RegionLife life, Figures figures, Severity severity) {
    boolean rises = severity.getNumber() > life.getToldSeverity().getNumber();
    boolean rested = Math.abs(figures.asOfMs() - life.getToldAsOfMs()) >= UPDATE_INTERVAL_MS;
    return rises || rested && !life.getBasisMoves()
        ? cause(life, figures, severity)
        : Alert.Cause.CAUSE_UNSPECIFIED;
  }

  private static Alert.Cause cause(RegionLife life, Figures figures, Severity severity) {
    if (severity != life.getToldSeverity()) {
      return Alert.Cause.SEVERITY_CHANGED;
    }
    if (hasGrown(life, figures)) {
      return Alert.Cause.AREA_GREW;
    }
    if (isLost(life, figures)) {
      return Alert.Cause.VISIBILITY_LOST;
    }
    if (isRegained(life, figures)) {
      return Alert.Cause.VISIBILITY_REGAINED;
    }
    return isCorrected(life, figures)
        ? Alert.Cause.REFERENCE_CHANGED
        : Alert.Cause.CAUSE_UNSPECIFIED;
  }

  /** What changed, as the end of a sentence that begins with the region. */
  static String phrase(Alert.Cause cause, Severity severity) {
    return switch (cause) {
      case SEVERITY_CHANGED -> "severity is now " + severity.name().toLowerCase(Locale.ROOT);
      case AREA_GREW -> "the flooded area has grown by a fifth or more";
      case VISIBILITY_LOST -> "less of it can be seen";
      case VISIBILITY_REGAINED -> "it can be seen again";
      case REFERENCE_CHANGED -> "what is normally wet was corrected";
      default -> throw new IllegalArgumentException("no update says " + cause);
    };
  }

  /** Whether consumers who are told these figures know that sight is lost and not yet regained. */
  static boolean toldLost(RegionLife life, Figures figures) {
    return (life.getToldLost() || isLost(life, figures)) && !isRegained(life, figures);
  }

  private static boolean hasGrown(RegionLife life, Figures figures) {
    return 5 * (figures.floodCm2() - life.getToldCm2()) >= life.getToldCm2()
        && figures.floodCm2() > life.getToldCm2();
  }

  private static boolean isLost(RegionLife life, Figures figures) {
    return figures.visibility().getNumber() < life.getToldVisibility().getNumber();
  }

  private static boolean isRegained(RegionLife life, Figures figures) {
    return life.getToldLost()
        && figures.visibility().getNumber() > life.getToldVisibility().getNumber();
  }

  /** Whether the reference is another than consumers were told, in any tile of the region. */
  private static boolean isCorrected(RegionLife life, Figures figures) {
    boolean inSomeTile =
        !life.getToldBasis().isEmpty() && !life.getBasis().equals(life.getToldBasis());
    return inSomeTile || !figures.referenceVersion().equals(life.getToldReference());
  }
}
