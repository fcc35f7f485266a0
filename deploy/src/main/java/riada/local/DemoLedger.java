package riada.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import riada.eval.ConfusionMatrix;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.Alert;
import riada.proto.BadInput;
import riada.proto.Ground;
import riada.proto.MaskRuns;
import riada.proto.Observation;
import riada.proto.ObservationRef;
import riada.proto.RegionStats;
import riada.proto.StageMillis;
import riada.proto.Tile;
import riada.proto.Topic;
import riada.proto.Topics;
import riada.proto.WaterMask;

/**
 * Reads what the system puts out, from the moment of its making, and keeps the account: what was
 * answered, how fast and how well. A thread of its own reads; all methods may be called from any.
 */
final class DemoLedger implements AutoCloseable {
  private static final List<Topic> READ =
      List.of(
          Topics.MASKS,
          Topics.GROUND,
          Topics.STATS,
          Topics.ALERTS,
          Topics.deadLetters(Topics.TILES),
          Topics.deadLetters(Topics.MASKS));

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Cluster cluster;
  private final long tilesBefore;
  private final Thread thread = new Thread(this::run, "riada-ledger");
  private volatile boolean closing;

  // All below under the lock of this.
  private final Map<String, MaskRuns> truth = new HashMap<>(); // by observation, until its mask
  private final Set<String> segmented = new HashSet<>();
  private final Set<String> measured = new HashSet<>();
  private final Set<String> refused = new HashSet<>(); // observations that became dead letters
  private final Map<String, Ground> ground = new TreeMap<>(); // newest by tile
  private final Map<String, TreeMap<Instant, RegionStats>> stats = new HashMap<>(); // by region
  private final Map<String, Alert> alerts = new LinkedHashMap<>(); // by alert id
  private final double[] stages = new double[6];
  private ConfusionMatrix quality = ConfusionMatrix.NONE;
  private long masks;
  private long deadTiles;
  private long deadMasks;
  private float[] latencies = new float[1024];
  private int latencyCount;
  private @Nullable WaterMask newest;
  private long records;
  private @Nullable RuntimeException failure;

  DemoLedger(Cluster cluster) throws InterruptedException, IOException {
    this.cluster = cluster;
    Map<String, Object> config = cluster.client();
    config.put("isolation.level", "read_committed");
    config.put("enable.auto.commit", "false");
    config.put("auto.offset.reset", "earliest");
    config.put("max.partition.fetch.bytes", Topics.MAX_MESSAGE_BYTES);
    config.put("client.id", "riada-ledger");
    consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions = new ArrayList<>();
    READ.forEach(topic -> partitions.addAll(partitions(topic)));
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
    tilesBefore = TopicAdmin.written(cluster, Topics.TILES);
    thread.setDaemon(true);
    thread.start();
  }

  private List<TopicPartition> partitions(Topic topic) {
    return consumer.partitionsFor(topic.name()).stream()
        .map(p -> new TopicPartition(p.topic(), p.partition()))
        .toList();
  }

  /** Before a tile is sent: what its mask will be held against. */
  synchronized void expect(String observationId, Mask water) {
    if (!segmented.contains(observationId)) {
      truth.put(observationId, RunLength.encode(water));
    }
  }

