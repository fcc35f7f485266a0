package riada.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

/** The whole way of a tile on a Kafka that is not our own: an apache/kafka container. */
@Timeout(240)
class KafkaContainerIT {
  private static final String NO_ENGINE =
      "NOT TESTED against a Kafka container: no Docker-compatible engine answers."
          + " Start Docker, or run: eval \"$(.ci/engine)\"";

  @Test
  void tilesBecomeAlertsOnAKafkaInAContainer() throws Exception {
    boolean engine = DockerClientFactory.instance().isDockerAvailable();
    if (!engine) {
      System.err.println("*** " + NO_ENGINE + " ***");
    }
    assumeTrue(engine, NO_ENGINE);
    // Podman once answered a start with a broken pipe: its own trouble, and not what is tested.
    try (KafkaContainer kafka = new KafkaContainer("apache/kafka:4.3.1").withStartupAttempts(3)) {
      kafka.start();
      Shell.Result result =
          Station.demo(
              "--port",
              "0",
              "--duration",
              "12s",
              "--speed",
              "450",
              "--bootstrap-servers",
              kafka.getBootstrapServers());

      assertThat(result.status()).as(result.err()).isZero();
      JsonNode summary = Answer.JSON.readTree(result.out());
      assertThat(summary.path("tiles_published").asInt()).isEqualTo(9 * 12);
      assertThat(summary.path("tiles_segmented").asInt()).isEqualTo(9 * 12);
      assertThat(summary.path("lost").asInt()).isZero();
      assertThat(summary.path("alerts")).isNotEmpty();
    }
  }
}
