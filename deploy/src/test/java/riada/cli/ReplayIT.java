package riada.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import riada.local.Cluster;
import riada.local.EmbeddedBroker;
import riada.local.Inference;
import riada.onnx.Device;
import riada.proto.Alert;
import riada.proto.Observation;
import riada.proto.Topic;
import riada.proto.Topics;
import riada.replay.Replay;
import riada.segmenter.TilePipeline;

/** A demo's alerts are derived again, and a drill beside them touches nothing of theirs. */
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReplayIT {
  @TempDir static Path folder;
  private static EmbeddedBroker broker;
  private static Shell shell;
  private static String incident = "";

  @BeforeAll
  static void demo() throws Exception {
    broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
    shell = new Shell();
    shell.environment.put("RIADA_BOOTSTRAP_SERVERS", broker.bootstrapServers());
    Shell.Result demo = play("demo", "--scenario", "rising");
    incident = Answer.JSON.readTree(demo.out()).path("alerts").path(0).path("incident").asText();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  @Order(1)
  void everyAlertOfADemoIsDerivedAgainToTheLastBit() throws Exception {
    JsonNode verdicts = replay(Station.MODEL);

    assertThat(verdicts).isNotEmpty();
    for (JsonNode verdict : verdicts) {
      assertThat(verdict.path("verdict").asText()).as(verdict.toString()).isEqualTo("SAME");
      assertThat(verdict.path("again_km2").asDouble())
          .isPositive()
          .isEqualTo(verdict.path("flooded_km2").asDouble());
    }
  }

  @Test
  @Order(2)
  void aReplayTellsHowManyTilesAndAlertsAreDone() throws Exception {
    List<String> told = new ArrayList<>();
    Inference inference = new Inference(Station.MODEL, Device.Choice.CPU, 2);
    Replay replay =
        new Replay(
            cluster().impatient(),
            incident,
            (stage, done, all) -> told.add(stage + " " + done + " of " + all));
    replay.find(1);
    try (TilePipeline pipeline = new TilePipeline(inference.open(), Clock.systemUTC())) {

      replay.run(pipeline);
    }

    int tiles = (int) told.stream().filter(one -> one.startsWith("tiles")).count() - 2;
    assertThat(told)
        .startsWith("evidence 0 of -1", "tiles 0 of " + tiles, "tiles 1 of " + tiles)
        .endsWith("tiles " + tiles + " of " + tiles, "alerts 0 of 1", "alerts 1 of 1");
  }

  @Test
  @Order(2)
  void afterASwapOfTheModelItIsTheModelThatDiffers() throws Exception {
    for (JsonNode verdict : replay(swapped(), "--sequence", "1")) {
      assertThat(verdict.path("verdict").asText()).isEqualTo("DIFFERS");
      assertThat(verdict.path("differs").get(0).asText()).isEqualTo("model");
    }
  }

  @Test
  @Order(2)
  void afterASwapToAModelThatSeesOtherWaterItIsNamedAndTheKeptOneSaysTheSame() throws Exception {
    Path served = SwapIT.copy(Station.MODEL, folder.resolve("served"));
    Path changed = SwapIT.changed(folder.resolve("changed"), "0.9.0");
    String swap =
        run("model", "swap", changed.toString(), "--model", served.toString(), "-o", "json").out();

    JsonNode now = replay(served, "--sequence", "1").path(0);
    JsonNode kept =
        replay(Path.of(Answer.JSON.readTree(swap).path("before_folder").asText())).path(0);

    assertThat(now.path("verdict").asText()).isEqualTo("DIFFERS");
    assertThat(now.path("differs")).extracting(JsonNode::asText).startsWith("model", "masks");
    assertThat(now.path("why").asText())
        .contains("model (riada-lite " + version(Station.MODEL) + " then, riada-lite 0.9.0 now)");
    assertThat(now.path("again_km2").asDouble()).isLessThan(now.path("flooded_km2").asDouble());
    assertThat(kept.path("verdict").asText()).isEqualTo("SAME");
  }

  @Test
  @Order(3)
  void theAlertsOfADemoAreTestsAtTheShellAndInCap() throws Exception {
    JsonNode shown = Answer.JSON.readTree(run("alert", "show", incident, "-o", "json").out());
    String cap = run("alert", "cap", incident, "--sequence", "1").out();

    assertThat(shown).isNotEmpty().allMatch(alert -> alert.path("status").asText().equals("TEST"));
    assertThat(cap).contains("<status>Test</status>", "<msgType>Alert</msgType>", "<polygon>");
    assertThat(shell.run("alert", "cap", "nothing").status()).isEqualTo(3);
    assertThat(shell.run("alert", "replay", "nothing").status()).isEqualTo(3);
  }

  @Test
  @Order(4)
  void nothingOfADrillReachesARealTopicAndAllOfItIsMarked() throws Exception {
    Map<String, Integer> before = real();

    play("drill", "rising");

    assertThat(real()).isEqualTo(before);
    List<ConsumerRecord<byte[], byte[]>> drilled = records(Topics.EXERCISE + Topics.ALERTS.name());
    assertThat(drilled).isNotEmpty();
    for (ConsumerRecord<byte[], byte[]> record : drilled) {
      Alert alert = Alert.parseFrom(record.value());
      assertThat(alert.getStatus()).isEqualTo(Alert.Status.EXERCISE);
      assertThat(alert.getCapXml()).contains("<status>Exercise</status>", "EXERCISE: ");
    }
  }

  @Test
  @Order(5)
  void anAlertOfARegionThatIsGoneNamesTheRegion() throws Exception {
    JsonNode shown = Answer.JSON.readTree(run("alert", "list", "-o", "json").out());
    tombstone(Topics.REGIONS, shown.path(0).path("region").asText());

    for (JsonNode verdict : replay(Station.MODEL, "--sequence", "1")) {
      assertThat(verdict.path("verdict").asText()).isEqualTo("DIFFERS");
      assertThat(verdict.path("differs").toString()).isEqualTo("[\"region\"]");
    }
  }

  @Test
  @Order(6)
  void whereTheEvidenceIsGoneNothingIsClaimed() throws Exception {
    forget(Topics.EVIDENCE);

    for (JsonNode verdict : replay(Station.MODEL)) {
      assertThat(verdict.path("verdict").asText()).isEqualTo("EXPIRED");
      assertThat(verdict.path("again_km2").isNull()).isTrue();
      assertThat(verdict.path("why").asText()).contains("observations 0 are still named");
    }
  }

  private static Shell.Result play(String... verb) {
    List<String> args = new ArrayList<>(List.of(verb));
    args.addAll(
        List.of(
            "--headless", "--model", Station.MODEL.toString(), "--port", "0", "--speed", "900"));
    args.addAll(List.of("--duration", "5s", "--bootstrap-servers", broker.bootstrapServers()));
    return run(args.toArray(String[]::new));
  }

  private static Shell.Result run(String... args) {
    Shell.Result result = shell.run(args);
    assertThat(result.status()).as(result.err() + result.out()).isZero();
    return result;
  }

  private static JsonNode replay(Path model, String... more) throws Exception {
    List<String> args =
        new ArrayList<>(List.of("alert", "replay", incident, "--model", model.toString()));
    args.addAll(List.of("-o", "json"));
    args.addAll(List.of(more));
    return Answer.JSON.readTree(run(args.toArray(String[]::new)).out());
  }

  /** How many records each topic of the real system has. */
  private static Map<String, Integer> real() {
    Map<String, Integer> counts = new TreeMap<>();
    for (Topic topic : Topics.all()) {
      counts.put(topic.name(), records(topic.name()).size());
    }
    return counts;
  }

  private static List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (TopicReader reader = new TopicReader(cluster().impatient(), topic, true)) {
      reader.forEachToEnd(records::add);
    }
    return records;
  }

  private static void tombstone(Topic topic, String key) throws Exception {
    Station.send(cluster(), topic.name(), key.getBytes(UTF_8), null);
  }

  /** As retention does when its time has come. */
  private static void forget(Topic topic) throws Exception {
    Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : records(topic.name())) {
      all.put(
          new TopicPartition(topic.name(), record.partition()), RecordsToDelete.beforeOffset(-1));
    }
    try (Admin admin = Admin.create(cluster().client())) {
      admin.deleteRecords(all).all().get();
    }
  }

  private static Cluster cluster() {
    return Cluster.plain(broker.bootstrapServers());
  }

  /** The same model but for a remark in one file: same answers, another digest. */
  private static Path swapped() throws Exception {
    Path swapped = Files.createDirectory(folder.resolve("swapped"));
    try (var files = Files.list(Station.MODEL)) {
      for (Path file : files.toList()) {
        Files.copy(file, swapped.resolve(file.getFileName()));
      }
    }
    Path decoder = swapped.resolve("decoder.onnx");
    String before = sha256(decoder);
    Files.write(decoder, new byte[] {0x32, 1, 'x'}, StandardOpenOption.APPEND); // doc_string
    Path json = swapped.resolve("model.json");
    Files.writeString(json, Files.readString(json).replace(before, sha256(decoder)));
    return swapped;
  }

  private static String version(Path model) throws Exception {
    return Answer.JSON.readTree(model.resolve("model.json").toFile()).path("version").asText();
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of().formatHex(Observation.sha256().digest(Files.readAllBytes(file)));
  }
}
