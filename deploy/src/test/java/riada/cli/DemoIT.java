package riada.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import riada.local.DemoPlan;
import riada.local.EmbeddedBroker;
import riada.local.TopicAdmin;
import riada.proto.Topics;
import riada.simulate.Pass;
import riada.simulate.Scenario;
import riada.simulate.Simulation;
import riada.stream.StreamsSettings;

/** The demo as a person at a shell starts it, and the account that it gives. */
@Timeout(240)
class DemoIT {
  private static final int SPEED = 450;

  private static final double LEAST_MASK_IOU = 0.85;

  /**
   * The passes of a plain {@code demo --headless --scenario cloud}, in two thirds of its time: four
   * tiles a second, so that no queue forms and alerts speak of passes in their order.
   */
  private static final int CALM_SPEED = DemoPlan.DEFAULT_SPEED * 3 / 2;

  private static final int CALM_SECONDS = 40;

  @Test
  void aRisingFloodIsMeasuredWithoutLossAndNearTheTruth() throws Exception {
    JsonNode summary = demo("rising", 20, SPEED);

    assertThat(summary.path("tiles_published").asInt()).isEqualTo(15 * 12);
    assertThat(summary.path("tiles_segmented").asInt()).isEqualTo(15 * 12);
    assertThat(summary.path("tiles_dead_lettered").asInt()).isZero();
    assertThat(summary.path("lost").asInt()).isZero();
    assertThat(summary.path("duplicates").asInt()).isZero();
    assertThat(kinds(summary)).startsWith("ALERT").doesNotContain("CANCEL");
    assertThat(summary.path("latency_ms").path("count").asInt()).isEqualTo(15 * 12);
    assertThat(summary.path("mask_iou").asDouble()).isGreaterThanOrEqualTo(LEAST_MASK_IOU);
    double truth = summary.path("truth_flooded_km2").asDouble();
    assertThat(truth).isPositive();
    assertThat(summary.path("measured_flooded_km2").asDouble())
        .isCloseTo(truth, within(truth / 10));
  }

  @Test
  void aFloodUnderCloudIsNotOverUntilItIsSeenDry() throws Exception {
    int seconds = CALM_SECONDS;
    Instant before = Instant.now();
    JsonNode summary = demo("cloud", seconds, CALM_SPEED);

    List<Pass> passes = passes(Scenario.CLOUD, seconds);
    Pass highest = passes.get(0);
    for (Pass pass : passes) {
      highest = pass.moment().stageM() >= highest.moment().stageM() ? pass : highest;
    }
    int last = highest.index();
    List<Integer> cancels = new ArrayList<>();
    for (JsonNode alert : summary.path("alerts")) {
      if (alert.path("kind").asText().equals("CANCEL")) {
        cancels.add(pass(alert, before, seconds, passes.size()));
      }
    }
    Pass dry =
        passes.stream()
            .filter(pass -> pass.index() > last && pass.moment().stageM() <= 0)
            .findFirst()
            .orElseThrow();
    assertThat(kinds(summary)).startsWith("ALERT");
    assertThat(cancels).as("passes with a CANCEL").hasSize(1);
    assertThat(cancels.get(0)).as("while the flood stands").isGreaterThan(last);
    assertThat(cancels.get(0)).as("after it is dry").isLessThanOrEqualTo(dry.index() + 3);
  }

  @Test
  void anyOrderAndAnyRepetitionOfTheSameTilesGiveTheSameGround() throws Exception {
    JsonNode one = demo("rising", 12, SPEED, "--shuffle", "1");
    JsonNode two = demo("rising", 12, SPEED, "--shuffle", "2");

    assertThat(one.path("tiles_published").asInt()).isEqualTo(9 * 12 + 32);
    assertThat(one.path("lost").asInt() + two.path("lost").asInt()).isZero();
    assertThat(one.path("ground_digest")).isEqualTo(two.path("ground_digest"));
    assertThat(one.path("sums")).isEqualTo(two.path("sums"));
    assertThat(one.path("sums").path("flooded_cm2").asLong()).isPositive();
  }

  @Test
  void aPageOnATakenPortIsASentence() throws Exception {
    try (var taken = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      Shell.Result failed = Station.demo("--port", Integer.toString(taken.getLocalPort()));

      assertThat(failed.status()).isEqualTo(1);
      assertThat(failed.out()).isEmpty();
      assertThat(failed.err())
          .contains("" + taken.getLocalPort(), "--port")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void noSimulatedFloodReachesAClusterOnWhichAnAlertsStageIsAtWork(@TempDir Path folder)
      throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0)) {
      Map<String, Object> client = Map.of("bootstrap.servers", broker.bootstrapServers());
      TopicAdmin.create(client, 1, (short) 1);
      Map<String, Object> member = new HashMap<>(client);
      member.put("group.id", StreamsSettings.APPLICATION_ID);
      try (var stage =
          new KafkaConsumer<>(member, new StringDeserializer(), new StringDeserializer())) {
        stage.subscribe(List.of(Topics.MASKS.name()));
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .until(
                () -> {
                  stage.poll(Duration.ofMillis(100));
                  return !stage.assignment().isEmpty();
                });

        Shell.Result refused =
            Station.demo(
                "--port",
                "0",
                "--duration",
                "5s",
                "--bootstrap-servers",
                broker.bootstrapServers());

        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err()).contains("An alerts stage is at work", "riada drill");
        TopicPartition tiles = new TopicPartition(Topics.TILES.name(), 0);
        assertThat(stage.endOffsets(List.of(tiles))).containsEntry(tiles, 0L);
      }
    }
  }

  private static JsonNode demo(String scenario, int seconds, int speed, String... more)
      throws Exception {
    List<String> args =
        new ArrayList<>(
            List.of(
                "--port",
                "0",
                "--speed",
                Integer.toString(speed),
                "--duration",
                seconds + "s",
                "--scenario",
                scenario));
    args.addAll(Arrays.asList(more));
    Shell.Result result = Station.demo(args.toArray(String[]::new));
    System.out.println(result.out());
    assertThat(result.status()).as(result.err()).isZero();
    return Answer.JSON.readTree(result.out());
  }

  private static List<String> kinds(JsonNode summary) {
    return StreamSupport.stream(summary.path("alerts").spliterator(), false)
        .map(alert -> alert.path("kind").asText())
        .toList();
  }

  private static List<Pass> passes(Scenario scenario, int seconds) {
    Duration span = Duration.ofSeconds((long) seconds * CALM_SPEED);
    Instant end = Instant.parse("2026-01-01T00:00:00Z");
    int passes = (int) (span.toMinutes() / DemoPlan.REVISIT.toMinutes());
    try (Simulation simulation = new Simulation(scenario, 1, end.minus(span), end, passes)) {
      return simulation.passes();
    }
  }

  /** The number of the pass that an alert speaks of: the demo's last is taken when it starts. */
  private static int pass(JsonNode alert, Instant start, int seconds, int passes) {
    Duration back = Duration.between(Instant.parse(alert.path("as_of").asText()), start);
    double interval = (double) seconds * CALM_SPEED / passes;
    return passes - 1 - (int) Math.round(back.toSeconds() / interval);
  }
}
