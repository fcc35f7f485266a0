package riada.replay;

import ai.onnxruntime.OrtException;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import riada.cap.Issuer;
import riada.geo.Bounds;
import riada.geo.TileId;
import riada.proto.Alert;
import riada.proto.BadInput;
import riada.proto.Evidence;
import riada.proto.ModelRef;
import riada.proto.Observation;
import riada.proto.Reference;
import riada.proto.Region;
import riada.proto.Topics;
import riada.proto.WaterMask;
import riada.segmenter.TilePipeline;
import riada.stream.Rederivation;
import riada.stream.RegionRules;

/**
 * Derives the alerts of one incident again: the model of today segments the tiles that they rest
 * on, the topology of today measures the masks in the region as it was then and with the reference
 * of today, and what comes out is held against what the alert said. The figures are derived again,
 * not the row of passes by which an incident began or ended. Owned by one thread.
 */
public final class Replay {
  private static final int NAMED = 3; // of what is missing, in a sentence

  private final EvidenceReader reader;
  private final TilePipeline pipeline;
  private final String incident;
  private final TreeMap<Integer, Alert> alerts = new TreeMap<>(); // by sequence, without their CAP
  private final NamedEvidence named = new NamedEvidence(alerts, NamedEvidence.MOST);
  private final Map<String, WaterMask> masks = new HashMap<>(); // made again, by piece of a batch
  private final Map<String, String> missing = new HashMap<>(); // why, by piece of a batch
  private final Map<String, Region> regions = new HashMap<>(); // by version
  private @Nullable Region region; // of today
  private final List<Reference> references = new ArrayList<>();

  /**
   * @param client Kafka settings with {@code bootstrap.servers}
   * @param pipeline the model of today
   */
  public Replay(Map<String, Object> client, TilePipeline pipeline, String incident) {
    this.reader = new EvidenceReader(client);
    this.pipeline = pipeline;
    this.incident = incident;
  }

  /**
   * Derives one alert again, or all of them.
   *
   * @param sequence which; 0 for all
   * @return a verdict for each, in order
   * @throws BadInput when there is no such alert
   */
  public List<Verdict> run(int sequence) throws BadInput, IOException {
    long fromMs = readAlerts(sequence);
    EvidenceReader.Span own = readRegions(alerts.firstEntry().getValue().getRegionId(), fromMs);
    readReferences();
    List<Verdict> verdicts = new ArrayList<>();
    for (List<Alert> batch : named.batches(wanted(sequence))) {
      named.begin(batch);
      readNames(own);
      segment(batch, own);
      for (Alert alert : batch) {
        verdicts.add(judge(alert));
      }
    }
    return verdicts;
  }

  /** Returns a time before which no evidence of the incident was written: see Rederivation. */
  private long readAlerts(int sequence) throws BadInput {
    long[] fromMs = {Long.MAX_VALUE};
    reader.read(
        Topics.ALERTS,
        0,
        (key, value, timestampMs) -> {
          if (key.equals(incident) && value != null) {
            Alert alert = Alert.parseFrom(value);
            fromMs[0] = Math.min(fromMs[0], timestampMs);
            alerts.putIfAbsent(alert.getSequence(), alert.toBuilder().clearCapXml().build());
          }
        });
    if (wanted(sequence).isEmpty()) {
      throw new BadInput(
          "alert_unknown",
          "There is no "
              + (sequence == 0 ? "alert" : "alert of sequence " + sequence)
              + " of incident \""
              + incident
              + "\"; `riada alert list` names the incidents that there are.");
    }
    return Math.min(fromMs[0], Rederivation.begun(incident).toEpochMilli());
  }

  /** Those asked for: one, or with 0 all. */
  private Collection<Alert> wanted(int sequence) {
    return sequence == 0 ? alerts.values() : alerts.subMap(sequence, sequence + 1).values();
  }

  private void readNames(EvidenceReader.Span own) {
    reader.read(
        own,
        (key, value, timestampMs) -> {
          if (key.startsWith(incident + "/") && value != null) {
            Evidence one = Evidence.parseFrom(value);
            if (one.getMissing().isEmpty() && !one.hasTile() && one.getSequence() > 0) {
              named.take(one);
            }
          }
        });
  }

