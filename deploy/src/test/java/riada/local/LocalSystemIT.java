package riada.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import riada.cap.Issuer;
import riada.onnx.Device;

/** What the services say of themselves while no broker answers. */
@Timeout(120)
class LocalSystemIT {
  private static final Cluster NOWHERE = Cluster.plain("127.0.0.1:1");
  private static final Path MODEL = Path.of("..", "segmenter", "models", "riada-lite");

  private final HttpClient http = HttpClient.newHttpClient();
  @TempDir Path folder;

  @Test
  void thePageTellsHowTheOtherServicesAreAndOnWhichDeviceTheModelRuns() throws Exception {
    try (LocalSystem system = new LocalSystem(NOWHERE, Clock.systemUTC())) {
      URI page = system.startDashboard("127.0.0.1", 0);
      system.startAlerts(folder, 1, 0, Issuer.here());
      system.startSegmenter(new Inference(MODEL, Device.Choice.AUTO, 1));

      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(get(page.resolve("health")).body())
                      .contains("\"name\":\"segmenter\"", "\"name\":\"alerts\"")
                      .contains("does not answer")
                      .contains(system.deviceWarning().orElse("")));
      assertThat(get(page.resolve("health")).statusCode()).isEqualTo(503);
    }
  }

  @Test
  void aServiceWithoutAPageAnswersHealthAndMetrics() throws Exception {
    try (LocalSystem system = new LocalSystem(NOWHERE, Clock.systemUTC())) {
      system.startAlerts(folder, 2, 1, Issuer.here());

      URI address = system.startHealth("127.0.0.1", 0);

      assertThat(get(address.resolve("health")).statusCode()).isEqualTo(503);
      assertThat(get(address.resolve("metrics")).statusCode()).isEqualTo(200);
      assertThat(get(address.resolve("else")).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void evidenceThatIsNotCopiedIsAWarningAndNoFailure() throws Exception {
    try (LocalSystem system = new LocalSystem(NOWHERE, Clock.systemUTC())) {
      system.startAlerts(folder, 1, 0, Issuer.here());

      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(system.services())
                      .filteredOn(service -> service.name().equals("evidence"))
                      .singleElement()
                      .satisfies(
                          service -> {
                            assertThat(service.words()).startsWith("Warning: The broker cannot");
                            assertThat(service.isWorking()).isTrue();
                          }));
    }
  }

  @Test
  void aTakenHealthPortIsASentence() throws Exception {
    try (LocalSystem system = new LocalSystem(NOWHERE, Clock.systemUTC());
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> system.startHealth("127.0.0.1", taken.getLocalPort()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("--port");
    }
  }

  private HttpResponse<String> get(URI address) throws Exception {
    return http.send(
        HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(10)).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
