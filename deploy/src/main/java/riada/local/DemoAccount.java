package riada.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import riada.proto.Alert;
import riada.proto.Ground;
import riada.proto.MaskRuns;
import riada.proto.Observation;
import riada.proto.RegionStats;
import riada.proto.StageMillis;
import riada.proto.Topics;
import riada.proto.WaterMask;

/**
 * The account of what the system put out: records go in, figures come out. A tile costs it four
 * bytes once it is answered, and an alert its id, however long the demo. Not thread-safe.
 */
final class DemoAccount {
  /** Alerts that are listed, the newest; those before them are only counted. */
  static final int MOST_ALERTS = 1000;

  private static final Logger LOG = LoggerFactory.getLogger(DemoAccount.class);

  private static final List<String> STAGES =
      List.of("decode_picture", "encode_and_detect", "prompt", "decode_mask", "finish", "total");

  private final Awaited awaited = new Awaited();
  private final Map<String, byte[]> ground = new TreeMap<>(); // digest of the newest by tile
  private final Instant peak;
  private final Map<String, RegionStats> atPeak = new HashMap<>(); // by region, as is the next
  private final Map<String, RegionStats> atEnd = new TreeMap<>();
  private final Deque<DemoSummary.AlertRow> alerts = new ArrayDeque<>(); // newest last
  private final Set<String> alertIds = new HashSet<>(); // of all, those that are left out too
  private final double[] stages = new double[STAGES.size()];
  private float[] latencies = new float[1024];
  private int latencyCount;
  private long unreadable;
  private long masks;
  private long deadTiles;
  private long deadMasks;
  private long records;
  private DemoSummary.Model model = new DemoSummary.Model("", "", "");

  /**
   * @param peak a time whose figures are kept besides the last ones
   */
  DemoAccount(Instant peak) {
    this.peak = peak;
  }

  /** Before an observation is sent for the first time: it will be waited for. */
  void expect(String observationId) {
    awaited.expect(observationId);
  }

  /**
   * Reads a record of one of the topics that {@link DemoLedger} follows.
   *
   * @param value null for a tombstone, which counts nothing
   */
  void read(String topic, byte @Nullable [] key, byte @Nullable [] value) {
    if (value == null) {
      return;
    }
    records++;
    try {
      if (topic.equals(Topics.MASKS.name())) {
        read(WaterMask.parseFrom(value));
      } else if (topic.equals(Topics.GROUND.name())) {
        read(Ground.parseFrom(value));
      } else if (topic.equals(Topics.STATS.name())) {
        read(RegionStats.parseFrom(value));
      } else if (topic.equals(Topics.ALERTS.name())) {
        read(Alert.parseFrom(value));
      } else if (topic.equals(Topics.deadLetters(Topics.TILES).name())) {
        deadTiles++;
        awaited.refusedTile(key, value);
      } else {
        deadMasks++;
        awaited.refusedMask(value);
      }
    } catch (InvalidProtocolBufferException | DateTimeException | ArithmeticException e) {
      // Anybody may write to a topic: what the stages after it refuse is no reason to end here.
      if (unreadable++ == 0) {
        LOG.warn(
            "A record on {} is unreadable ({}); it and its like are only counted.",
            topic,
            e.getMessage());
      }
    }
  }

  private void read(WaterMask mask) {
    masks++;
    model =
        new DemoSummary.Model(
            mask.getModel().getName(), mask.getModel().getDigest(), mask.getDevice());
    StageMillis ms = mask.getStages();
    double[] spent = {
      ms.getDecodePicture(),
      ms.getEncodeAndDetect(),
      ms.getPrompt(),
      ms.getDecodeMask(),
      ms.getFinish(),
      ms.getTotal()
    };
    for (int i = 0; i < spent.length; i++) {
      stages[i] += spent[i];
    }
  }

