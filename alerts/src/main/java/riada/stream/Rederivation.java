package riada.stream;

import com.google.protobuf.ByteString;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import riada.proto.Alert;
import riada.proto.Evidence;
import riada.proto.Observation;
import riada.proto.Tiles;
import riada.proto.Visibility;
import riada.proto.WaterMask;

/** What whoever derives an alert again asks of the stage that made it. Pure. */
public final class Rederivation {
  /** Store of the topology with what each tile adds to each region. */
  public static final String CONTRIBUTIONS = RegionSums.STORE;

  /** Store of the topology with each region. */
  public static final String REGIONS = IncidentProcessor.REGIONS;

  private static final StringSerializer KEYS = new StringSerializer();

  /** The figures of an alert. */
  public record Again(
      double floodedKm2,
      double floodedStaleKm2,
      double observedFraction,
      Visibility visibility,
      String referenceVersion) {
    /** Whether they are the alert's, bit for bit. */
    public boolean isOf(Alert alert) {
      return Double.compare(floodedKm2, alert.getFloodedKm2()) == 0
          && Double.compare(floodedStaleKm2, alert.getFloodedStaleKm2()) == 0
          && Double.compare(observedFraction, alert.getObservedFraction()) == 0
          && visibility == alert.getVisibility();
    }
  }

  private Rederivation() {}

  /** The version of the rules by which alerts are judged now. */
  public static String policyVersion() {
    return AlertPolicy.VERSION;
  }

  /**
   * A time before which no evidence of an incident was written: it is named from when the incident
   * is pending, be its alert held back or not.
   */
  public static Instant begun(String incident) {
    return Incidents.begun(incident).minus(Tiles.CLOCK_TOLERANCE);
  }

  /** The digest by which {@link Evidence} names a mask. */
  public static ByteString maskDigest(WaterMask mask) {
    return MaskIntake.digest(mask);
  }

  /** The digest by which an alert names this evidence; see {@link Alert} and {@link Receipts}. */
  public static String observationsDigest(List<Evidence> evidence) {
    MessageDigest sha = Observation.sha256();
    evidence.stream()
        .sorted(Comparator.comparing(Evidence::getObservationId))
        .forEach(
            one ->
                Receipts.add(
                    sha,
                    one.getObservationId(),
                    one.getProcessingVersion(),
                    one.getModel(),
                    one.getMaskDigest()));
    return HexFormat.of().formatHex(sha.digest(), 0, 16);
  }

  /**
   * A region's figures as of a moment, from the stores of a topology; empty when it has no such
   * region or not every tile of it has reported.
   */
  public static Optional<Again> figures(
      KeyValueStore<String, RegionLife> regions,
      KeyValueStore<String, Contribution> contributions,
      String region,
      Instant asOf) {
    RegionLife life = regions.get(region);
    if (life == null || !life.hasDefinition()) {
      return Optional.empty();
    }
    RegionState state = new RegionState(life.getDefinition(), taker -> {}); // no patches asked for
    TreeSet<String> references = new TreeSet<>();
    try (KeyValueIterator<String, Contribution> all =
        contributions.prefixScan(region + "\0", KEYS)) {
      while (all.hasNext()) {
        Contribution contribution = all.next().value;
        state.add(contribution);
        references.addAll(contribution.getReferenceVersionsList());
      }
    }
    if (!state.isComplete()) {
      return Optional.empty();
    }
    Figures figures = state.at(asOf.toEpochMilli());
    return Optional.of(
        new Again(
            figures.floodedCm2() / Figures.CM2_PER_KM2,
            figures.staleCm2() / Figures.CM2_PER_KM2,
            figures.observedFraction(),
            figures.visibility(),
            Receipts.versions(references)));
  }
}