  private void run() {
    try {
      while (!closing) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          read(record);
        }
      }
    } catch (WakeupException e) {
      closing = true; // by close
    } catch (RuntimeException e) {
      synchronized (this) {
        failure = e;
      }
    } finally {
      consumer.close();
    }
  }

  private synchronized void read(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      return; // a tombstone: nothing to count
    }
    records++;
    String topic = record.topic();
    try {
      if (topic.equals(Topics.MASKS.name())) {
        read(WaterMask.parseFrom(record.value()));
      } else if (topic.equals(Topics.GROUND.name())) {
        read(Ground.parseFrom(record.value()));
      } else if (topic.equals(Topics.STATS.name())) {
        RegionStats figures = RegionStats.parseFrom(record.value());
        stats
            .computeIfAbsent(figures.getRegionId(), id -> new TreeMap<>())
            .put(Observation.instant(figures.getAsOf()), figures);
      } else if (topic.equals(Topics.ALERTS.name())) {
        Alert alert = Alert.parseFrom(record.value());
        alerts.putIfAbsent(alert.getAlertId(), alert); // at least once: repeats have the same id
      } else if (topic.equals(Topics.deadLetters(Topics.TILES).name())) {
        deadTiles++;
        refusedTile(record.key(), record.value());
      } else {
        deadMasks++;
        refusedMask(record.value());
      }
    } catch (InvalidProtocolBufferException | BadInput e) {
      throw new IllegalStateException("unreadable record on Riada's own topic " + topic, e);
    }
  }

  /** What is no tile was none of the demo's: a letter that names no observation counts as such. */
  private void refusedTile(byte @Nullable [] key, byte[] letter) {
    if (key == null) {
      return;
    }
    try {
      Tile tile = Tile.parseFrom(letter);
      refused.add(
          Observation.id(
              tile.getPublisher(),
              tile.getScene(),
              TileId.parse(new String(key, UTF_8)),
              Observation.instant(tile.getAcquiredAt())));
    } catch (InvalidProtocolBufferException
        | BadInput
        | DateTimeException
        | ArithmeticException e) {
      return;
    }
  }

  private void refusedMask(byte[] letter) {
    try {
      refused.add(WaterMask.parseFrom(letter).getObservationId());
    } catch (InvalidProtocolBufferException e) {
      return;
    }
  }

  private void read(WaterMask mask) throws BadInput {
    masks++;
    newest = mask;
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
    MaskRuns water =
        segmented.add(mask.getObservationId()) ? truth.remove(mask.getObservationId()) : null;
    if (water != null) {
      quality =
          quality.plus(
              ConfusionMatrix.of(
                  RunLength.decode(mask.getWater()),
                  RunLength.decode(water),
                  RunLength.decode(mask.getValid())));
    }
  }

  private void read(Ground now) {
    ground.put(now.getTile(), now);
    boolean news = false;
    for (ObservationRef seen : now.getObservationsList()) {
      news |= measured.add(seen.getObservationId());
    }
    if (news && now.hasReceivedAt()) {
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

  /** Records on the tiles topic since the ledger was opened. */
  long tilesPublished() throws InterruptedException, IOException {
    return TopicAdmin.written(cluster, Topics.TILES) - tilesBefore;
  }

  /** How many records were read: while it grows, the system works. */
  synchronized long records() {
    if (failure != null) {
      throw failure;
    }
    return records;
  }

  synchronized long answered() {
    return masks + deadTiles;
  }

  synchronized long masks() {
    return masks;
  }

  synchronized long deadLettered() {
    return deadTiles + deadMasks;
  }

  /** How many of {@code observations} are neither in the ground nor among the dead letters. */
  synchronized long missing(Set<String> observations) {
    return observations.stream()
        .filter(id -> !measured.contains(id) && !refused.contains(id))
        .count();
  }

  /** Intersection over union of all masks whose truth was expected; empty when none was. */
  synchronized Optional<Double> maskIou() {
    return quality.equals(ConfusionMatrix.NONE) ? Optional.empty() : Optional.of(quality.iou());
  }

  /** The last figures of a region that speak of {@code asOf} or a time before it. */
  synchronized Optional<RegionStats> stats(String region, Instant asOf) {
    var entry = stats.getOrDefault(region, new TreeMap<>()).floorEntry(asOf);
    return entry == null ? Optional.empty() : Optional.of(entry.getValue());
  }

  /** The regions that have figures. */
  synchronized Set<String> regions() {
    return Set.copyOf(stats.keySet());
  }

  synchronized List<DemoSummary.AlertRow> alerts() {
    return alerts.values().stream()
        .map(
            alert ->
                new DemoSummary.AlertRow(
                    alert.getKind().name(),
                    alert.getIncidentId(),
                    alert.getRegionId(),
                    Observation.instant(alert.getAlertedAt()),
                    Observation.instant(alert.getAsOf()),
                    alert.getFloodedKm2()))
        .toList();
  }

  synchronized DemoSummary.Latency latency() {
    float[] sorted = Arrays.copyOf(latencies, latencyCount);
    Arrays.sort(sorted);
    return new DemoSummary.Latency(quantile(sorted, 0.5), quantile(sorted, 0.99), latencyCount);
  }

  private static double quantile(float[] sorted, double q) {
    return sorted.length == 0
        ? 0
        : sorted[(int) Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)];
  }

  synchronized DemoSummary.Model model() {
    return newest == null
        ? new DemoSummary.Model("", "", "")
        : new DemoSummary.Model(
            newest.getModel().getName(), newest.getModel().getDigest(), newest.getDevice());
  }

  /** Mean milliseconds of a tile in each stage of the segmenter. */
  synchronized Map<String, Double> stages() {
    String[] names = {
      "decode_picture", "encode_and_detect", "prompt", "decode_mask", "finish", "total"
    };
    Map<String, Double> means = new LinkedHashMap<>();
    for (int i = 0; i < names.length; i++) {
      means.put(names[i], masks == 0 ? 0 : stages[i] / masks);
    }
    return means;
  }

  /** SHA-256 over the masks of all tiles in their order; not over times, which differ by run. */
  synchronized String groundDigest() {
    var sha = Observation.sha256();
    ground.forEach(
        (tile, now) -> {
          sha.update(tile.getBytes(UTF_8));
          for (MaskRuns mask :
              List.of(now.getFlood(), now.getStale(), now.getReference(), now.getUnknown())) {
            sha.update(mask.toByteArray());
          }
        });
    return HexFormat.of().formatHex(sha.digest());
  }

  @Override
  public void close() {
    closing = true;
    consumer.wakeup();
    try {
      thread.join(5000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
