package riada.stream;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import riada.proto.Alert;
import riada.proto.Evidence;
import riada.proto.Observation;
import riada.proto.Region;
import riada.proto.RegionStats;
import riada.proto.Severity;

/**
 * Keeps each region's sums and the life of its incident, and sends figures and alerts. A region
 * speaks once each of its tiles has reported; it is silent again when it was changed, until the
 * tiles have reported on the change.
 */
final class IncidentProcessor extends ContextualProcessor<String, RegionInput, String, Judged> {
  /** Store of contributions: region id, NUL and tile. */
  static final String CONTRIBUTIONS = "contributions";

  /** Store of RegionLife by region id. */
  static final String REGIONS = "regions";

  private static final StringSerializer KEYS = new StringSerializer();
  private static final DateTimeFormatter INCIDENT_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final long silenceMs;
  private final Receipts receipts;
  private final Map<String, RegionState> states = new HashMap<>(); // rebuilt from the store

  @SuppressWarnings("NullAway.Init") // Streams calls init first
  private KeyValueStore<String, Contribution> contributions;

  @SuppressWarnings("NullAway.Init")
  private KeyValueStore<String, RegionLife> lives;

  IncidentProcessor(TopologyConfig config) {
    this.silenceMs = config.silence().toMillis();
    this.receipts = new Receipts(config.issuer());
  }

  @Override
  public void init(ProcessorContext<String, Judged> context) {
    super.init(context);
    states.clear();
    contributions = context.getStateStore(CONTRIBUTIONS);
    lives = context.getStateStore(REGIONS);
    receipts.open(context.getStateStore(Receipts.STORE), contributions);
    context.schedule(
        Duration.ofMillis(silenceMs), PunctuationType.WALL_CLOCK_TIME, this::listenToSilence);
  }

  @Override
  public void process(Record<String, RegionInput> from) {
    RegionInput input = from.value();
    switch (input.getInputCase()) {
      case DEFINITION -> define(input.getRegionId(), input.getDefinition());
      case DELETED -> delete(input.getRegionId(), from.timestamp());
      case CONTRIBUTION -> count(input.getContribution(), from.timestamp());
      case INPUT_NOT_SET ->
          throw new IllegalStateException("an empty RegionInput for " + input.getRegionId());
    }
  }

  private void define(String region, RegionDefinition definition) {
    forget(region);
    RegionLife before = lives.get(region);
    RegionLife life = before == null ? RegionLife.getDefaultInstance() : before;
    lives.put(region, life.toBuilder().setDefinition(definition).build());
  }

  private void delete(String region, long timestamp) {
    RegionLife life = lives.get(region);
    if (life == null || !life.hasDefinition()) {
      return;
    }
    if (life.getState() != riada.proto.RegionState.NORMAL) {
      life = withdraw(life, timestamp);
    }
    forget(region);
    // The incident's id and sequence stay: should the region come back, no alert id comes twice.
    lives.put(region, life.toBuilder().clearDefinition().clearDry().clearAsOfMs().build());
    context().forward(new Record<>(region, (Judged) new Judged.OfStats(null), timestamp));
  }

  /**
   * Ends the incident of a deleted region with the figures told last: those at hand may be of some
   * of its tiles only.
   */
  private RegionLife withdraw(RegionLife life, long timestamp) {
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
            .setAlertedAt(now())
            .build();
    RegionLife after =
        life.toBuilder()
            .setState(riada.proto.RegionState.NORMAL)
            .setSequence(sequence)
            .setTold(cancel)
            .build();
    send(after, timestamp);
    return after;
  }

  private void forget(String region) {
    states.remove(region);
    List<String> keys = new ArrayList<>();
    try (KeyValueIterator<String, Contribution> all =
        contributions.prefixScan(region + "\0", KEYS)) {
      all.forEachRemaining(entry -> keys.add(entry.key));
    }
    keys.forEach(contributions::delete);
  }

