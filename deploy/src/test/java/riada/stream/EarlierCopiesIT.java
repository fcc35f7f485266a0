package riada.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import riada.local.Cluster;
import riada.local.EmbeddedBroker;
import riada.local.TopicAdmin;
import riada.proto.Evidence;
import riada.proto.Tile;
import riada.proto.Topics;

/** Which copies are found again, on a real broker; each test has a partition of its own. */
@Timeout(120)
class EarlierCopiesIT {
  private static final Instant NOW = Instant.now();
  private static final String INCIDENT = incident(5);
  private static final String OLDER = incident(70);

  @TempDir static Path folder;
  private static EmbeddedBroker broker;
  private static Map<String, Object> client;
  private static KafkaProducer<byte[], byte[]> out;

  private final List<String> found = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
    client = Cluster.plain(broker.bootstrapServers()).client();
    TopicAdmin.create(client, 2, (short) 1);
    out = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @AfterAll
  static void stop() {
    out.close();
    broker.close();
  }

  @Test
  void whatAnotherCopierWroteSinceIsFoundToo() throws Exception {
    try (EarlierCopies earlier = new EarlierCopies(client, (key, offset) -> found.add(key))) {
      copy(0, "first", 4);
      find(earlier, 0, INCIDENT);
      copy(0, "second", 3);

      find(earlier, 0, INCIDENT);
    }

    assertThat(found).containsExactly(INCIDENT + "/first", INCIDENT + "/second");
  }

  @Test
  void forAnIncidentThatBeganEarlierAllIsReadFromThere() throws Exception {
    try (EarlierCopies earlier = new EarlierCopies(client, (key, offset) -> found.add(key))) {
      copy(1, "long ago", 60);
      copy(1, "now", 2);
      find(earlier, 1, INCIDENT);
      found.clear();

      find(earlier, 1, OLDER);
    }

    assertThat(found).containsExactly(INCIDENT + "/long ago", INCIDENT + "/now");
  }

  /** One that began so many days ago. */
  private static String incident(int daysAgo) {
    return DateTimeFormatter.ofPattern("'valley-'yyyyMMdd'T'HHmmss'Z'")
        .withZone(ZoneOffset.UTC)
        .format(NOW.minus(Duration.ofDays(daysAgo)));
  }

  /** The copies before a name that is written now. */
  private static void find(EarlierCopies earlier, int partition, String incident) throws Exception {
    Evidence name =
        Evidence.newBuilder()
            .setIncidentId(incident)
            .setObservationId("gone")
            .setSequence(1)
            .build();
    byte[] key = "name".getBytes(UTF_8);
    long offset = out.send(record(partition, 0, key, name)).get().offset();

    earlier.read(
        new ConsumerRecord<>(Topics.EVIDENCE.name(), partition, offset, key, name.toByteArray()),
        name);
  }

  private static void copy(int partition, String observation, int daysAgo) throws Exception {
    Evidence copy =
        Evidence.newBuilder()
            .setIncidentId(INCIDENT)
            .setObservationId(observation)
            .setTile(Tile.getDefaultInstance())
            .build();
    byte[] key = Receipts.key(INCIDENT, observation).getBytes(UTF_8);
    out.send(record(partition, daysAgo, key, copy)).get();
  }

  private static ProducerRecord<byte[], byte[]> record(
      int partition, int daysAgo, byte[] key, Evidence value) {
    long at = NOW.minus(Duration.ofDays(daysAgo)).toEpochMilli();
    return new ProducerRecord<>(Topics.EVIDENCE.name(), partition, at, key, value.toByteArray());
  }
}
