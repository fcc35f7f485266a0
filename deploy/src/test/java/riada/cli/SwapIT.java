package riada.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import riada.ingest.TilePublisher;
import riada.local.Cluster;
import riada.local.EmbeddedBroker;
import riada.local.Inference;
import riada.local.LocalSystem;
import riada.local.TopicAdmin;
import riada.onnx.Device;
import riada.onnx.ModelFolder;
import riada.proto.Observation;
import riada.proto.Topic;
import riada.proto.Topics;
import riada.proto.WaterMask;
import riada.simulate.Scenario;
import riada.simulate.Shot;
import riada.simulate.Simulation;

/** The model of a segmenter at work is swapped: the bundled one and changed copies of it. */
@Timeout(240)
class SwapIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Shell shell = new Shell();
  private final Set<String> sent = new HashSet<>();
  private EmbeddedBroker broker;
  private TilePublisher publisher;
  private Simulation simulation;
  private final List<Process> processes = new ArrayList<>();
  private List<Shot> shots = List.of();
  private Path served;
  private Path next;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
    TopicAdmin.create(cluster().client(), Topics.DEMO_PARTITIONS, (short) 1);
    publisher = new TilePublisher(broker.bootstrapServers(), Map.of(), Clock.systemUTC());
    Instant now = Instant.now();
    simulation = new Simulation(Scenario.RISING, 1, now.minus(Duration.ofHours(2)), now, 20);
    shots = simulation.shots();
    served = copy(Station.MODEL, folder.resolve("served"));
    next = changed(folder.resolve("next"), "0.9.0");
  }

  @AfterEach
  void stop() {
    processes.forEach(Process::destroyForcibly);
    simulation.close();
    publisher.close();
    broker.close();
  }

  @Test
  void whileTilesFlowEachHasOneMaskOfTheOldModelOrThenOfTheNew() throws Exception {
    String before = digest(served);
    try (LocalSystem system = new LocalSystem(cluster(), Clock.systemUTC())) {
      system.startSegmenter(new Inference(served, Device.Choice.CPU, 2));
      send(0, 24);
      await().atMost(SOON).until(() -> !masks(Topics.MASKS).isEmpty());

      Shell.Result swap = swap(next.toString(), "-o", "json");
      await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(300))
          .until(() -> sendOneUntil(() -> modelOf(newest()).equals(digest(next))));
      send(sent.size(), 12);

      awaitMasks();
      JsonNode answer = Answer.JSON.readTree(swap.out());
      assertThat(answer.path("digest").asText()).isEqualTo(digest(next));
      assertThat(digest(Path.of(answer.path("before_folder").asText()))).isEqualTo(before);
      List<WaterMask> masks = masks(Topics.MASKS);
      assertThat(masks).hasSize(sent.size());
      assertThat(masks).extracting(WaterMask::getObservationId).doesNotHaveDuplicates();
      assertThat(inOrder(masks)).startsWith(before).endsWith(digest(next)).hasSize(2);
      assertThat(masks(Topics.deadLetters(Topics.TILES))).isEmpty();
    }
  }

  @Test
  void aBrokenModelIsRefusedInHealthAndMetricsAndTheOldGoesOn() throws Exception {
    try (LocalSystem system = new LocalSystem(cluster(), Clock.systemUTC())) {
      system.startSegmenter(new Inference(served, Device.Choice.CPU, 2));
      URI address = system.startHealth("127.0.0.1", 0);
      String before = digest(served);
      Files.writeString(next.resolve("decoder.onnx"), "half");

      Shell.Result swap = shell.run("model", "swap", next.toString(), "--model", served + "");
      Files.copy(
          next.resolve("decoder.onnx"),
          served.resolve("decoder.onnx"),
          StandardCopyOption.REPLACE_EXISTING); // as a person may do it all the same

      await().atMost(SOON).until(() -> get(address, "health").body().contains("(model_digest)"));
      send(0, 4);
      awaitMasks();
      assertThat(swap.status()).isEqualTo(3);
      assertThat(swap.err()).contains("decoder.onnx is not the one that model.json describes");
      assertThat(get(address, "health").statusCode()).isEqualTo(200);
      assertThat(get(address, "metrics").body())
          .contains("riada_model_refused_total{reason=\"model_digest\",role=\"served\"} 1");
      assertThat(masks(Topics.MASKS))
          .extracting(mask -> mask.getModel().getDigest())
          .containsOnly(before);
    }
  }

  @Test
  void aShadowsMasksGoApartAndItsDifferencesToTheMetrics() throws Exception {
    swap(next.toString(), "--shadow");
    try (LocalSystem system = new LocalSystem(cluster(), Clock.systemUTC())) {
      system.startSegmenter(new Inference(served, Device.Choice.CPU, 2));
      URI address = system.startHealth("127.0.0.1", 0);
      await().atMost(SOON).until(() -> system.health().contains("has seen no tile yet"));

      send(0, 4);

      awaitMasks();
      await().atMost(SOON).until(() -> masks(Topics.SHADOW_MASKS).size() == 4);
      List<WaterMask> shadows = masks(Topics.SHADOW_MASKS);
      assertThat(shadows).extracting(SwapIT::modelOf).containsOnly(digest(next));
      assertThat(masks(Topics.MASKS)).extracting(SwapIT::modelOf).containsOnly(digest(served));
      assertThat(shadows)
          .extracting(WaterMask::getObservationId)
          .containsExactlyInAnyOrderElementsOf(sent);
      assertThat(get(address, "metrics").body())
          .containsPattern("riada_shadow_differing_count\\{[^}]*} 4")
          .containsPattern("riada_shadow_iou_sum\\{[^}]*} [0-3]\\.")
          .containsPattern("riada_shadow_stage_seconds_count\\{[^}]*stage=\"total\"} 4");
      assertThat(system.health()).contains("has seen 4 tiles (0 dropped)");
    }
  }

  /** The segmenter is killed right after the folder's model was swapped, and comes back. */
  @Test
  void aSegmenterThatIsKilledInTheMiddleOfASwapLosesNothing() throws Exception {
    String before = digest(served);
    Process first = segmenter("first");
    send(0, 48);
    await().atMost(SOON).until(() -> !masks(Topics.MASKS).isEmpty());
    swap(next.toString());
    first.destroyForcibly().waitFor();

    Process second = segmenter("second");
    await().atMost(Duration.ofSeconds(90)).until(() -> observations().equals(sent));
    second.destroy();

    assertThat(second.waitFor(30, TimeUnit.SECONDS)).isTrue();
    List<WaterMask> masks = masks(Topics.MASKS);
    System.out.printf(
        "%d tiles, %d masks: %d were segmented again after the kill%n",
        sent.size(), masks.size(), masks.size() - sent.size());
    assertThat(inOrder(masks)).startsWith(before).endsWith(digest(next)).hasSize(2);
    assertThat(masks.size() - sent.size()).isBetween(0, 8); // the batch at hand
  }

  private Process segmenter(String name) throws IOException {
    Process started =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                Riada.class.getName(),
                "serve",
                "segmenter",
                "--model",
                served.toString(),
                "--device",
                "cpu",
                "--bootstrap-servers",
                broker.bootstrapServers())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".log").toFile())
            .start();
    processes.add(started);
    return started;
  }

  private Shell.Result swap(String... more) {
    List<String> args = new ArrayList<>(List.of("model", "swap", "--model", served.toString()));
    args.addAll(List.of(more));
    Shell.Result result = shell.run(args.toArray(String[]::new));
    assertThat(result.status()).as(result.err()).isZero();
    return result;
  }

  /** Something that is looked at again and again. */
  private interface Condition {
    boolean holds() throws Exception;
  }

  private boolean sendOneUntil(Condition condition) throws Exception {
    if (condition.holds()) {
      return true;
    }
    send(sent.size(), 1);
    return false;
  }

  private void send(int from, int count) throws Exception {
    for (Shot shot : shots.subList(from, from + count)) {
      publisher.send(shot.tile().toString(), simulation.message(shot));
      sent.add(
          Observation.id(
              Simulation.PUBLISHER, shot.pass().scene(), shot.tile(), shot.pass().acquiredAt()));
    }
    publisher.flush();
  }

  private void awaitMasks() {
    await().atMost(SOON).until(() -> observations().equals(sent));
  }

  private Set<String> observations() throws Exception {
    Set<String> ids = new HashSet<>();
    masks(Topics.MASKS).forEach(mask -> ids.add(mask.getObservationId()));
    return ids;
  }

  private WaterMask newest() throws Exception {
    return masks(Topics.MASKS).stream().max(BY_TIME).orElseThrow();
  }

  private static final Comparator<WaterMask> BY_TIME =
      Comparator.comparing(mask -> Observation.instant(mask.getSegmentedAt()));

  /** The models' digests in the order in which they answered, each as often as it took over. */
  private static List<String> inOrder(List<WaterMask> masks) {
    List<String> digests = new ArrayList<>();
    masks.stream()
        .sorted(BY_TIME)
        .map(SwapIT::modelOf)
        .filter(digest -> digests.isEmpty() || !digests.get(digests.size() - 1).equals(digest))
        .forEachOrdered(digests::add);
    return digests;
  }

  private static String modelOf(WaterMask mask) {
    return mask.getModel().getDigest();
  }

  /** Committed ones alone. */
  private List<WaterMask> masks(Topic topic) throws Exception {
    List<WaterMask> masks = new ArrayList<>();
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (TopicReader reader = new TopicReader(cluster().impatient(), topic.name(), true)) {
      reader.forEachToEnd(records::add);
    }
    for (ConsumerRecord<byte[], byte[]> record : records) {
      masks.add(WaterMask.parseFrom(record.value()));
    }
    return masks;
  }

  private HttpResponse<String> get(URI address, String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(address.resolve(path)).timeout(Duration.ofSeconds(10)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private Cluster cluster() {
    return Cluster.plain(broker.bootstrapServers());
  }

  private static String digest(Path model) throws Exception {
    return ModelFolder.open(model, ModelFolder.SUITABLE, Device.CPU).ref().getDigest();
  }

  static Path copy(Path model, Path to) throws IOException {
    Files.createDirectories(to);
    try (var files = Files.list(model)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    return to;
  }

  /** The bundled model, to which water begins at another logit: other masks, another digest. */
  static Path changed(Path to, String version) throws IOException {
    Path card = copy(Station.MODEL, to).resolve("model.json");
    String json = Files.readString(card);
    String other =
        json.replaceFirst("\"version\": \"[^\"]*\"", "\"version\": \"" + version + "\"")
            .replaceFirst("\"mask\": 0\\.0", "\"mask\": 1.5");
    assertThat(other).contains("\"mask\": 1.5").contains(version);
    Files.writeString(card, other);
    return to;
  }
}
