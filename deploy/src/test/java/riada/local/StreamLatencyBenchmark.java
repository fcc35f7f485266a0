package riada.local;

import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.MaskRuns;
import riada.proto.Observation;
import riada.proto.Region;
import riada.proto.RegionStats;
import riada.proto.Topics;
import riada.proto.WaterMask;
import riada.stream.StreamService;
import riada.stream.StreamsSettings;
import riada.stream.TopologyConfig;

/**
 * How long a mask takes to become figures and alerts, at a steady rate: the real topology, exactly
 * once, on a real broker, all on this machine. A mask's time is that of its record; Kafka Streams
 * hands it on to the figures that it causes, and they are told when a consumer that reads what is
 * committed holds them. An alert is in the transaction of its figures, so it has their time. JMH
 * has no place for a rate, so this is a program of its own. On a machine that does nothing else:
 *
 * <pre>
 * mvn -q -pl deploy -am test-compile dependency:build-classpath -Dmdep.outputFile=target/benchmark
 * cd deploy
 * java -Xmx1g -cp target/test-classes:target/classes:$(cat target/benchmark) \
 *     riada.local.StreamLatencyBenchmark [seconds, 60] [masks a second, 200] [threads, 2] [warm-up, 180]
 * </pre>
 *
 * The warm-up, in seconds, is for the compiler: on two slow cores it works for two minutes, and as
 * long takes half a core, which a monitor that runs for months does not know. What it still took
 * while masks were timed is printed, with p50 and p99, and what is left of them without the waits
 * for commits: one on each of the two hops between the topology's parts, one before the consumer
 * may see the outcome.
 */
final class StreamLatencyBenchmark {
  private static final int HOPS = 2;
  private static final int PARTITIONS = 4;
  private static final int REGIONS = 10;
  private static final int COLUMNS = 8; // of a region's tiles
  private static final int ROWS = 5;
  private static final int TILES = REGIONS * COLUMNS * ROWS;
  private static final Duration REVISIT = Duration.ofMinutes(30);
  private static final CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean();
  private static final int SCENES = 12; // pictures that differ: water rises, clouds come and go

  private final int seconds;
  private final int rate;
  private final int warmUpSeconds;
  private final List<MaskRuns> waters = new ArrayList<>();
  private final List<MaskRuns> valids = new ArrayList<>();
  private final List<Long> stats = new ArrayList<>(); // milliseconds
  private int alerts;
  private final Set<String> regions = new HashSet<>(); // that have figures
  private volatile long measuredFromMs = Long.MAX_VALUE; // masks of this time and later count

  private StreamLatencyBenchmark(int seconds, int rate, int warmUpSeconds) {
    this.seconds = seconds;
    this.rate = rate;
    this.warmUpSeconds = warmUpSeconds;
    draw();
  }

