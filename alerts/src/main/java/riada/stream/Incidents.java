package riada.stream;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import riada.proto.Alert;
import riada.proto.RegionState;
import riada.proto.Severity;

/**
 * The life of a region's incident: one id from PENDING, or from ALERTING where nothing is waited
 * for, to the end. Pure.
 */
final class Incidents {
  private static final DateTimeFormatter ID_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private Incidents() {}

  /** The life with the state that was decided on; an incident begins or ends with it. */
  static RegionLife decided(RegionLife life, AlertPolicy.Decision decision, Figures figures) {
    RegionState before = life.getState();
    RegionLife.Builder after =
        life.toBuilder().setState(decision.state()).clearDry().addAllDry(decision.dry());
    if (before == RegionState.NORMAL && decision.state() != RegionState.NORMAL) {
      String incident =
          life.getDefinition().getRegion().getId()
              + "-"
              + ID_TIME.format(Instant.ofEpochMilli(figures.asOfMs()));
      if (!incident.equals(life.getIncidentId())) {
        after.setIncidentId(incident).setSequence(0);
      }
      after
          .clearAcknowledgement()
          .clearSilence()
          .clearEscalated()
          .setPendingSinceMs(figures.newestMs());
    }
    if (!AlertPolicy.isOpen(before) && AlertPolicy.isOpen(decision.state())) {
      after.setRaisedAsOfMs(figures.newestMs());
    }
    return after.build();
  }

  /** The life once {@code told} went out with {@code figures}. */
  static RegionLife told(
      RegionLife life,
      Telling.Told told,
      AlertPolicy.Decision decision,
      Figures figures,
      long nowMs) {
    RegionLife.Builder after =
        life.toBuilder()
            .setSequence(life.getSequence() + 1)
            .setEscalated(life.getEscalated() || told.escalates())
            .setToldAsOfMs(figures.asOfMs())
            .setToldCm2(figures.floodCm2())
            .setToldSeverity(decision.severity())
            .setToldVisibility(figures.visibility())
            .setToldLost(decision.visibilityLost())
            .setToldReference(figures.referenceVersion());
    if (told.kind() == Alert.Kind.ALERT) {
      after.setAlertedClockMs(nowMs);
    }
    return after.setTold(Outgoing.alert(after.build(), told, decision, figures, nowMs)).build();
  }

  /**
   * Ends the incident of a deleted region with the figures told last: those at hand may be of some
   * of its tiles only. An incident that nobody was told of ends in silence, with the sequence as it
   * was.
   */
  static RegionLife withdrawn(RegionLife life, long nowMs) {
    RegionLife.Builder after = life.toBuilder().setState(RegionState.NORMAL);
    if (!AlertPolicy.isOpen(life.getState()) || life.getSequence() == 0) {
      return after.build();
    }
    int sequence = life.getSequence() + 1;
    Alert cancel =
        life.getTold().toBuilder()
            .setAlertId(life.getIncidentId() + "-" + sequence)
            .setSequence(sequence)
            .setKind(Alert.Kind.CANCEL)
            .setSeverity(Severity.MINOR)
            .setCause(Alert.Cause.REGION_DELETED)
            .setReason(
                "Region "
                    + life.getDefinition().getRegion().getName()
                    + " was deleted and is no longer watched; this is no all-clear.")
            .setAlertedAt(Outgoing.timestamp(nowMs))
            .build();
    return after.setSequence(sequence).setTold(cancel).build();
  }

  /** The alert told last, with references to all of its incident before it. */
  static Alert newest(RegionLife life) {
    Alert.Builder alert = life.getTold().toBuilder();
    for (int i = 1; i < life.getSequence(); i++) {
      alert.addReferences(life.getIncidentId() + "-" + i);
    }
    return alert.build();
  }
}
