package riada.stream;

import java.time.DateTimeException;
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
  /** The most alerts that one refers to: the first, and the newest before it. */
  static final int MAX_REFERENCES = 50;

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
          .clearNamedClockMs() // no name yet of this one
          .setPendingSinceMs(figures.seenMs());
    }
    if (!AlertPolicy.isOpen(before) && AlertPolicy.isOpen(decision.state())) {
      after.setClearsAfterMs(figures.newestMs());
    }
    return after.build();
  }

  /** When an incident began, by its id; 1970 when that does not say. */
  static Instant begun(String incident) {
    try {
      return Instant.from(ID_TIME.parse(incident.substring(incident.lastIndexOf('-') + 1)));
    } catch (DateTimeException e) {
      return Instant.EPOCH;
    }
  }

  /**
   * The life where its region or its reference is no longer what passes were judged by: how dry
   * those were is reckoned anew, and nobody saw it dry by that measure. Only passes newer than all
   * that are known now clear. A correction of the reference comes tile by tile: it may go on until
   * none came for {@code settledMs}. A region that was changed is no correction.
   *
   * @param basis names definition and reference, see {@link riada.stream.RegionState#basis}
   */
  static RegionLife rebased(
      RegionLife life, String basis, Figures figures, long nowMs, long settledMs) {
    boolean same = basis.equals(life.getBasis());
    boolean corrected =
        !same && riada.stream.RegionState.isOf(life.getDefinition(), life.getBasis());
    long clockMs = same ? life.getBasisClockMs() : corrected ? nowMs : 0;
    boolean moves = Math.abs(nowMs - clockMs) < settledMs;
    if (same && moves == life.getBasisMoves()) {
      return life;
    }
    RegionLife.Builder after = life.toBuilder().setBasisMoves(moves);
    if (same) {
      return after.build();
    }
    if (!corrected && life.getBasis().equals(life.getToldBasis())) {
      after.setToldBasis(basis);
    }
    return after
        .setBasis(basis)
        .setBasisClockMs(clockMs)
        .setClearsAfterMs(Math.max(life.getClearsAfterMs(), figures.newestMs()))
        .clearDry()
        .build();
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
            .setToldLost(told.kind() == Alert.Kind.UPDATE && MaterialChange.toldLost(life, figures))
            .setToldReference(figures.referenceVersion())
            .setToldBasis(life.getBasis());
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
                    + Phrases.name(life.getDefinition().getRegion())
                    + " was deleted and is no longer watched; this is no all-clear.")
            .setAlertedAt(Outgoing.timestamp(nowMs))
            .build();
    return after.setSequence(sequence).setTold(cancel).build();
  }

  /** The alert told last, with references to those of its incident before it. */
  static Alert newest(RegionLife life) {
    Alert.Builder alert = life.getTold().toBuilder();
    if (life.getSequence() > 1) {
      alert.addReferences(life.getIncidentId() + "-1");
    }
    for (int i = Math.max(2, life.getSequence() - MAX_REFERENCES + 1);
        i < life.getSequence();
        i++) {
      alert.addReferences(life.getIncidentId() + "-" + i);
    }
    return alert.build();
  }
}
