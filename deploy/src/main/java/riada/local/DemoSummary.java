package riada.local;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import riada.proto.RegionStats;
import riada.stream.StreamsSettings;

/**
 * What a demo did, as {@code --headless} prints it.
 *
 * @param tilesPublished records on the tiles topic, repeats included
 * @param tilesSegmented masks, repeats included
 * @param truthFloodedKm2 of the region at the end, by the exact masks of the same tiles; null
 *     without a simulation, like {@code maskIou} and {@code atPeak}
 * @param measuredFloodedKm2 of the region at the end, by the stream
 * @param maskIou pooled over the cells that the compared masks hold to be valid
 * @param masksCompared all masks of a short demo, every n-th of one with more than 1,200 tiles
 * @param alerts the newest, at most 1,000
 * @param alertsLeftOut how many came before those
 * @param latencyMs from received to measured, once for each mask
 * @param recordsUnreadable what others wrote to Riada's topics and is no message of theirs
 * @param lost published observations that have neither ground nor a dead letter
 * @param duplicates answers beyond one for each published record
 * @param atPeak when the river stood highest for the last time; null when the tiles were shuffled
 * @param sums the region's last figures, exactly
 * @param groundDigest over the ground of all tiles at the end: equal grounds, equal digests
 */
public record DemoSummary(
    long tilesPublished,
    long tilesSegmented,
    long tilesDeadLettered,
    @Nullable Double truthFloodedKm2,
    double measuredFloodedKm2,
    @Nullable Double maskIou,
    int masksCompared,
    List<AlertRow> alerts,
    int alertsLeftOut,
    Latency latencyMs,
    Model model,
    long recordsUnreadable,
    long lost,
    long duplicates,
    double tilesPerSecond,
    Map<String, Double> stagesMs,
    double notInferenceShare,
    double readySeconds,
    Rss rssMb,
    long commitIntervalMs,
    @Nullable AtPeak atPeak,
    Sums sums,
    String groundDigest) {

  /**
   * How a demo went, besides what it put out.
   *
   * @param tilesPublished records on the tiles topic, repeats included
   * @param seconds from the first tile to the last news
   */
  record Run(long tilesPublished, double seconds, double readySeconds, Rss rss) {}

  /**
   * Sums up.
   *
   * @param truth absent without a simulation; its masks are compared already
   * @param ordered whether tiles came in the order of time, so that there was a figure at the peak
   */
  static DemoSummary of(Run run, DemoAccount account, Optional<DemoTruth> truth, boolean ordered) {
    String region =
        truth.map(DemoTruth::region).orElse(account.regions().stream().findFirst().orElse(""));
    RegionStats last = account.atEnd(region).orElse(RegionStats.getDefaultInstance());
    Optional<AtPeak> atPeak =
        truth
            .filter(t -> ordered)
            .flatMap(t -> account.atPeak(region).map(figures -> AtPeak.of(t, figures)));
    Map<String, Double> stages = account.stages();
    double total = stages.getOrDefault("total", 0.0);
    double inference =
        stages.getOrDefault("encode_and_detect", 0.0) + stages.getOrDefault("decode_mask", 0.0);
    return new DemoSummary(
        run.tilesPublished(),
        account.masks(),
        account.deadLettered(),
        truth.map(t -> t.floodedKm2(Instant.MAX)).orElse(null),
        last.getFloodedKm2(),
        truth.flatMap(DemoTruth::maskIou).orElse(null),
        truth.map(DemoTruth::compared).orElse(0),
        account.alerts(),
        account.alertsLeftOut(),
        account.latency(),
        account.model(),
        account.unreadable(),
        truth.isPresent()
            ? account.missing()
            : Math.max(0, run.tilesPublished() - account.answered()),
        Math.max(0, account.answered() - run.tilesPublished()),
        run.seconds() <= 0 ? 0 : account.masks() / run.seconds(),
        stages,
        total == 0 ? 0 : 1 - inference / total,
        run.readySeconds(),
        run.rss(),
        StreamsSettings.COMMIT_INTERVAL.toMillis(),
        atPeak.orElse(null),
        new Sums(
            last.getFloodedCm2(),
            last.getFloodedStaleCm2(),
            last.getObservedCm2(),
            last.getReferenceCm2()),
        account.groundDigest());
  }

  /**
   * One alert.
   *
   * @param at when it was raised, by the wall clock
   * @param asOf the sensing time that it speaks of
   */
  public record AlertRow(
      String kind, String incident, String region, Instant at, Instant asOf, double floodedKm2) {}

  /** Quantiles in milliseconds; 0 of nothing. */
  public record Latency(double p50, double p99, long count) {}

  /** The model that made the newest mask. */
  public record Model(String name, String digest, String device) {}

  /** Resident memory of this process and the embedded broker together. */
  public record Rss(long end, long peak) {}

  /** The flooded area by truth and by the stream at a time within the demo. */
  public record AtPeak(Instant asOf, double truthFloodedKm2, double measuredFloodedKm2) {
    private static AtPeak of(DemoTruth truth, RegionStats figures) {
      Instant at = truth.peak().acquiredAt();
      return new AtPeak(at, truth.floodedKm2(at), figures.getFloodedKm2());
    }
  }

  /** Square centimetres of the region. */
  public record Sums(long floodedCm2, long floodedStaleCm2, long observedCm2, long referenceCm2) {}
}
