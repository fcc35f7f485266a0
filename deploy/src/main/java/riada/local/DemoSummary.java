package riada.local;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a demo did, as {@code --headless} prints it.
 *
 * @param tilesPublished records on the tiles topic, repeats included
 * @param tilesSegmented masks, repeats included
 * @param truthFloodedKm2 of the region at the end, by the exact masks of the same tiles; null
 *     without a simulation, like {@code maskIou} and {@code atPeak}
 * @param measuredFloodedKm2 of the region at the end, by the stream
 * @param maskIou pooled over the cells that the masks hold to be valid
 * @param latencyMs from received to measured, once for each mask
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
    List<AlertRow> alerts,
    Latency latencyMs,
    Model model,
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
  public record AtPeak(Instant asOf, double truthFloodedKm2, double measuredFloodedKm2) {}

  /** Square centimetres of the region. */
  public record Sums(long floodedCm2, long floodedStaleCm2, long observedCm2, long referenceCm2) {}
}