  /** Of one observation a later mask may rest on a later tile. */
  private static String piece(Evidence one) {
    return one.getObservationId() + "@" + one.getSourcePartition() + "/" + one.getSourceOffset();
  }

  /**
   * Segments each tile that an alert of the batch rests on; what was made for the batch before it
   * is kept where it serves again, and the tiles themselves are not.
   */
  private void segment(List<Alert> batch, EvidenceReader.Span own) {
    Set<String> wanted = new HashSet<>();
    batch.forEach(alert -> named.of(alert).forEach(one -> wanted.add(piece(one))));
    masks.keySet().retainAll(wanted);
    missing.keySet().retainAll(wanted);
    wanted.removeAll(masks.keySet());
    if (wanted.isEmpty()) {
      return;
    }
    reader.read(
        own,
        (key, value, timestampMs) -> {
          if (key.startsWith(incident + "/") && value != null) {
            Evidence one = Evidence.parseFrom(value);
            if (!one.getMissing().isEmpty() && wanted.contains(piece(one))) {
              missing.put(piece(one), one.getMissing());
            } else if (one.hasTile() && wanted.remove(piece(one))) {
              segment(one);
            }
          }
        });
  }

  /** A tile that today's model cannot use is none that can be had. */
  private void segment(Evidence one) {
    try {
      Instant acquired = Observation.instant(one.getTile().getAcquiredAt());
      masks.put(
          piece(one), pipeline.segment(TileId.parse(one.getTileId()), one.getTile(), acquired));
    } catch (BadInput e) {
      missing.put(piece(one), e.reason());
    } catch (OrtException e) {
      missing.put(piece(one), "the model fails on it: " + e.getMessage());
    }
  }

  /**
   * The region as it is now, and as it was up to each change since the incident began. Returns
   * where the incident's evidence lies: the batches read no more than that.
   */
  private EvidenceReader.Span readRegions(String id, long fromMs) {
    EvidenceReader.Span own =
        reader.read(
            Topics.EVIDENCE,
            fromMs,
            incident + "/",
            (key, value, timestampMs) -> {
              if (value != null && key.startsWith(RegionRules.supersededKey(id, ""))) {
                Region was = Evidence.parseFrom(value).getRegion();
                regions.put(RegionRules.version(was), was);
              }
            });
    reader.read(
        Topics.REGIONS,
        0,
        (key, value, timestampMs) -> {
          if (key.equals(id)) {
            region = value == null ? null : Region.parseFrom(value);
          }
        });
    Region today = region;
    if (today != null) {
      regions.put(RegionRules.version(today), today);
    }
    return own;
  }

  /** The region that an alert was measured in; the one of today where that is no longer kept. */
  private @Nullable Region region(Alert alert) {
    Region then = regions.get(alert.getRegionVersion());
    return then == null ? region : then;
  }

  /** References as they are now, around all that the region ever was. */
  private void readReferences() throws BadInput {
    List<Bounds> bounds = new ArrayList<>();
    for (Region one : regions.values()) {
      bounds.add(RegionRules.bounds(one));
    }
    if (bounds.isEmpty()) {
      return;
    }
    Map<String, Reference> newest = new TreeMap<>();
    reader.read(
        Topics.REFERENCE,
        0,
        (key, value, timestampMs) -> {
          if (value == null) {
            newest.remove(key);
          } else {
            Bounds tile = TileId.parse(key).bounds();
            if (bounds.stream().anyMatch(one -> meets(one, tile))) {
              newest.put(key, Reference.parseFrom(value));
            }
          }
        });
    references.addAll(newest.values());
  }

  private static boolean meets(Bounds a, Bounds b) {
    return a.west() <= b.east()
        && b.west() <= a.east()
        && a.south() <= b.north()
        && b.south() <= a.north();
  }