  private void count(Contribution contribution, long timestamp) {
    String region = contribution.getRegionId();
    RegionLife life = lives.get(region);
    if (life == null
        || !life.hasDefinition()
        || !life.getDefinition().getVersion().equals(contribution.getRegionVersion())) {
      return; // of a region as it was before it was changed or deleted
    }
    RegionState state = state(region, life.getDefinition());
    String key = region + "\0" + contribution.getTile();
    Contribution before = contributions.get(key);
    if (before != null) {
      state.subtract(before);
    }
    state.add(contribution);
    contributions.put(key, contribution);
    if (state.isComplete()) {
      // Old sights are news, but not of a later time: the figures go on ageing.
      life = asOf(life, state.newestMs(), context().currentSystemTimeMs());
      lives.put(region, judge(life, state, contribution.getReceivedAtMs(), timestamp));
    }
  }

  /** Moves the time of the figures on to {@code asOfMs}, if that is later than they are. */
  private static RegionLife asOf(RegionLife life, long asOfMs, long nowMs) {
    return asOfMs <= life.getAsOfMs()
        ? life
        : life.toBuilder().setAsOfMs(asOfMs).setAsOfClockMs(nowMs).build();
  }

  private RegionState state(String region, RegionDefinition definition) {
    RegionState known = states.get(region);
    if (known != null) {
      return known;
    }
    RegionState state = new RegionState(definition);
    try (KeyValueIterator<String, Contribution> all =
        contributions.prefixScan(region + "\0", KEYS)) {
      all.forEachRemaining(entry -> state.add(entry.value));
    }
    states.put(region, state);
    return state;
  }

  /**
   * Figures age though no tile comes: they are told again for each region that hears nothing new.
   */
  private void listenToSilence(long nowMs) {
    List<KeyValue<String, RegionLife>> silent = new ArrayList<>();
    try (KeyValueIterator<String, RegionLife> all = lives.all()) {
      while (all.hasNext()) {
        KeyValue<String, RegionLife> entry = all.next();
        RegionLife life = entry.value;
        if (life.hasDefinition()
            && life.getAsOfMs() > 0 // something was looked at
            && nowMs - life.getAsOfClockMs() >= silenceMs) {
          silent.add(entry);
        }
      }
    }
    for (KeyValue<String, RegionLife> entry : silent) {
      RegionState state = state(entry.key, entry.value.getDefinition());
      if (state.isComplete() && state.newestMs() > 0) {
        long aged = entry.value.getAsOfMs() + nowMs - entry.value.getAsOfClockMs();
        RegionLife life = asOf(entry.value, Math.min(aged, nowMs), nowMs);
        lives.put(entry.key, judge(life, state, 0, nowMs));
      }
    }
  }

  private RegionLife judge(RegionLife life, RegionState state, long receivedAtMs, long timestamp) {
    Figures figures = state.at(life.getAsOfMs());
    boolean calm = life.getState() == riada.proto.RegionState.NORMAL; // nothing to clear
    AlertPolicy.Decision decision =
        AlertPolicy.judge(life, figures, calm ? List.of() : state.looks());
    RegionLife after = tell(life, decision, figures, timestamp);
    String region = life.getDefinition().getRegion().getId();
    RegionStats stats = stats(after, figures, receivedAtMs);
    context().forward(new Record<>(region, (Judged) new Judged.OfStats(stats), timestamp));
    return after;
  }

  /** Sends the alert that was decided on, if there is one, and writes it into the life. */
  private RegionLife tell(
      RegionLife life, AlertPolicy.Decision decision, Figures figures, long timestamp) {
    RegionLife.Builder after =
        life.toBuilder().setState(decision.state()).clearDry().addAllDry(decision.dry());
    Alert.@Nullable Kind kind = decision.sends();
    if (kind == null) {
      return after.build();
    }
    if (kind == Alert.Kind.ALERT) {
      String incident =
          life.getDefinition().getRegion().getId()
              + "-"
              + INCIDENT_TIME.format(Instant.ofEpochMilli(figures.asOfMs()));
      if (!incident.equals(life.getIncidentId())) {
        after.setIncidentId(incident).setSequence(0);
      }
      after.setRaisedAsOfMs(figures.newestMs());
    }
    after
        .setSequence(after.getSequence() + 1)
        .setToldAsOfMs(figures.asOfMs())
        .setToldCm2(figures.floodCm2())
        .setToldSeverity(decision.severity())
        .setToldVisibility(figures.visibility())
        .setToldLost(decision.visibilityLost());
    RegionLife told = after.setTold(alert(after.build(), kind, decision, figures)).build();
    send(told, timestamp);
    return told;
  }

