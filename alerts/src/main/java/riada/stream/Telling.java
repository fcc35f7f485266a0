package riada.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import riada.proto.Alert;
import riada.proto.RegionState;

/**
 * What of the policy's decisions is told, and when: an operator's silence and a parent's incident
 * hold ALERT and UPDATE back, and what was held back is told when they end. The CANCEL of an
 * incident that was told is never held back. Pure.
 */
final class Telling {
  /** Beyond them no ring of regions is found out. */
  static final int MAX_ANCESTORS = 64;

  /** What goes out. */
  record Told(Alert.Kind kind, Alert.Cause cause, String reason, boolean escalates) {}

  private Telling() {}

  /**
   * @param life as the decision leaves it, its incident the one that the decision is on
   * @return null when there is nothing to tell now
   */
  static @Nullable Told of(
      RegionLife life, AlertPolicy.Decision decision, Figures figures, long nowMs) {
    boolean told = life.getSequence() > 0;
    if (decision.sends() == Alert.Kind.CANCEL) {
      return told ? new Told(Alert.Kind.CANCEL, decision.cause(), decision.reason(), false) : null;
    }
    if (!AlertPolicy.isOpen(decision.state()) || isSilenced(life, nowMs)) {
      return null;
    }
    if (decision.sends() == Alert.Kind.ALERT) {
      return new Told(Alert.Kind.ALERT, decision.cause(), decision.reason(), false);
    }
    if (!told) { // its ALERT was held back
      String reason = AlertPolicy.raiseReason(life.getDefinition(), figures);
      return new Told(Alert.Kind.ALERT, Alert.Cause.FLOOD_REACHED_LIMIT, reason, false);
    }
    if (isEscalationDue(life, nowMs)) {
      return new Told(
          Alert.Kind.UPDATE,
          Alert.Cause.UNACKNOWLEDGED,
          String.format(
              Locale.ROOT,
              "Nobody acknowledged the incident in %s within %s; %s.",
              Phrases.name(life.getDefinition().getRegion()),
              Phrases.time(life.getDefinition().getRegion().getEscalateAfter()),
              Phrases.flood(figures)),
          true);
    }
    return decision.sends() == null
        ? null
        : new Told(decision.sends(), decision.cause(), decision.reason(), false);
  }

  static boolean isSilenced(RegionLife life, long nowMs) {
    return life.getParentSilences()
        || life.hasSilence() && Actions.millis(life.getSilence().getUntil()) > nowMs;
  }

  /**
   * The life once its parent has spoken. A region that is its own ancestor heeds no parent: regions
   * around in a ring would else hold each other's alerts back for as long as they are flooded.
   */
  static RegionLife obeying(String region, RegionLife life, ParentNotice notice) {
    List<String> ancestors = new ArrayList<>(List.of(notice.getParent()));
    for (String further : notice.getAncestorsList()) {
      if (ancestors.contains(region) || ancestors.size() == MAX_ANCESTORS) {
        break;
      }
      ancestors.add(further);
    }
    return life.toBuilder()
        .clearAncestors()
        .addAllAncestors(ancestors)
        .setParentSilences(notice.getSilences() && !ancestors.contains(region))
        .build();
  }

  private static boolean isEscalationDue(RegionLife life, long nowMs) {
    com.google.protobuf.Duration after = life.getDefinition().getRegion().getEscalateAfter();
    long afterMs = after.getSeconds() * 1000 + after.getNanos() / 1_000_000;
    return afterMs > 0
        && !life.hasAcknowledgement()
        && !life.getEscalated()
        && nowMs - life.getAlertedClockMs() >= afterMs;
  }

  /**
   * Whether the incident silences those of the region's children: it is told, or silenced itself.
   */
  static boolean silencesChildren(RegionLife life) {
    boolean open =
        life.getState() == RegionState.ALERTING || life.getState() == RegionState.RECOVERING;
    return open && (life.getSequence() > 0 || life.getParentSilences());
  }
}