  public static void main(String[] args) throws Exception {
    int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 60;
    int rate = args.length > 1 ? Integer.parseInt(args[1]) : 200;
    int threads = args.length > 2 ? Integer.parseInt(args[2]) : 2;
    int warmUp = args.length > 3 ? Integer.parseInt(args[3]) : 180;
    Path folder = Files.createTempDirectory("riada-latency");
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"), 0)) {
      TopicAdmin.create(
          Cluster.plain(broker.bootstrapServers()).impatient(), PARTITIONS, (short) 1);
      StreamsSettings settings =
          new StreamsSettings(
              broker.bootstrapServers(),
              folder.resolve("state"),
              threads,
              0,
              StreamsSettings.COMMIT_INTERVAL,
              64L << 20,
              Map.of());
      try (StreamService service = StreamService.start(settings, TopologyConfig.defaults())) {
        new StreamLatencyBenchmark(seconds, rate, warmUp).run(broker);
      }
    } finally {
      delete(folder);
    }
  }

  private void run(EmbeddedBroker broker) throws InterruptedException, ExecutionException {
    try (KafkaProducer<String, byte[]> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "linger.ms", "0"),
                new StringSerializer(),
                new ByteArraySerializer());
        KafkaConsumer<String, byte[]> consumer =
            new KafkaConsumer<>(
                Map.of(
                    "bootstrap.servers",
                    broker.bootstrapServers(),
                    "group.id",
                    "latency",
                    "isolation.level",
                    "read_committed",
                    "auto.offset.reset",
                    "earliest"),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(Topics.STATS.name(), Topics.ALERTS.name()));
      for (int region = 0; region < REGIONS; region++) {
        byte[] value = region(region).toByteArray();
        producer.send(new ProducerRecord<>(Topics.REGIONS.name(), "r" + region, value)).get();
      }
      long patience = System.nanoTime() + Duration.ofMinutes(2).toNanos();
      while (regions.size() < REGIONS && System.nanoTime() < patience) {
        read(consumer);
      }
      int warm = warmUpSeconds * rate;
      int all = warm + seconds * rate;
      Instant newest = Instant.now();
      Thread feed = new Thread(() -> feed(producer, warm, all, newest), "feed");
      feed.start();
      long cpu = 0;
      long brokerCpu = 0;
      long compiling = 0;
      long idle = System.nanoTime();
      int told = 0;
      while (stats.size() < all - warm && System.nanoTime() - idle < 20_000_000_000L) {
        read(consumer);
        if (cpu == 0 && System.currentTimeMillis() >= measuredFromMs) {
          cpu = processCpu();
          brokerCpu = brokerCpu(broker);
          compiling = COMPILER.getTotalCompilationTime();
        }
        if (stats.size() > told || feed.isAlive()) {
          idle = System.nanoTime();
        }
        told = stats.size();
      }
      feed.join();
      System.out.printf(
          "after %d s of warm-up; the compiler took %d ms of the %d s that were measured%n",
          warmUpSeconds, COMPILER.getTotalCompilationTime() - compiling, seconds);
      print(all - warm, processCpu() - cpu, brokerCpu(broker) - brokerCpu);
    }
  }

  private void feed(KafkaProducer<String, byte[]> producer, int warm, int all, Instant newest) {
    long began = System.nanoTime();
    int passes = all / TILES + 1;
    for (int i = 0; i < all; i++) {
      long due = began + i * 1_000_000_000L / rate;
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      int pass = i / TILES;
      Instant at = newest.minus(REVISIT.multipliedBy(passes - pass));
      WaterMask mask = mask(i % TILES, pass, at);
      long now = System.currentTimeMillis();
      if (i == warm) {
        measuredFromMs = now;
      }
      producer.send(
          new ProducerRecord<>(Topics.MASKS.name(), null, now, mask.getTile(), mask.toByteArray()));
    }
  }

  /** What was committed since; a mask's figures carry the time of its record. */
  private void read(KafkaConsumer<String, byte[]> consumer) {
    for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
      if (record.topic().equals(Topics.ALERTS.name())) {
        if (record.timestamp() >= measuredFromMs) {
          alerts++;
        }
      } else {
        regions.add(record.key());
        if (isOfMask(record.value()) && record.timestamp() >= measuredFromMs) {
          stats.add(System.currentTimeMillis() - record.timestamp());
        }
      }
    }
  }

  private static boolean isOfMask(byte[] value) {
    try {
      return RegionStats.parseFrom(value).hasReceivedAt();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private void print(int sent, long cpuNs, long brokerNs) {
    System.out.printf(
        Locale.ROOT,
        "%d masks at %d/s over %d tiles in %d regions; hops %d, commit interval %d ms%n"
            + "processor time of a mask: %.2f ms here, %.2f ms in the broker%n",
        sent,
        rate,
        TILES,
        REGIONS,
        HOPS,
        StreamsSettings.COMMIT_INTERVAL.toMillis(),
        cpuNs / 1e6 / sent,
        brokerNs / 1e6 / sent);
    System.out.printf("%d alerts, each committed with the figures that caused it%n", alerts);
    print("figures", stats);
  }

  private static void print(String name, List<Long> took) {
    if (took.isEmpty()) {
      System.out.println(name + ": none came, so there is no latency of them");
      return;
    }
    long waits = (HOPS + 1) * StreamsSettings.COMMIT_INTERVAL.toMillis();
    System.out.printf(
        Locale.ROOT,
        "%d %s: p50 %d ms, p99 %d ms, most %d ms; less %d commit intervals: p50 %d ms, p99 %d ms"
            + " (asked: p99 <= 40 ms)%n",
        took.size(),
        name,
        quantile(took, 0.5),
        quantile(took, 0.99),
        quantile(took, 1),
        HOPS + 1,
        quantile(took, 0.5) - waits,
        quantile(took, 0.99) - waits);
  }

  /** The nearest rank of at least one value. */
  private static long quantile(List<Long> values, double share) {
    long[] sorted = values.stream().mapToLong(value -> value).sorted().toArray();
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }

  private static long processCpu() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private static long brokerCpu(EmbeddedBroker broker) {
    return broker.process().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
  }

  /** Smooth ground under rising water, each third time under clouds. */
  private void draw() {
    Random random = new Random(1);
    float[] ground = waves(random);
    float[] cloud = waves(random);
    for (int scene = 0; scene < SCENES; scene++) {
      Mask valid = new Mask(TileGrid.SIZE, TileGrid.SIZE);
      Mask water = new Mask(TileGrid.SIZE, TileGrid.SIZE);
      for (int i = 0; i < ground.length; i++) {
        if (scene % 3 != 0 || cloud[i] < 1) {
          valid.set(i % TileGrid.SIZE, i / TileGrid.SIZE);
          if (ground[i] + random.nextInt(100) * 0.0003 < -1.5 + Math.sin(scene / 4.0)) {
            water.set(i % TileGrid.SIZE, i / TileGrid.SIZE);
          }
        }
      }
      valids.add(RunLength.encode(valid));
      waters.add(RunLength.encode(water));
    }
  }

  private static float[] waves(Random random) {
    float[] field = new float[TileGrid.SIZE * TileGrid.SIZE];
    for (int wave = 0; wave < 6; wave++) {
      double length = 60 + random.nextInt(240);
      double turn = random.nextDouble() * 2 * Math.PI;
      double phase = random.nextDouble() * 6;
      for (int i = 0; i < field.length; i++) {
        double along = i % TileGrid.SIZE * Math.cos(turn) + i / TileGrid.SIZE * Math.sin(turn);
        field[i] += (float) Math.sin(along / length * 2 * Math.PI + phase);
      }
    }
    return field;
  }

  private WaterMask mask(int number, int pass, Instant at) {
    int picture = (pass + number % REGIONS) % SCENES; // one for a region: it rises and falls whole
    return TestScenes.mask("benchmark", "pass" + pass, tile(number), at)
        .setProcessingVersion(1)
        .setReceivedAt(Observation.timestamp(Instant.now()))
        .setWater(waters.get(picture))
        .setValid(valids.get(picture))
        .build();
  }

  /** Region by region, each in rows; the regions lie side by side. */
  private static TileId tile(int number) {
    int within = number / REGIONS;
    int x = number % REGIONS * COLUMNS + within % COLUMNS;
    return new TileId(TileGrid.DEFAULT_ANALYSIS_ZOOM, 8000 + x, 5448 + within / COLUMNS);
  }

  private static Region region(int region) {
    TileId last = tile(region + (TILES / REGIONS - 1) * REGIONS);
    return TestScenes.region("r" + region, tile(region), last)
        .setName("Region " + region)
        .setRaiseKm2(10 + 5 * region)
        .setClearKm2(1)
        .setMinPatchKm2(0.1)
        .setMaxAge(com.google.protobuf.Duration.newBuilder().setSeconds(6 * 3600))
        .build();
  }

  private static void delete(Path folder) throws IOException {
    try (var paths = Files.walk(folder)) {
      for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
