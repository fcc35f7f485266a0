package riada.replay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import riada.geo.Bounds;
import riada.geo.TileId;
import riada.proto.Alert;
import riada.proto.BadInput;
import riada.proto.Evidence;
import riada.proto.Reference;
import riada.proto.Region;
import riada.proto.Topics;
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
  private final EvidenceReader reader;
  private final String incident;
  private final Progress progress;
  private final TreeMap<Integer, Alert> alerts = new TreeMap<>(); // by sequence, without their CAP
  private final NamedEvidence named = new NamedEvidence(alerts, NamedEvidence.MOST);
  private final Map<String, Region> regions = new HashMap<>(); // by version
  private @Nullable Region region; // of today
  private final List<Reference> references = new ArrayList<>();
  private List<Alert> wanted = List.of();
  private long fromMs; // no evidence of the incident was written before: see Rederivation

  /**
   * Is told how far a stage is: {@code evidence} (being read, {@code all} is -1), then in turn
   * {@code tiles} (of the alerts that are derived together) and {@code alerts} (of all).
   */
  public interface Progress {
    void at(String stage, int done, int all);
  }

  /**
   * @param client Kafka settings with {@code bootstrap.servers}
   */
  public Replay(Map<String, Object> client, String incident, Progress progress) {
    this.reader = new EvidenceReader(client);
    this.incident = incident;
    this.progress = progress;
  }

  /**
   * Derives the alerts again that were found.
   *
   * @param pipeline the model of today
   * @return a verdict for each, in order
   */
  public List<Verdict> run(TilePipeline pipeline) throws BadInput, IOException {
    progress.at("evidence", 0, -1);
    SecondMasks masks = new SecondMasks(reader, pipeline, incident, progress);
    EvidenceReader.Span own = readRegions(alerts.firstEntry().getValue().getRegionId());
    readReferences();
    Judge judge = new Judge(pipeline.model().ref(), masks, references);
    List<Verdict> verdicts = new ArrayList<>();
    for (List<Alert> batch : named.batches(wanted)) {
      named.begin(batch);
      readNames(own);
      masks.segment(batch.stream().flatMap(alert -> named.of(alert).stream()).toList(), own);
      for (Alert alert : batch) {
        progress.at("alerts", verdicts.size(), wanted.size());
        verdicts.add(judge.of(alert, named.of(alert), region(alert)));
      }
      progress.at("alerts", verdicts.size(), wanted.size());
    }
    return verdicts;
  }

  /**
   * Finds what is to be derived again; goes before {@link #run}, and needs no model.
   *
   * @param sequence which of the incident's alerts; 0 for all
   * @throws BadInput when there is no such alert
   */
  public void find(int sequence) throws BadInput {
    fromMs = Long.MAX_VALUE;
    reader.read(
        Topics.ALERTS,
        0,
        (key, value, timestampMs) -> {
          if (key.equals(incident) && value != null) {
            Alert alert = Alert.parseFrom(value);
            fromMs = Math.min(fromMs, timestampMs);
            alerts.putIfAbsent(alert.getSequence(), alert.toBuilder().clearCapXml().build());
          }
        });
    wanted =
        List.copyOf(
            sequence == 0 ? alerts.values() : alerts.subMap(sequence, sequence + 1).values());
    if (wanted.isEmpty()) {
      throw new BadInput(
          "alert_unknown",
          "There is no "
              + (sequence == 0 ? "alert" : "alert of sequence " + sequence)
              + " of incident \""
              + incident
              + "\"; `riada alert list` names the incidents that there are.");
    }
    fromMs = Math.min(fromMs, Rederivation.begun(incident).toEpochMilli());
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

  /**
   * The region as it is now, and as it was up to each change since the incident began. Returns
   * where the incident's evidence lies: the batches read no more than that.
   */
  private EvidenceReader.Span readRegions(String id) {
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
}
