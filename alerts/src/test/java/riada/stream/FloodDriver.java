package riada.stream;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.Action;
import riada.proto.Alert;
import riada.proto.Evidence;
import riada.proto.Ground;
import riada.proto.ModelRef;
import riada.proto.Observation;
import riada.proto.ProtoSerde;
import riada.proto.Reference;
import riada.proto.Region;
import riada.proto.RegionStats;
import riada.proto.Topic;
import riada.proto.Topics;
import riada.proto.WaterMask;

/** The topology in a driver with a clock of its own, and the records that go in and come out. */
final class FloodDriver implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  static final TileId TILE = new TileId(14, 8185, 5448);

  private final RocksDbMemory memory = new RocksDbMemory(16 << 20);
  private final TopologyTestDriver driver;
  private final Map<Topic, TestInputTopic<byte[], byte[]>> inputs = new HashMap<>();
  private final TestOutputTopic<String, Ground> ground;
  private final TestOutputTopic<String, RegionStats> stats;
  private final TestOutputTopic<String, Alert> alerts;
  private final TestOutputTopic<String, Evidence> evidence;

  FloodDriver(Path dir) {
    Properties properties = StreamsSettings.of("none:1", dir).properties();
    memory.install(properties);
    driver =
        new TopologyTestDriver(FloodTopology.build(TopologyConfig.defaults()), properties, NOW);
    for (Topic topic : List.of(Topics.MASKS, Topics.REGIONS, Topics.REFERENCE, Topics.ACTIONS)) {
      inputs.put(
          topic,
          driver.createInputTopic(
              topic.name(),
              new ByteArraySerializer(),
              new ByteArraySerializer(),
              NOW,
              Duration.ZERO));
    }
    StringDeserializer key = new StringDeserializer();
    ground =
        driver.createOutputTopic(
            Topics.GROUND.name(), key, ProtoSerde.of(Ground.parser()).deserializer());
    stats =
        driver.createOutputTopic(
            Topics.STATS.name(), key, ProtoSerde.of(RegionStats.parser()).deserializer());
    alerts =
        driver.createOutputTopic(
            Topics.ALERTS.name(), key, ProtoSerde.of(Alert.parser()).deserializer());
    evidence =
        driver.createOutputTopic(
            Topics.EVIDENCE.name(), key, ProtoSerde.of(Evidence.parser()).deserializer());
  }

  void raw(Topic topic, byte[] key, byte[] value) {
    inputs.get(topic).pipeInput(key, value);
  }

  void raw(Topic topic, String key, byte[] value) {
    raw(topic, key.getBytes(StandardCharsets.UTF_8), value);
  }

  /** Of another time than the driver's. */
  void raw(Topic topic, String key, byte[] value, Instant at) {
    inputs.get(topic).pipeInput(key.getBytes(StandardCharsets.UTF_8), value, at);
  }

  void raw(Topic topic, String key, byte[] value, Headers headers) {
    inputs
        .get(topic)
        .pipeInput(new TestRecord<>(key.getBytes(StandardCharsets.UTF_8), value, headers));
  }

  void send(WaterMask mask) {
    raw(Topics.MASKS, mask.getTile(), mask.toByteArray());
  }

  void send(Region region) {
    raw(Topics.REGIONS, region.getId(), region.toByteArray());
  }

  void send(Reference reference) {
    raw(Topics.REFERENCE, reference.getTile(), reference.toByteArray());
  }

  void send(Action action) {
    raw(Topics.ACTIONS, action.getTarget(), action.toByteArray());
  }

  /** The regions as the intake took them in last. */
  KeyValueStore<String, Region> regions() {
    return driver.getKeyValueStore(RegionIntake.STORE);
  }

  /** What the store holds of a tile, keys included. */
  long stateBytes(TileId tile) {
    KeyValueStore<String, TileInput> store = driver.getKeyValueStore(TileProcessor.STORE);
    long bytes = 0;
    try (var all = store.all()) {
      while (all.hasNext()) {
        var entry = all.next();
        if (entry.key.contains(tile + "|")) {
          bytes += entry.key.length() + entry.value.getSerializedSize();
        }
      }
    }
    return bytes;
  }

  void silence(Duration time) {
    driver.advanceWallClockTime(time);
  }

  List<Ground> ground() {
    return ground.readValuesToList();
  }

  List<TestRecord<String, Ground>> groundRecords() {
    return new ArrayList<>(ground.readRecordsToList());
  }

  Ground lastGround() {
    List<Ground> all = ground();
    return all.get(all.size() - 1);
  }

  /** A null stands for a tombstone. */
  List<RegionStats> stats() {
    return stats.readValuesToList();
  }

  RegionStats lastStats() {
    List<RegionStats> all = stats();
    return all.get(all.size() - 1);
  }

  List<Alert> alerts() {
    return alerts.readValuesToList();
  }

  List<TestRecord<String, Alert>> alertRecords() {
    return new ArrayList<>(alerts.readRecordsToList());
  }

  List<TestRecord<String, RegionStats>> statsRecords() {
    return new ArrayList<>(stats.readRecordsToList());
  }

  List<TestRecord<String, Evidence>> evidence() {
    return new ArrayList<>(evidence.readRecordsToList());
  }

  /** What the topology itself wrote there. */
  List<Reference> references() {
    return driver
        .createOutputTopic(
            Topics.REFERENCE.name(),
            new StringDeserializer(),
            ProtoSerde.of(Reference.parser()).deserializer())
        .readValuesToList();
  }

  List<TestRecord<byte[], byte[]>> dead(Topic topic) {
    return new ArrayList<>(
        driver
            .createOutputTopic(
                Topics.deadLetters(topic).name(),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())
            .readRecordsToList());
  }

  @Override
  public void close() {
    driver.close();
    memory.close();
  }

  static WaterMask.Builder mask(
      TileId tile, String scene, Duration beforeNow, Mask water, Mask valid) {
    Instant acquiredAt = NOW.minus(beforeNow);
    return WaterMask.newBuilder()
        .setTile(tile.toString())
        .setObservationId(Observation.id("test", scene, tile, acquiredAt))
        .setPublisher("test")
        .setScene(scene)
        .setProcessingVersion(1)
        .setAcquiredAt(Observation.timestamp(acquiredAt))
        .setWater(RunLength.encode(water))
        .setValid(RunLength.encode(valid))
        .setModel(ModelRef.newBuilder().setName("m").setVersion("1.0").setDigest("d"))
        .setReceivedAt(Observation.timestamp(NOW));
  }

  /** A region with the limits raise 0.5 km2, clear 0.1 km2, 80 % seen, 6 h, 2 passes. */
  static Region.Builder region(String id, String geometry) {
    return Region.newBuilder()
        .setId(id)
        .setName("Region " + id)
        .setGeometry(geometry)
        .setRaiseKm2(0.5)
        .setClearKm2(0.1)
        .setMinObserved(0.8)
        .setMaxAge(com.google.protobuf.Duration.newBuilder().setSeconds(6 * 3600))
        .setPasses(2);
  }

  /** GeoJSON of the cells x0..x1, y0..y1 (exclusive) of {@code tile}. */
  static String cells(TileId tile, double x0, double y0, double x1, double y1) {
    double west = riada.geo.TileGrid.longitude(tile.z(), tile.x() + x0 / 512);
    double east = riada.geo.TileGrid.longitude(tile.z(), tile.x() + x1 / 512);
    double north = riada.geo.TileGrid.latitude(tile.z(), tile.y() + y0 / 512);
    double south = riada.geo.TileGrid.latitude(tile.z(), tile.y() + y1 / 512);
    return "{\"type\":\"Polygon\",\"coordinates\":[[["
        + west
        + ","
        + south
        + "],["
        + east
        + ","
        + south
        + "],["
        + east
        + ","
        + north
        + "],["
        + west
        + ","
        + north
        + "],["
        + west
        + ","
        + south
        + "]]]}";
  }

  static Mask full() {
    return Mask.full(512, 512);
  }

  static Mask empty() {
    return new Mask(512, 512);
  }

  static Mask rows(int from, int to) {
    Mask mask = empty();
    for (int y = from; y < to; y++) {
      mask.setRow(y, 0, 512);
    }
    return mask;
  }
}