  private Verdict judge(Alert alert) throws IOException {
    List<Evidence> evidence = named.of(alert);
    String gap = gap(alert, evidence);
    if (!gap.isEmpty()) {
      return verdict(alert, Verdict.Answer.EXPIRED, List.of(), null, gap);
    }
    List<String> differs = new ArrayList<>();
    note(differs, "software", alert.getSoftwareVersion().equals(Issuer.here().software()));
    ByteString model = pipeline.model().ref().getDigestBytes();
    note(
        differs,
        "model",
        evidence.stream().allMatch(one -> one.getModel().getDigestBytes().equals(model)));
    note(differs, "policy", alert.getPolicyVersion().equals(Rederivation.policyVersion()));
    Region then = region(alert);
    note(
        differs,
        "region",
        then != null && RegionRules.version(then).equals(alert.getRegionVersion()));
    Optional<Rederivation.Again> again =
        then == null ? Optional.empty() : again(alert, evidence, then);
    note(
        differs,
        "reference",
        again.map(one -> one.referenceVersion().equals(alert.getReferenceVersion())).orElse(true));
    note(differs, "masks", evidence.stream().allMatch(this::isSameMask));
    note(differs, "figures", again.map(one -> one.isOf(alert)).orElse(then == null));
    @Nullable Double km2 = again.map(Rederivation.Again::floodedKm2).orElse(null);
    return differs.isEmpty()
        ? verdict(alert, Verdict.Answer.SAME, differs, km2, "Same evidence, versions and figures.")
        : verdict(
            alert,
            Verdict.Answer.DIFFERS,
            differs,
            km2,
            then == null
                ? "The region is no longer there, so nothing was measured."
                : "Another than when the alert was made: "
                    + String.join(", ", differs).replace("model", models(evidence))
                    + ".");
  }

  /** Which models spoke and which one speaks now. */
  private String models(List<Evidence> evidence) {
    String then =
        evidence.stream()
            .map(one -> named(one.getModel()))
            .distinct()
            .limit(NAMED)
            .collect(Collectors.joining(", "));
    return "model (" + then + " then, " + named(pipeline.model().ref()) + " now)";
  }

  private static String named(ModelRef ref) {
    return ref.getName() + " " + ref.getVersion();
  }

  private static void note(List<String> differs, String name, boolean same) {
    if (!same) {
      differs.add(name);
    }
  }

  private boolean isSameMask(Evidence one) {
    WaterMask again = masks.get(piece(one));
    return again != null && Rederivation.maskDigest(again).equals(one.getMaskDigest());
  }

  /** Why the evidence is not whole; empty when it is. */
  private String gap(Alert alert, List<Evidence> evidence) {
    if (alert.getObservationCount() > alert.getObservationsKept()) {
      return "Of its "
          + alert.getObservationCount()
          + " observations only "
          + alert.getObservationsKept()
          + " were kept: there were too many.";
    }
    if (!NamedEvidence.isOf(alert, evidence)) {
      return "Of its "
          + alert.getObservationCount()
          + " observations "
          + evidence.size()
          + " are still named.";
    }
    List<String> gone =
        evidence.stream()
            .filter(one -> !masks.containsKey(piece(one)))
            .map(
                one ->
                    one.getTileId()
                        + ": "
                        + missing.getOrDefault(piece(one), "its tile is not there (yet)."))
            .toList();
    return gone.isEmpty()
        ? ""
        : gone.size()
            + " of its "
            + evidence.size()
            + " tiles cannot be had. "
            + String.join(" ", gone.subList(0, Math.min(NAMED, gone.size())));
  }

  private Optional<Rederivation.Again> again(Alert alert, List<Evidence> evidence, Region then)
      throws IOException {
    Path folder = Files.createTempDirectory("riada-replay");
    try (SecondTopology topology =
        new SecondTopology(folder, Observation.instant(alert.getAlertedAt()))) {
      references.forEach(topology::reference);
      topology.region(then);
      evidence.stream()
          .map(one -> masks.get(piece(one)))
          .sorted(Comparator.comparing(mask -> Observation.instant(mask.getAcquiredAt())))
          .forEach(topology::mask);
      return topology.figures(alert.getRegionId(), Observation.instant(alert.getAsOf()));
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }

  private static Verdict verdict(
      Alert alert,
      Verdict.Answer answer,
      List<String> differs,
      @Nullable Double againKm2,
      String why) {
    return new Verdict(
        alert.getIncidentId(),
        alert.getSequence(),
        alert.getKind().name(),
        answer,
        differs,
        alert.getObservationCount(),
        alert.getFloodedKm2(),
        againKm2,
        why);
  }
}