  private void read(Ground now) {
    var sha = Observation.sha256();
    for (MaskRuns mask :
        List.of(now.getFlood(), now.getStale(), now.getReference(), now.getUnknown())) {
      sha.update(mask.toByteArray());
    }
    ground.put(now.getTile(), sha.digest());
    awaited.arrived(now);
    if (now.hasReceivedAt()) { // a mask caused it; a repeated one causes nothing
      if (latencyCount == latencies.length) {
        latencies = Arrays.copyOf(latencies, 2 * latencyCount);
      }
      latencies[latencyCount++] =
          Duration.between(
                      Observation.instant(now.getReceivedAt()),
                      Observation.instant(now.getMeasuredAt()))
                  .toNanos()
              / 1e6f;
    }
  }

  private void read(RegionStats figures) {
    Instant asOf = Observation.instant(figures.getAsOf());
    atEnd.merge(figures.getRegionId(), figures, DemoAccount::later);
    if (!asOf.isAfter(peak)) {
      atPeak.merge(figures.getRegionId(), figures, DemoAccount::later);
    }
  }

  /** Of figures of the same time those that were told last count. */
  private static RegionStats later(RegionStats known, RegionStats told) {
    return Observation.instant(told.getAsOf()).isBefore(Observation.instant(known.getAsOf()))
        ? known
        : told;
  }

  private void read(Alert alert) {
    DemoSummary.AlertRow row =
        new DemoSummary.AlertRow(
            alert.getKind().name(),
            alert.getIncidentId(),
            alert.getRegionId(),
            Observation.instant(alert.getAlertedAt()),
            Observation.instant(alert.getAsOf()),
            alert.getFloodedKm2());
    if (!alertIds.add(alert.getAlertId())) {
      return; // at least once: repeats have the same id
    }
    alerts.add(row);
    if (alerts.size() > MOST_ALERTS) {
      alerts.remove();
    }
  }

  /** How many records were read: while it grows, the system works. */
  long records() {
    return records;
  }

  /** How many records were no message of their topic. */
  long unreadable() {
    return unreadable;
  }

  /** Masks and dead letters of tiles, repeats included. */
  long answered() {
    return masks + deadTiles;
  }

  /** Masks, repeats included. */
  long masks() {
    return masks;
  }

  /** Dead letters of tiles and of masks. */
  long deadLettered() {
    return deadTiles + deadMasks;
  }

  /** How many expected observations are neither in the ground nor among the dead letters. */
  int missing() {
    return awaited.count();
  }

  /** The regions that have figures, in the order of their ids. */
  List<String> regions() {
    return List.copyOf(atEnd.keySet());
  }

  /** The last figures of a region. */
  Optional<RegionStats> atEnd(String region) {
    return Optional.ofNullable(atEnd.get(region));
  }

  /** The last figures of a region that speak of the peak or a time before it. */
  Optional<RegionStats> atPeak(String region) {
    return Optional.ofNullable(atPeak.get(region));
  }

  /** The newest alerts, each once, in the order in which they came. */
  List<DemoSummary.AlertRow> alerts() {
    return List.copyOf(alerts);
  }

  /** How many alerts came before those that are listed. */
  int alertsLeftOut() {
    return alertIds.size() - alerts.size();
  }

  DemoSummary.Latency latency() {
    float[] sorted = Arrays.copyOf(latencies, latencyCount);
    Arrays.sort(sorted);
    return new DemoSummary.Latency(quantile(sorted, 0.5), quantile(sorted, 0.99), latencyCount);
  }

  private static double quantile(float[] sorted, double q) {
    return sorted.length == 0
        ? 0
        : sorted[(int) Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)];
  }

  /** That of the newest mask. */
  DemoSummary.Model model() {
    return model;
  }

  /** Mean milliseconds of a tile in each stage of the segmenter. */
  Map<String, Double> stages() {
    Map<String, Double> means = new LinkedHashMap<>();
    for (int i = 0; i < stages.length; i++) {
      means.put(STAGES.get(i), masks == 0 ? 0 : stages[i] / masks);
    }
    return means;
  }

  /** SHA-256 over the masks of all tiles in their order; not over times, which differ by run. */
  String groundDigest() {
    var sha = Observation.sha256();
    ground.forEach(
        (tile, digest) -> {
          sha.update(tile.getBytes(UTF_8));
          sha.update(digest);
        });
    return HexFormat.of().formatHex(sha.digest());
  }
}