  /** Sends the alert told last, with references to all before it. */
  private void send(RegionLife life, long timestamp) {
    Alert.Builder alert = life.getTold().toBuilder();
    for (int i = 1; i < life.getSequence(); i++) {
      alert.addReferences(life.getIncidentId() + "-" + i);
    }
    Receipts.Receipt receipt = receipts.seal(alert.build());
    Judged told = new Judged.OfAlert(receipt.alert());
    context().forward(new Record<>(life.getIncidentId(), told, timestamp));
    for (Evidence evidence : receipt.evidence()) {
      String key = Receipts.key(evidence.getIncidentId(), evidence.getObservationId());
      context().forward(new Record<>(key, (Judged) new Judged.OfEvidence(evidence), timestamp));
    }
  }

  private Alert alert(
      RegionLife life, Alert.Kind kind, AlertPolicy.Decision decision, Figures figures) {
    RegionDefinition definition = life.getDefinition();
    return Alert.newBuilder()
        .setIncidentId(life.getIncidentId())
        .setAlertId(life.getIncidentId() + "-" + life.getSequence())
        .setSequence(life.getSequence())
        .setKind(kind)
        .setSeverity(decision.severity())
        .setRegionId(definition.getRegion().getId())
        .setRegionName(definition.getRegion().getName())
        .setFloodedKm2(figures.floodedCm2() / Figures.CM2_PER_KM2)
        .setFloodedStaleKm2(figures.staleCm2() / Figures.CM2_PER_KM2)
        .setObservedFraction(figures.observedFraction())
        .setAsOf(Observation.timestamp(Instant.ofEpochMilli(figures.asOfMs())))
        .setEvidenceDigest(figures.inputsDigest())
        .setEvidenceCount(figures.tiles())
        .setCause(decision.cause())
        .setReason(decision.reason())
        .setRegionVersion(definition.getVersion())
        .setPolicyVersion(AlertPolicy.VERSION)
        .setVisibility(figures.visibility())
        .setAlertedAt(now())
        .build();
  }

  private RegionStats stats(RegionLife life, Figures figures, long receivedAtMs) {
    RegionDefinition definition = life.getDefinition();
    Region region = definition.getRegion();
    RegionStats.Builder stats = RegionStats.newBuilder();
    if (figures.newestMs() > 0) { // nothing was looked at: no time can be given
      stats
          .setAsOf(Observation.timestamp(Instant.ofEpochMilli(figures.asOfMs())))
          .setNewestObservation(Observation.timestamp(Instant.ofEpochMilli(figures.newestMs())));
    }
    if (figures.oldestMs() > 0) {
      stats.setOldestObservation(Observation.timestamp(Instant.ofEpochMilli(figures.oldestMs())));
    }
    if (receivedAtMs > 0) {
      stats.setReceivedAt(Observation.timestamp(Instant.ofEpochMilli(receivedAtMs)));
    }
    boolean open = life.getState() != riada.proto.RegionState.NORMAL;
    return stats
        .setRegionId(region.getId())
        .setRegionName(region.getName())
        .setState(life.getState())
        .setVisibility(figures.visibility())
        .setFloodedKm2(figures.floodedCm2() / Figures.CM2_PER_KM2)
        .setFloodedStaleKm2(figures.staleCm2() / Figures.CM2_PER_KM2)
        .setObservedFraction(figures.observedFraction())
        .setReferenceFraction((double) figures.referenceKnownCm2() / figures.areaCm2())
        .setAreaKm2(figures.areaCm2() / Figures.CM2_PER_KM2)
        .setRegionVersion(definition.getVersion())
        .setPolicyVersion(AlertPolicy.VERSION)
        .setInputsDigest(figures.inputsDigest())
        .setFloodedCm2(figures.floodedCm2())
        .setFloodedStaleCm2(figures.staleCm2())
        .setObservedCm2(figures.observedCm2())
        .setAreaCm2(figures.areaCm2())
        .setReferenceCm2(figures.referenceCm2())
        .setIncidentId(open ? life.getIncidentId() : "")
        .setPassesBelow(life.getDryCount())
        .setRaiseKm2(region.getRaiseKm2())
        .setClearKm2(region.getClearKm2())
        .setMeasuredAt(now())
        .build();
  }

  private com.google.protobuf.Timestamp now() {
    return Observation.timestamp(Instant.ofEpochMilli(context().currentSystemTimeMs()));
  }
}
