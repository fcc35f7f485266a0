package riada.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import riada.ingest.TilePublisher;
import riada.proto.Ground;
import riada.proto.Observation;
import riada.proto.Topics;
import riada.simulate.Scenario;
import riada.simulate.Shot;
import riada.simulate.Simulation;

/** A broker that is killed in the middle and comes back: nothing is lost, and work goes on. */
@Timeout(180)
class BrokerRestartIT {
  private static final Duration OUTAGE = Duration.ofSeconds(4);

  @TempDir Path folder;

  @Test
  void everyTileIsMeasuredAlthoughTheBrokerWasKilledInTheMiddle() throws Exception {
    Instant now = Instant.now();
    Set<String> sent = new HashSet<>();
    try (Station station = new Station(folder);
        Simulation simulation =
            new Simulation(Scenario.RISING, 1, now.minus(Duration.ofHours(1)), now, 3);
        TilePublisher publisher =
            new TilePublisher(station.cluster().bootstrapServers(), Map.of(), Clock.systemUTC())) {
      List<Shot> shots = simulation.shots();
      for (int i = 0; i < shots.size(); i++) {
        if (i == shots.size() / 3) {
          publisher.flush();
          station.killBroker();
          CompletableFuture.runAsync(
              station::restartBroker,
              CompletableFuture.delayedExecutor(OUTAGE.toSeconds(), TimeUnit.SECONDS));
        }
        Shot shot = shots.get(i);
        publisher.send(shot.tile().toString(), simulation.message(shot));
        sent.add(
            Observation.id(
                Simulation.PUBLISHER, shot.pass().scene(), shot.tile(), shot.pass().acquiredAt()));
      }
      publisher.flush();

      long start = System.nanoTime();
      await()
          .atMost(Duration.ofSeconds(120))
          .pollInterval(Duration.ofMillis(500))
          .until(() -> measured(station).containsAll(sent));

      System.out.printf(
          "all measured %.1f s after the last tile was taken%n", (System.nanoTime() - start) / 1e9);
      assertThat(station.system().isWorking()).isTrue();
      assertThat(station.records(Topics.deadLetters(Topics.TILES))).isEmpty();
    }
  }

  private static Set<String> measured(Station station) throws Exception {
    Set<String> ids = new HashSet<>();
    for (Ground ground : station.messages(Topics.GROUND, Ground.parser())) {
      ground.getObservationsList().forEach(seen -> ids.add(seen.getObservationId()));
    }
    return ids;
  }
}
