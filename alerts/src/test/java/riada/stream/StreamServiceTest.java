package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamServiceTest {
  @TempDir Path dir;

  @Test
  void aBrokerThatIsAwayIsSaidAndWaitedFor() {
    StreamsSettings nobody = StreamsSettings.of("127.0.0.1:1", dir); // no one may listen there

    try (StreamService service = StreamService.start(nobody, TopologyConfig.defaults())) {
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> assertThat(service.health()).contains("127.0.0.1:1 does not answer"));
      assertThat(service.isHealthy()).isFalse();
      assertThat(service.hasFailed()).isFalse();
    }
  }

  @Test
  void aFolderThatAnotherWorksInIsSaidAndNotWaitedFor() {
    StreamsSettings settings = StreamsSettings.of("127.0.0.1:1", dir);
    Topology topology = FloodTopology.build(TopologyConfig.defaults());

    try (KafkaStreams first = new KafkaStreams(topology, settings.properties());
        StreamService second = new StreamService(settings, TopologyConfig.defaults())) {
      assertThat(first.state()).isEqualTo(KafkaStreams.State.CREATED); // it holds the folder

      second.open();

      assertThat(second.hasFailed()).isTrue();
      assertThat(second.isHealthy()).isFalse();
      assertThat(second.health()).contains("cannot start in " + dir, "another process");
    }
  }
}
