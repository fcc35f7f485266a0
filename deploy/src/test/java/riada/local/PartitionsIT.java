package riada.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.RunLength;
import riada.proto.Region;
import riada.proto.RegionStats;
import riada.proto.Topics;
import riada.proto.WaterMask;
import riada.stream.StreamService;
import riada.stream.StreamsSettings;
import riada.stream.TopologyConfig;

/** The same masks in any order over any number of partitions give the model's sums, to the cm2. */
@Timeout(300)
class PartitionsIT {
  private static final int TILES = 8;
  private static final Instant START = Instant.now().minusSeconds(7200);

  @TempDir Path folder;

  /** Rows of a tile that a mask sees, and those of them that are wet. */
  private record Sight(int tile, int minute, int from, int to, int wetFrom, int wetTo) {}

  @Test
  void sumsAreTheModelsOverOneThreeAndTwelvePartitions() throws Exception {
    List<Sight> sights = sights();
    Map<String, Long> expected = model(sights);

    for (int partitions : new int[] {1, 3, 12}) {
      Map<String, Long> sums = run(partitions, sights, expected);

      assertThat(sums).as("%s partitions", partitions).isEqualTo(expected);
    }
  }

  /** The last sums of the regions, once they are those of the model. */
  private Map<String, Long> run(int partitions, List<Sight> sights, Map<String, Long> expected)
      throws Exception {
    Path here = folder.resolve("of" + partitions);
    try (EmbeddedBroker broker = EmbeddedBroker.start(here.resolve("broker"), 0)) {
      Cluster cluster = Cluster.plain(broker.bootstrapServers());
      TopicAdmin.create(cluster.impatient(), partitions, (short) 1);
      Map<String, Long> sums = new TreeMap<>();
      try (StreamService service =
              StreamService.start(
                  StreamsSettings.of(broker.bootstrapServers(), here.resolve("state")),
                  TopologyConfig.defaults());
          KafkaConsumer<String, byte[]> consumer = consumer(broker)) {
        consumer.subscribe(List.of(Topics.STATS.name()));
        publish(broker, sights, partitions);
        await()
            .atMost(java.time.Duration.ofSeconds(90))
            .during(java.time.Duration.ofSeconds(1)) // and nothing comes after it
            .until(
                () -> {
                  consumer
                      .poll(java.time.Duration.ofMillis(200))
                      .forEach(record -> sums.put(record.key(), flooded(record.value())));
                  return sums.equals(expected);
                });
        assertThat(service.isHealthy()).isTrue();
      }
      return sums;
    }
  }

  private static List<Sight> sights() {
    Random random = new Random(7);
    List<Sight> sights = new ArrayList<>();
    for (int tile = 0; tile < TILES; tile++) {
      for (int minute = 0; minute < 60; minute += 10) {
        int from = random.nextInt(300);
        int to = from + 1 + random.nextInt(212);
        int wetFrom = from + random.nextInt(to - from);
        sights.add(
            new Sight(tile, minute, from, to, wetFrom, wetFrom + random.nextInt(to - wetFrom + 1)));
      }
    }
    return sights;
  }

  /** Row by row, the newest sight that saw it. Region i is tile i and the next. */
  private static Map<String, Long> model(List<Sight> sights) {
    long[] flooded = new long[TILES];
    for (int tile = 0; tile < TILES; tile++) {
      for (int row = 0; row < TileGrid.SIZE; row++) {
        boolean wet = false;
        for (Sight sight : sights) { // in the order of time
          if (sight.tile() == tile && row >= sight.from() && row < sight.to()) {
            wet = row >= sight.wetFrom() && row < sight.wetTo();
          }
        }
        flooded[tile] += wet ? TileGrid.SIZE * TileGrid.cellAreaCm2(tile(tile), row) : 0;
      }
    }
    Map<String, Long> sums = new TreeMap<>();
    for (int region = 0; region + 1 < TILES; region++) {
      sums.put("r" + region, flooded[region] + flooded[region + 1]);
    }
    return sums;
  }

  private static void publish(EmbeddedBroker broker, List<Sight> sights, int seed) {
    List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
    for (int region = 0; region + 1 < TILES; region++) {
      byte[] value = region(region).toByteArray();
      records.add(new ProducerRecord<>(Topics.REGIONS.name(), "r" + region, value));
    }
    Random random = new Random(seed);
    for (Sight sight : sights) {
      WaterMask mask = mask(sight);
      for (int n = random.nextInt(10) < 3 ? 2 : 1; n > 0; n--) {
        records.add(new ProducerRecord<>(Topics.MASKS.name(), mask.getTile(), mask.toByteArray()));
      }
    }
    Collections.shuffle(records, random);
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      records.forEach(producer::send);
    }
  }

  private static WaterMask mask(Sight sight) {
    Instant at = START.plusSeconds(60L * sight.minute());
    return TestScenes.mask("test", "s" + sight.minute(), tile(sight.tile()), at)
        .setWater(RunLength.encode(TestScenes.rows(sight.wetFrom(), sight.wetTo())))
        .setValid(RunLength.encode(TestScenes.rows(sight.from(), sight.to())))
        .build();
  }

  private static TileId tile(int tile) {
    return new TileId(14, 8185 + tile, 5448);
  }

  private static Region region(int region) {
    return TestScenes.region("r" + region, tile(region), tile(region + 1))
        .setRaiseKm2(1000)
        .setClearKm2(1)
        .setMaxAge(Duration.newBuilder().setSeconds(86_400))
        .build();
  }

  private static KafkaConsumer<String, byte[]> consumer(EmbeddedBroker broker) {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers",
            broker.bootstrapServers(),
            "group.id",
            "partitions-it",
            "isolation.level",
            "read_committed",
            "auto.offset.reset",
            "earliest"),
        new StringDeserializer(),
        new ByteArrayDeserializer());
  }

  private static long flooded(byte[] stats) {
    try {
      return RegionStats.parseFrom(stats).getFloodedCm2();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }
}
