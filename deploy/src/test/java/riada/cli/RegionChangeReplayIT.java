package riada.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import riada.ingest.TilePublisher;
import riada.proto.Alert;
import riada.proto.Region;
import riada.proto.Topics;
import riada.simulate.Scenario;
import riada.simulate.Shot;
import riada.simulate.Simulation;

/**
 * A region is changed in the middle of an incident: that holds from then on, each alert names the
 * region that it was measured in, and is derived again in that.
 */
@Timeout(300)
class RegionChangeReplayIT {
  @TempDir Path folder;

  @Test
  void alertsBeforeAndAfterAChangeAreDerivedAgainEachInItsRegion() throws Exception {
    Instant now = Instant.now();
    try (Station station = new Station(folder);
        Simulation simulation =
            new Simulation(Scenario.RISING, 1, now.minus(Duration.ofHours(1)), now, 3);
        TilePublisher publisher =
            new TilePublisher(station.cluster().bootstrapServers(), Map.of(), Clock.systemUTC())) {
      Region region = simulation.region();
      set(station, region);
      for (Shot shot : simulation.shots()) {
        publisher.send(shot.tile().toString(), simulation.message(shot));
      }
      publisher.flush();
      await().atMost(Duration.ofSeconds(120)).until(() -> !alerts(station).isEmpty());
      awaitCalm(station);
      int before = alerts(station).size();

      // The same place, but its flood is now far beyond the limit: the severity rises.
      set(
          station,
          region.toBuilder()
              .setRaiseKm2(region.getRaiseKm2() / 50)
              .setClearKm2(region.getClearKm2() / 50)
              .build());
      await().atMost(Duration.ofSeconds(60)).until(() -> alerts(station).size() > before);

      List<Alert> alerts = alerts(station);
      assertThat(alerts.stream().map(Alert::getIncidentId).distinct()).hasSize(1);
      assertThat(alerts.subList(0, before).stream().map(Alert::getRegionVersion).distinct())
          .hasSize(1)
          .doesNotContain(alerts.get(before).getRegionVersion());
      JsonNode verdicts = replay(station, alerts.get(0).getIncidentId());
      assertThat(verdicts).hasSize(alerts.size());
      for (JsonNode verdict : verdicts) {
        assertThat(verdict.path("verdict").asText()).as(verdict.toString()).isEqualTo("SAME");
      }
    }
  }

  private static void set(Station station, Region region) throws Exception {
    station.send(Topics.REGIONS.name(), region.getId().getBytes(UTF_8), region.toByteArray());
  }

  private static List<Alert> alerts(Station station) throws Exception {
    return station.messages(Topics.ALERTS, Alert.parser());
  }

  /** Until all that was sent is measured, and the evidence of it is copied. */
  private static void awaitCalm(Station station) {
    await()
        .atMost(Duration.ofSeconds(120))
        .pollInterval(Duration.ofSeconds(2))
        .during(Duration.ofSeconds(6))
        .until(
            () ->
                station.records(Topics.MASKS).size() == station.records(Topics.TILES).size()
                    && station.system().isWorking());
  }

  private static JsonNode replay(Station station, String incident) throws Exception {
    Shell.Result result =
        station.shell.run(
            "alert", "replay", incident, "--model", Station.MODEL.toString(), "-o", "json");
    assertThat(result.status()).as(result.err() + result.out()).isZero();
    return Answer.JSON.readTree(result.out());
  }
}
