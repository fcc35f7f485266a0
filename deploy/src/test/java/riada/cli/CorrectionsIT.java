package riada.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.local.Cluster;
import riada.local.EmbeddedBroker;
import riada.local.TopicAdmin;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.Action;
import riada.proto.MaskRuns;
import riada.proto.Observation;
import riada.proto.Reference;
import riada.proto.Topics;
import riada.stream.StreamService;
import riada.stream.StreamsSettings;
import riada.stream.TopologyConfig;

/** Actions and references need not lie on equally many partitions for the two to meet. */
@Timeout(180)
class CorrectionsIT {
  private static final int TILES = 12;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Instant NOW = Instant.now();
  private static final MaskRuns DRY = RunLength.encode(new Mask(TileGrid.SIZE, TileGrid.SIZE));

  @TempDir Path folder;

  @Test
  void noCorrectionIsWrittenBehindANewerReferenceOfItsTile() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"), 0)) {
      Cluster cluster = Cluster.plain(broker.bootstrapServers());
      TopicAdmin.create(cluster.impatient(), 2, (short) 1);
      try (Admin admin = Admin.create(cluster.impatient());
          StreamService service = start(admin, broker)) {
        send(cluster, Topics.REFERENCE.name(), NOW.minusSeconds(60), CorrectionsIT::reference);
        await().atMost(PATIENCE).until(() -> read(admin, Topics.REFERENCE.name()) == TILES);

        send(cluster, Topics.ACTIONS.name(), NOW.minusSeconds(3600), CorrectionsIT::correction);

        String letters = Topics.deadLetters(Topics.ACTIONS).name();
        await().atMost(PATIENCE).until(() -> records(cluster, letters).size() == TILES);
        assertThat(records(cluster, letters))
            .allSatisfy(
                letter ->
                    assertThat(letter.headers().lastHeader("riada.counter").value())
                        .isEqualTo("correction_overtaken".getBytes(UTF_8)));
        assertThat(records(cluster, Topics.REFERENCE.name())).hasSize(TILES);
        assertThat(service.isHealthy()).isTrue();
      }
    }
  }

  private StreamService start(Admin admin, EmbeddedBroker broker) throws Exception {
    admin.createPartitions(Map.of(Topics.ACTIONS.name(), NewPartitions.increaseTo(5))).all().get();
    return StreamService.start(
        StreamsSettings.of(broker.bootstrapServers(), folder.resolve("state")),
        TopologyConfig.defaults());
  }

  private static byte[] reference(String tile) {
    return Reference.newBuilder()
        .setTile(tile)
        .setWet(DRY)
        .setVersion("imported")
        .build()
        .toByteArray();
  }

  private static byte[] correction(String tile) {
    return Action.newBuilder()
        .setKind(Action.Kind.CORRECT_REFERENCE)
        .setTarget(tile)
        .setWho("ann")
        .setAt(Observation.timestamp(NOW.minusSeconds(3600)))
        .setMask(DRY)
        .build()
        .toByteArray();
  }

  private interface Value {
    byte[] of(String tile);
  }

  private static void send(Cluster cluster, String topic, Instant at, Value value) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            cluster.impatient(), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < TILES; i++) {
        String tile = new TileId(14, 8185 + i, 5448).toString();
        producer.send(
            new ProducerRecord<>(
                topic, null, at.toEpochMilli(), tile.getBytes(UTF_8), value.of(tile)));
      }
    }
  }

  /** How many records of a topic the alerts stage is through with. */
  private static long read(Admin admin, String topic) throws Exception {
    return admin
        .listConsumerGroupOffsets(StreamsSettings.APPLICATION_ID)
        .partitionsToOffsetAndMetadata()
        .get()
        .entrySet()
        .stream()
        .filter(one -> one.getKey().topic().equals(topic) && one.getValue() != null)
        .map(Map.Entry::getValue)
        .mapToLong(OffsetAndMetadata::offset)
        .sum();
  }

  private static List<ConsumerRecord<byte[], byte[]>> records(Cluster cluster, String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (TopicReader reader = new TopicReader(cluster.impatient(), topic, true)) {
      reader.forEachToEnd(records::add);
    }
    return records;
  }
}
