package riada.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import riada.local.Cluster;
import riada.local.EmbeddedBroker;
import riada.local.PresentEnd;
import riada.local.TopicAdmin;
import riada.proto.Evidence;
import riada.proto.Tile;
import riada.proto.Topics;

/** Which copies are made again, on a real broker; each test has a partition of its own. */
@Timeout(120)
class EvidenceKeeperIT {
  private static final int PARTITIONS = 3;
  private static final long NOW = System.currentTimeMillis();

  @TempDir static Path folder;
  private static EmbeddedBroker broker;
  private static Map<String, Object> client;
  private static KafkaProducer<byte[], byte[]> out;

  @BeforeAll
  static void start() throws Exception {
    broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
    Cluster cluster = Cluster.plain(broker.bootstrapServers());
    client = cluster.client();
    TopicAdmin.create(client, PARTITIONS, (short) 1);
    out = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @AfterAll
  static void stop() {
    out.close();
    broker.close();
  }

  @Test
  void oldCopiesThatWereNamedAgainAreCopiedAgainOnce() throws Exception {
    name(0, "again", 70);
    copy(0, "again", 70);
    name(0, "once", 70);
    copy(0, "once", 70);
    out.send(record(0, "stranger", new byte[] {1, 2, 3}, 65));
    name(0, "young", 50);
    copy(0, "young", 50);
    name(0, "again", 20);
    name(0, "young", 20);
    EvidenceKeeper.Look first = look(0, 0, 100);

    EvidenceKeeper.Look second = look(0, 0, 100);

    assertThat(first).isEqualTo(new EvidenceKeeper.Look(1, 0));
    assertThat(second).isEqualTo(new EvidenceKeeper.Look(0, 0));
    assertThat(copies(0)).containsExactly("again", "once", "young", "again");
  }

  @Test
  void whatALookLeavesTheNextTakesUp() throws Exception {
    for (int i = 0; i < 5; i++) {
      name(1, "o" + i, 70);
      copy(1, "o" + i, 70);
    }
    for (int i = 0; i < 5; i++) {
      name(1, "o" + i, 3);
    }

    List<EvidenceKeeper.Look> looks = new ArrayList<>(List.of(look(1, 0, 2)));
    while (looks.get(looks.size() - 1).next() > 0) {
      looks.add(look(1, looks.get(looks.size() - 1).next(), 2));
    }

    assertThat(looks)
        .containsExactly(
            new EvidenceKeeper.Look(2, 5),
            new EvidenceKeeper.Look(2, 9),
            new EvidenceKeeper.Look(1, 0));
    assertThat(copies(1).subList(5, 10)).containsExactly("o0", "o1", "o2", "o3", "o4");
  }

  @Test
  void whereNothingIsOldNothingIsCopied() throws Exception {
    name(2, "young", 50);
    copy(2, "young", 50);
    name(2, "young", 20);

    EvidenceKeeper.Look look = look(2, 0, 100);

    assertThat(look).isEqualTo(new EvidenceKeeper.Look(0, 0));
    assertThat(copies(2)).containsExactly("young");
  }

  private static EvidenceKeeper.Look look(int partition, long from, int pieces) throws Exception {
    out.flush();
    try (KafkaConsumer<byte[], byte[]> evidence = EvidenceKeeper.consumer(client)) {
      return EvidenceKeeper.look(at(partition), from, pieces, evidence, out, NOW);
    }
  }

  /** The observations whose tiles lie there, in their order. */
  private static List<String> copies(int partition) throws Exception {
    out.flush();
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> evidence = EvidenceKeeper.consumer(client)) {
      evidence.assign(List.of(at(partition)));
      PresentEnd.read(evidence, List.of(at(partition)), PresentEnd.PATIENCE, records::add);
    }
    List<String> copies = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (record.value().length > 3 && Evidence.parseFrom(record.value()).hasTile()) {
        copies.add(Evidence.parseFrom(record.value()).getObservationId());
      }
    }
    return copies;
  }

  private static TopicPartition at(int partition) {
    return new TopicPartition(Topics.EVIDENCE.name(), partition);
  }

  private static void name(int partition, String observation, int daysAgo) {
    out.send(record(partition, observation, evidence(observation).build().toByteArray(), daysAgo));
  }

  private static void copy(int partition, String observation, int daysAgo) {
    Evidence copy = evidence(observation).setTile(Tile.getDefaultInstance()).build();
    out.send(record(partition, observation, copy.toByteArray(), daysAgo));
  }

  private static Evidence.Builder evidence(String observation) {
    return Evidence.newBuilder()
        .setIncidentId("incident")
        .setObservationId(observation)
        .setSequence(1);
  }

  private static ProducerRecord<byte[], byte[]> record(
      int partition, String observation, byte[] value, int daysAgo) {
    return new ProducerRecord<>(
        Topics.EVIDENCE.name(),
        partition,
        NOW - Duration.ofDays(daysAgo).toMillis(),
        ("incident/" + observation).getBytes(UTF_8),
        value);
  }
}
