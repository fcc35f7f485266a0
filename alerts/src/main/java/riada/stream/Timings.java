package riada.stream;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.metrics.stats.Avg;
import org.apache.kafka.common.metrics.stats.CumulativeCount;
import org.apache.kafka.common.metrics.stats.CumulativeSum;
import org.apache.kafka.common.metrics.stats.Max;
import org.apache.kafka.streams.StreamsMetrics;
import riada.proto.Timeliness;

/**
 * The way of masks in time, by region and publisher: acquired, received, segmented, measured,
 * alerted. As histograms in the region's life, and as metrics of the runtime. Owned by one thread.
 */
final class Timings {
  /** From receipt to the told figures: what an operator is promised. */
  static final long TARGET_MS = 10_000;

  /** The buckets of Timeliness.Leg. */
  static final List<Long> BOUNDS_MS =
      List.of(
          100L,
          250L,
          500L,
          1_000L,
          2_500L,
          5_000L,
          10_000L,
          30_000L,
          60_000L,
          300_000L,
          900_000L,
          3_600_000L,
          21_600_000L,
          86_400_000L);

  /** The most publishers of a region that are told apart: any name may come. */
  static final int MAX_PUBLISHERS = 16;

  static final String OTHERS = "(others)";

  private static final int MAX_SENSORS = 512;
  private static final String TOOK = "received-to-alerted";
  private static final String WITHIN = "within-target";

  private final StreamsMetrics metrics;
  private final Map<List<String>, Sensor> sensors = new HashMap<>();

  Timings(StreamsMetrics metrics) {
    this.metrics = metrics;
  }

  /** The life with one more mask counted; {@code origin} may be none. */
  static RegionLife counted(RegionLife life, Origin origin, long alertedMs) {
    if (origin.getPublisher().isEmpty()) {
      return life;
    }
    int at = 0;
    while (at < life.getTimelinessCount()
        && at < MAX_PUBLISHERS
        && !life.getTimeliness(at).getPublisher().equals(origin.getPublisher())) {
      at++;
    }
    RegionLife.Builder after = life.toBuilder();
    if (at == life.getTimelinessCount()) {
      String name = at < MAX_PUBLISHERS ? origin.getPublisher() : OTHERS;
      after.addTimeliness(Timeliness.newBuilder().setPublisher(name));
    }
    Timeliness.Builder times = after.getTimelinessBuilder(at);
    long received = origin.getReceivedAtMs();
    long segmented = origin.getSegmentedAtMs();
    long measured = origin.getMeasuredAtMs();
    count(times.getAcquiredToReceivedBuilder(), origin.getAcquiredAtMs(), received);
    count(times.getReceivedToSegmentedBuilder(), received, segmented);
    count(times.getSegmentedToMeasuredBuilder(), segmented, measured);
    count(times.getMeasuredToAlertedBuilder(), measured, alertedMs);
    if (received > 0) {
      times.setMasks(times.getMasks() + 1);
      times.setWithinTarget(times.getWithinTarget() + (alertedMs - received <= TARGET_MS ? 1 : 0));
    }
    return after.build();
  }

  private static void count(Timeliness.Leg.Builder leg, long fromMs, long toMs) {
    while (leg.getMasksCount() <= BOUNDS_MS.size()) {
      leg.addMasks(0);
    }
    if (fromMs > 0 && toMs > 0) {
      int bucket = 0;
      while (bucket < BOUNDS_MS.size() && toMs - fromMs > BOUNDS_MS.get(bucket)) {
        bucket++;
      }
      leg.setMasks(bucket, leg.getMasks(bucket) + 1);
    }
  }

  /**
   * Counts the mask from its receipt on for the runtime's metrics, in the group riada-timeliness.
   */
  void record(String region, Origin origin, long alertedMs) {
    if (origin.getReceivedAtMs() > 0) {
      boolean own =
          sensors.size() < MAX_SENSORS
              || sensors.containsKey(List.of(region, origin.getPublisher(), TOOK));
      String publisher = own ? origin.getPublisher() : OTHERS;
      long took = alertedMs - origin.getReceivedAtMs();
      sensor(own ? region : OTHERS, publisher, TOOK).record(took);
      sensor(own ? region : OTHERS, publisher, WITHIN).record(took <= TARGET_MS ? 1 : 0);
    }
  }

  private Sensor sensor(String region, String publisher, String what) {
    return sensors.computeIfAbsent(
        List.of(region, publisher, what),
        names -> {
          Sensor sensor =
              metrics.addSensor(
                  String.join("|", "riada", what, region, publisher), Sensor.RecordingLevel.INFO);
          if (what.equals(WITHIN)) {
            sensor.add(name(what + "-total", region, publisher), new CumulativeSum());
          } else {
            sensor.add(name(what + "-ms-avg", region, publisher), new Avg());
            sensor.add(name(what + "-ms-max", region, publisher), new Max());
            sensor.add(name(what + "-total", region, publisher), new CumulativeCount());
          }
          return sensor;
        });
  }

  private static MetricName name(String what, String region, String publisher) {
    return new MetricName(
        what,
        "riada-timeliness",
        "Masks from receipt to told figures",
        Map.of("region", region, "publisher", publisher));
  }
}
