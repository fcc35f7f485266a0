package riada.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import riada.geo.TileId;
import riada.local.Cluster;
import riada.local.EmbeddedBroker;
import riada.local.TopicAdmin;
import riada.proto.Evidence;
import riada.proto.Observation;
import riada.proto.Picture;
import riada.proto.Tile;
import riada.proto.Topics;
import riada.stream.EvidenceCopier;

/** Tiles that alerts rest on are copied, and those that cannot be are named with the reason. */
@Timeout(90)
class EvidenceCopierIT {
  private static final TileId TILE = new TileId(14, 8185, 5448);

  @TempDir Path folder;

  @Test
  void eachPieceOfEvidenceGetsItsTileOrTheReasonWhyNot() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"), 0)) {
      Cluster cluster = Cluster.plain(broker.bootstrapServers());
      TopicAdmin.create(cluster.client(), 1, (short) 1);
      for (String scene : new String[] {"gone", "one", "two"}) { // offsets 0, 1 and 2
        Station.send(
            cluster,
            Topics.TILES.name(),
            TILE.toString().getBytes(UTF_8),
            tile(scene).toByteArray());
      }
      Station.send(cluster, Topics.TILES.name(), new byte[] {1}, new byte[] {1, 2, 3});
      endTransaction(cluster); // offset 4 and, as its mark, 5
      forget(cluster, 1);
      want(cluster, "gone", 0, 0);
      want(cluster, "one", 0, 1);
      want(cluster, "two", 0, 1); // there lies another
      want(cluster, "three", 0, 3); // there lies no tile
      want(cluster, "four", 0, 99);
      want(cluster, "seven", 0, 5);
      want(cluster, "five", 7, 0);
      want(cluster, "six", 0, -1);
      Station.send(cluster, Topics.EVIDENCE.name(), new byte[] {1}, new byte[] {1, 2, 3});
      want(cluster, "two", 0, 2);

      Map<String, Evidence> answers = new HashMap<>();
      try (EvidenceCopier copier = EvidenceCopier.start(cluster.client())) {
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> read(cluster, answers).size() == 9 && copier.trouble().isEmpty());
      }

      assertThat(answers.get("one@1").getTile()).isEqualTo(tile("one"));
      assertThat(answers.get("two@2").getTile()).isEqualTo(tile("two"));
      assertThat(answers.get("gone@0").getMissing()).contains("no longer kept");
      assertThat(answers.get("two@1").getMissing()).contains("Another tile");
      assertThat(answers.get("three@3").getMissing()).contains("No tile");
      assertThat(answers.get("four@99").getMissing()).contains("does not lie");
      assertThat(answers.get("seven@5").getMissing()).contains("does not lie");
      assertThat(answers.get("five@0").getMissing()).contains("There is no");
      assertThat(answers.get("six@-1").getMissing()).contains("does not say");
    }
  }

  @Test
  void aTileThatWasCopiedBeforeTheStartIsNotCalledMissing() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"), 0)) {
      Cluster cluster = Cluster.plain(broker.bootstrapServers());
      TopicAdmin.create(cluster.client(), 1, (short) 1);
      for (String scene : new String[] {"copied", "lost", "last"}) { // offsets 0, 1 and 2
        Station.send(
            cluster,
            Topics.TILES.name(),
            TILE.toString().getBytes(UTF_8),
            tile(scene).toByteArray());
      }
      want(cluster, "copied", 0, 0);
      Map<String, Evidence> answers = new HashMap<>();
      try (EvidenceCopier first = EvidenceCopier.start(cluster.client())) {
        await().atMost(Duration.ofSeconds(60)).until(() -> read(cluster, answers).size() == 1);
      }
      forget(cluster, 2);
      want(cluster, "copied", 0, 0);
      want(cluster, "lost", 0, 1);
      want(cluster, "last", 0, 2);

      try (EvidenceCopier second = EvidenceCopier.start(cluster.client())) {
        await().atMost(Duration.ofSeconds(60)).until(() -> read(cluster, answers).size() == 3);
      }

      assertThat(answers.get("copied@0").getMissing()).isEmpty();
      assertThat(answers.get("copied@0").getTile()).isEqualTo(tile("copied"));
      assertThat(answers.get("lost@1").getMissing()).contains("no longer kept");
    }
  }

  /** What the copier wrote last, by scene and the offset that was named. */
  private static Map<String, Evidence> read(Cluster cluster, Map<String, Evidence> answers)
      throws Exception {
    try (TopicReader reader = new TopicReader(cluster.impatient(), Topics.EVIDENCE.name(), true)) {
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      reader.forEachToEnd(records::add);
      for (ConsumerRecord<byte[], byte[]> record : records) {
        if (record.value().length > 3) {
          Evidence evidence = Evidence.parseFrom(record.value());
          if (evidence.hasTile() || !evidence.getMissing().isEmpty()) {
            answers.put(evidence.getModel().getName() + "@" + evidence.getSourceOffset(), evidence);
          }
        }
      }
    }
    return answers;
  }

  private static void want(Cluster cluster, String scene, int partition, long offset)
      throws Exception {
    String id = Observation.id("test", scene, TILE, acquiredAt());
    Evidence.Builder wanted =
        Evidence.newBuilder()
            .setIncidentId("incident")
            .setObservationId(id)
            .setSequence(1)
            .setTileId(TILE.toString())
            .setSourcePartition(partition)
            .setSourceOffset(offset);
    wanted.getModelBuilder().setName(scene);
    Station.send(
        cluster,
        Topics.EVIDENCE.name(),
        ("incident/" + id).getBytes(UTF_8),
        wanted.build().toByteArray());
  }

  private static void endTransaction(Cluster cluster) {
    Map<String, Object> config = cluster.client();
    config.put("transactional.id", "publisher");
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(Topics.TILES.name(), new byte[] {1}, new byte[] {1}));
      producer.commitTransaction();
    }
  }

  private static void forget(Cluster cluster, long before) throws Exception {
    try (Admin admin = Admin.create(cluster.client())) {
      admin
          .deleteRecords(
              Map.of(
                  new TopicPartition(Topics.TILES.name(), 0), RecordsToDelete.beforeOffset(before)))
          .all()
          .get();
    }
  }

  private static Tile tile(String scene) {
    return Tile.newBuilder()
        .setPublisher("test")
        .setScene(scene)
        .setAcquiredAt(Observation.timestamp(acquiredAt()))
        .setPicture(Picture.newBuilder().setData(ByteString.copyFromUtf8(scene)))
        .build();
  }

  private static Instant acquiredAt() {
    return Instant.parse("2026-03-01T12:00:00Z");
  }
}
