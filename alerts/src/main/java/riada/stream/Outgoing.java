package riada.stream;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import riada.proto.Alert;
import riada.proto.Observation;
import riada.proto.PassRef;
import riada.proto.Region;
import riada.proto.RegionState;
import riada.proto.RegionStats;

/** The records that a region's life and figures become. Pure. */
final class Outgoing {
  private Outgoing() {}

  /**
   * The figures of a region.
   *
   * @param receivedAtMs of the mask that caused it; 0 when none did
   */
  static RegionStats stats(
      RegionLife life, Figures figures, List<Look> looks, long receivedAtMs, long nowMs) {
    RegionDefinition definition = life.getDefinition();
    Region region = definition.getRegion();
    Limits limits = Limits.of(definition);
    RegionStats.Builder stats = RegionStats.newBuilder();
    if (figures.newestMs() > 0) { // nothing was looked at: no time can be given
      stats.setAsOf(timestamp(figures.asOfMs()));
    }
    if (figures.seenMs() > 0) { // a pass that saw nothing but cloud is no sight
      stats
          .setNewestObservation(timestamp(figures.seenMs()))
          .setLastKnownAge(duration(figures.asOfMs() - figures.seenMs()));
    }
    if (figures.oldestMs() > 0) {
      stats.setOldestObservation(timestamp(figures.oldestMs()));
    }
    if (receivedAtMs > 0) {
      stats.setReceivedAt(timestamp(receivedAtMs));
    }
    trend(stats, Trend.of(looks, region.getMinObserved(), figures.areaCm2()));
    incident(stats, life);
    return stats
        .setRegionId(region.getId())
        .setRegionName(region.getName())
        .setState(life.getState())
        .setVisibility(figures.visibility())
        .setFloodedKm2(km2(figures.floodedCm2()))
        .setFloodedStaleKm2(km2(figures.staleCm2()))
        .setLastKnownKm2(km2(figures.floodCm2()))
        .setObservedFraction(figures.observedFraction())
        .setUnknownFraction(1 - figures.observedFraction())
        .setReferenceFraction((double) figures.referenceKnownCm2() / figures.areaCm2())
        .setReferenceVersion(figures.referenceVersion())
        .setAreaKm2(km2(figures.areaCm2()))
        .setRegionVersion(definition.getVersion())
        .setPolicyVersion(AlertPolicy.VERSION)
        .setInputsDigest(figures.inputsDigest())
        .setFloodedCm2(figures.floodedCm2())
        .setFloodedStaleCm2(figures.staleCm2())
        .setObservedCm2(figures.observedCm2())
        .setAreaCm2(figures.areaCm2())
        .setReferenceCm2(figures.referenceCm2())
        .setPassesBelow(life.getDryCount())
        .setRaiseKm2(km2(limits.raiseCm2()))
        .setClearKm2(km2(limits.clearCm2()))
        .setParent(region.getParent())
        .addAllChildren(life.getChildrenList())
        .setSilencesChildren(Telling.silencesChildren(life))
        .addAllAncestors(life.getAncestorsList())
        .setSilencedByParent(life.getParentSilences())
        .addAllTimeliness(life.getTimelinessList())
        .setMeasuredAt(timestamp(nowMs))
        .build();
  }

  private static void trend(RegionStats.Builder stats, Optional<Trend> trend) {
    if (trend.isEmpty()) {
      return;
    }
    stats.setTrendKm2PerHour(trend.get().km2PerHour());
    for (Look look : trend.get().looks()) {
      stats.addTrendPasses(
          PassRef.newBuilder()
              .setPublisher(look.publisher())
              .setScene(look.scene())
              .setAcquiredAt(timestamp(look.lastMs()))
              .setFloodedKm2(km2(look.floodCm2())));
    }
  }

  private static void incident(RegionStats.Builder stats, RegionLife life) {
    if (life.getState() == RegionState.NORMAL) {
      return;
    }
    stats.setIncidentId(life.getIncidentId()).setEscalated(life.getEscalated());
    if (life.hasAcknowledgement()) {
      stats
          .setAcknowledgedBy(life.getAcknowledgement().getWho())
          .setAcknowledgedAt(life.getAcknowledgement().getAt());
    }
    if (life.hasSilence()) {
      stats
          .setSilencedBy(life.getSilence().getWho())
          .setSilencedUntil(life.getSilence().getUntil());
    }
  }

  /**
   * The alert that is told with these figures.
   *
   * @param life with the incident and the sequence of this alert
   */
  static Alert alert(
      RegionLife life,
      Telling.Told told,
      AlertPolicy.Decision decision,
      Figures figures,
      long nowMs) {
    RegionDefinition definition = life.getDefinition();
    return Alert.newBuilder()
        .setIncidentId(life.getIncidentId())
        .setAlertId(life.getIncidentId() + "-" + life.getSequence())
        .setSequence(life.getSequence())
        .setKind(told.kind())
        .setSeverity(decision.severity())
        .setRegionId(definition.getRegion().getId())
        .setRegionName(definition.getRegion().getName())
        .setFloodedKm2(km2(figures.floodedCm2()))
        .setFloodedStaleKm2(km2(figures.staleCm2()))
        .setObservedFraction(figures.observedFraction())
        .setAsOf(timestamp(figures.asOfMs()))
        .setEvidenceDigest(figures.inputsDigest())
        .setEvidenceCount(figures.tiles())
        .setCause(told.cause())
        .setReason(told.reason())
        .setRegionVersion(definition.getVersion())
        .setPolicyVersion(AlertPolicy.VERSION)
        .setVisibility(figures.visibility())
        .setEscalated(life.getEscalated())
        .setAcknowledgedBy(life.getAcknowledgement().getWho())
        .setAlertedAt(timestamp(nowMs))
        .build();
  }

  static Timestamp timestamp(long epochMs) {
    return Observation.timestamp(Instant.ofEpochMilli(epochMs));
  }

  private static Duration duration(long ms) {
    return Duration.newBuilder()
        .setSeconds(ms / 1000)
        .setNanos((int) (ms % 1000) * 1_000_000)
        .build();
  }

  private static double km2(long cm2) {
    return cm2 / Figures.CM2_PER_KM2;
  }
}
