package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
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
    }
  }
}
