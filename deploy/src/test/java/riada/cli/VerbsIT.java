package riada.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import riada.local.EmbeddedBroker;
import riada.proto.Alert;
import riada.proto.BadInput;
import riada.proto.DeadLetters;
import riada.proto.Observation;
import riada.proto.Picture;
import riada.proto.RegionState;
import riada.proto.RegionStats;
import riada.proto.Tile;

/** The verbs that ask Kafka, against a real broker. Each test leaves its records to the next. */
@Timeout(60)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class VerbsIT {
  @TempDir static Path folder;
  private static EmbeddedBroker broker;
  private static Shell shell;

  @BeforeAll
  static void start() throws Exception {
    broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
    shell = new Shell();
    shell.environment.put("RIADA_BOOTSTRAP_SERVERS", broker.bootstrapServers());
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  @Order(1)
  void topicsAreMissingAtFirst() {
    Shell.Result described = shell.run("topics", "describe");

    assertThat(described.status()).isZero();
    assertThat(described.out().lines().skip(1)).hasSize(15).allMatch(l -> l.endsWith("missing"));
  }

  @Test
  @Order(2)
  void topicsAreCreatedOnce() {
    Shell.Result first = shell.run("topics", "create", "--partitions", "4");
    Shell.Result second = shell.run("topics", "create", "--partitions", "4", "-o", "json");
    Shell.Result other = shell.run("topics", "create");

    assertThat(first.out().lines().skip(1)).hasSize(15).allMatch(l -> l.endsWith("created"));
    assertThat(second.out())
        .startsWith("[{\"topic\":\"flood.tiles.v1\"")
        .contains("\"status\":\"exists\"")
        .doesNotContain("created", "differs");
    assertThat(other.status()).isZero();
    assertThat(other.out()).contains("differs: partitions is 4, not 12", "7 days", "2097152");
    assertThat(other.err()).contains("was left as it is", "kafka-topics");
  }

  @Test
  @Order(3)
  void whereThereIsNothingToListASentenceSaysSo() {
    Shell.Result letters = shell.run("dlq", "list");
    Shell.Result json = shell.run("dlq", "list", "-o", "json");
    Shell.Result shown = shell.run("dlq", "show", "flood.masks.v1");
    Shell.Result regions = shell.run("region", "list");

    assertThat(letters.out() + shown.out() + regions.out()).isEmpty();
    assertThat(letters.err()).contains("There are no dead letters");
    assertThat(shown.err()).contains("no dead letters of flood.masks.v1");
    assertThat(regions.err()).contains("No region is set");
    assertThat(json.out().strip()).isEqualTo("[]");
    assertThat(json.err()).isEmpty();
  }

  @Test
  @Order(3)
  void tailPrintsRecordsAsJsonLinesWithoutThePicture() {
    send("flood.tiles.v1", "14/1/2", tile().toByteArray());
    send("flood.tiles.v1", "14/1/2", "garbage".getBytes(UTF_8));

    Shell.Result tail = shell.run("tail", "flood.tiles.v1", "--from-beginning", "--max", "2");

    assertThat(tail.status()).isZero();
    assertThat(tail.out().lines()).hasSize(2);
    assertThat(tail.out().lines().toList().get(0))
        .contains("\"key\":\"14/1/2\"", "\"publisher\":\"test\"", "\"halo_px\":8")
        .contains("\"data\":{\"bytes\":5000}");
    assertThat(tail.out().lines().toList().get(1))
        .contains("\"bytes\":7,\"base64\":\"Z2FyYmFnZQ==\"")
        .contains("\"error\":\"The value is no Tile message");
  }

  @Test
  @Order(4)
  void tailGoesOnPastATimeThatCannotBe() {
    Timestamp impossible = Timestamp.newBuilder().setSeconds(Long.MAX_VALUE).setNanos(-1).build();
    send(
        "flood.stats.v1",
        "valley",
        RegionStats.newBuilder().setAsOf(impossible).build().toByteArray());

    Shell.Result tail = shell.run("tail", "flood.stats.v1", "--from-beginning", "--max", "1");

    assertThat(tail.status()).as(tail.err()).isZero();
    assertThat(tail.out()).contains("\"base64\":").contains("\"error\":\"The RegionStats cannot");
  }

  @Test
  @Order(4)
  void tailNamesATopicThatIsNotThereAndSaysHowToMakeIt() {
    Shell.Result tail = shell.run("tail", "flood.tales.v1", "--max", "1");

    assertThat(tail.status()).isEqualTo(3);
    assertThat(tail.err()).contains("no topic 'flood.tales.v1'", "riada topics create");
  }

  @Test
  @Order(5)
  void regionsAreListedAsTheyWereSetLast() throws Exception {
    region("valley", 2);
    region("valley", 3);
    region("delta", 1);

    Shell.Result list = shell.run("region", "list", "-o", "json");

    assertThat(list.out())
        .isEqualToNormalizingNewlines(
            """
            [{"id":"delta","name":"delta","raise_km2":1.0,"clear_km2":0.5,"min_observed":0.8,\
            "max_age":"PT6H","passes":2,"parent":""},\
            {"id":"valley","name":"valley","raise_km2":3.0,"clear_km2":0.5,"min_observed":0.8,\
            "max_age":"PT6H","passes":2,"parent":""}]
            """);
  }

  @Test
  @Order(6)
  void aDeletedRegionIsListedNoLongerAndAnUnknownOneIsASentence() {
    Shell.Result deleted = shell.run("region", "delete", "delta");
    Shell.Result again = shell.run("region", "delete", "delta");

    assertThat(deleted.status()).isZero();
    assertThat(deleted.out()).isEqualToNormalizingNewlines("region  name\ndelta   delta\n");
    assertThat(shell.run("region", "list").out())
        .contains("valley", "  6h  ")
        .doesNotContain("delta", "PT6H");
    assertThat(again.status()).isEqualTo(3);
    assertThat(again.err()).contains("There is no region 'delta'");
  }

  @Test
  @Order(6)
  void deadLettersAreCountedAndShownWithTheirReasons() {
    BadInput why = new BadInput("picture_unreadable", "The picture is cut off; send it again.");
    send(
        DeadLetters.record(
            "segmenter",
            "flood.tiles.v1",
            3,
            77,
            new RecordHeaders(),
            "14/1/2".getBytes(UTF_8),
            new byte[9],
            why));

    Shell.Result list = shell.run("dlq", "list");
    Shell.Result show = shell.run("dlq", "show", "flood.tiles.v1", "-o", "json");

    assertThat(list.out()).contains("dlq.flood.tiles.v1", "segmenter", "picture_unreadable", "1");
    assertThat(show.out())
        .isEqualToNormalizingNewlines(
            """
            [{"key":"14/1/2","bytes":9,"stage":"segmenter","topic":"flood.tiles.v1","partition":"3",\
            "offset":"77","counter":"picture_unreadable",\
            "reason":"The picture is cut off; send it again."}]
            """);
  }

  @Test
  @Order(7)
  void aReferenceIsImportedAndCorrected() throws Exception {
    Path lake = folder.resolve("lake.geojson");
    Files.writeString(
        lake,
        """
        {"type":"Polygon","coordinates":[[[0.001,45],[0.002,45],[0.002,45.001],[0.001,45.001],
        [0.001,45]]]}
        """);

    Shell.Result first = shell.run("reference", "import", lake.toString(), "-o", "json");
    Shell.Result again =
        shell.run("reference", "correct", lake.toString(), "--dry", "--who", "ann", "-o", "json");
    Shell.Result actions = shell.run("tail", "flood.actions.v1", "--from-beginning", "--max", "1");

    assertThat(first.out()).contains("{\"version\":\"lake.geojson-").contains("\"tiles\":1");
    assertThat(again.out()).contains("{\"version\":\"operator-").contains("\"tiles\":1");
    assertThat(actions.out()).contains("CORRECT_REFERENCE", "\"who\":\"ann\"", "\"known\":");
  }

  @Test
  @Order(8)
  void incidentsAreAcknowledgedAndSilenced() {
    String incident = "valley-20260301T120000Z";
    send(alert(incident, 1, Alert.Kind.ALERT));
    send(alert(incident, 2, Alert.Kind.UPDATE));
    Shell.Result ack = shell.run("alert", "ack", incident, "--who", "ann", "--why", "on site");
    Shell.Result silence =
        shell.run("alert", "silence", incident, "--for", "2h", "--who", "bo", "-o", "json");
    Shell.Result wrong = shell.run("alert", "silence", incident, "--for", "soon");

    assertThat(ack.status()).as(ack.err()).isZero();
    assertThat(ack.out()).contains("ACKNOWLEDGE", incident, "ann");
    assertThat(silence.out()).contains("\"action\":\"SILENCE\"", "\"who\":\"bo\"");
    assertThat(wrong.status()).isEqualTo(3);
    assertThat(wrong.err()).contains("write PT1H or 1h");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ack", "silence"})
  @Order(9)
  void anIncidentThatThereIsNotIsNotActedOn(String verb) {
    Shell.Result refused = shell.run("alert", verb, "valley-19991231T120000Z");

    assertThat(refused.status()).isEqualTo(3);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err())
        .contains("There is no incident \"valley-19991231T120000Z\"", "`riada alert list`");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ack", "silence"})
  @Order(9)
  void aClosedIncidentIsNotActedOnAndTheSentenceSaysWhyItEnded(String verb) {
    String incident = "valley-20260301T120000Z";
    send(alert(incident, 3, Alert.Kind.CANCEL));
    send(alert(incident, 1, Alert.Kind.ALERT)); // delivered again

    Shell.Result refused = shell.run("alert", verb, incident);

    assertThat(refused.status()).isEqualTo(3);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err())
        .contains("\"" + incident + "\" was closed at 2026-03-01T12:00:03Z: It is over.")
        .contains("`riada alert list`");
  }

  @ParameterizedTest
  @CsvSource({"ALERTING, 0", "NORMAL, 3"})
  @Order(9)
  void anIncidentWhoseNewsAreHeldBackIsActedOnWhileItIsOpen(RegionState state, int status) {
    String incident = "creek-20260301T120000Z";
    RegionStats stats = RegionStats.newBuilder().setIncidentId(incident).setState(state).build();
    send("flood.stats.v1", "creek", stats.toByteArray());

    Shell.Result ack = shell.run("alert", "ack", incident);

    assertThat(ack.status()).as(ack.err()).isEqualTo(status);
  }

  @Test
  @Order(10)
  void anIncidentIsListedByItsNewestAlertAndShownWithAll() throws Exception {
    JsonNode listed = Answer.JSON.readTree(shell.run("alert", "list", "-o", "json").out());
    JsonNode shown =
        Answer.JSON.readTree(
            shell.run("alert", "show", "valley-20260301T120000Z", "-o", "json").out());

    assertThat(listed).hasSize(1);
    assertThat(listed.get(0).path("kind").asText()).isEqualTo("CANCEL");
    assertThat(shown).extracting(alert -> alert.path("sequence").asInt()).containsExactly(1, 2, 3);
  }

  @Test
  @Order(10)
  void theTablesOfAlertsAreAsWideAsATerminal() {
    Shell.Result list = shell.run("alert", "list");
    Shell.Result show = shell.run("alert", "show", "valley-20260301T120000Z");

    assertThat(list.out().lines()).hasSize(2).allMatch(line -> line.length() <= 120);
    assertThat(show.out().lines()).hasSize(4).allMatch(line -> line.length() <= 120);
    assertThat(list.out() + show.out()).contains("CANCEL", "2026-03-01T12:00Z");
  }

  private static void region(String id, int raiseKm2) throws Exception {
    Path file = folder.resolve(id + ".geojson");
    Files.writeString(
        file,
        """
        {"type":"Feature","properties":{"id":"%s","raise_km2":%d,"clear_km2":0.5},
         "geometry":{"type":"Polygon","coordinates":[[[0,45],[1,45],[1,46],[0,45]]]}}
        """
            .formatted(id, raiseKm2));
    assertThat(shell.run("region", "set", file.toString()).status()).isZero();
  }

  private static Tile tile() {
    return Tile.newBuilder()
        .setPublisher("test")
        .setHaloPx(8)
        .setPicture(Picture.newBuilder().setData(ByteString.copyFrom(new byte[5000])))
        .build();
  }

  private static ProducerRecord<byte[], byte[]> alert(
      String incident, int sequence, Alert.Kind kind) {
    Instant at = Instant.parse("2026-03-01T12:00:00.5Z").plusSeconds(sequence);
    Alert alert =
        Alert.newBuilder()
            .setIncidentId(incident)
            .setAlertId(incident + "-" + sequence)
            .setSequence(sequence)
            .setKind(kind)
            .setAsOf(Observation.timestamp(at))
            .setAlertedAt(Observation.timestamp(at))
            .setReason("It is over.")
            .build();
    return new ProducerRecord<>("flood.alerts.v1", incident.getBytes(UTF_8), alert.toByteArray());
  }

  private static void send(String topic, String key, byte[] value) {
    send(new ProducerRecord<>(topic, key.getBytes(UTF_8), value));
  }

  private static void send(ProducerRecord<byte[], byte[]> record) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.send(record);
    }
  }
}
