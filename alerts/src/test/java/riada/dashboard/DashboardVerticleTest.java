package riada.dashboard;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import riada.geo.TileId;
import riada.proto.Alert;
import riada.proto.Observation;
import riada.proto.Picture;
import riada.proto.RegionState;
import riada.proto.Topics;
import riada.proto.Visibility;

@Timeout(60)
class DashboardVerticleTest {
  private static final TileId TILE = new TileId(14, 8185, 5448);
  private static final Instant NOW = Instant.parse("2026-11-22T04:00:00Z");

  private final HttpClient client = HttpClient.newHttpClient();
  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Vertx vertx = Vertx.vertx();
  private final DashboardVerticle dashboard =
      new DashboardVerticle(DashboardConfig.unfed(0), metrics, Clock.systemUTC());

  @BeforeEach
  void deploy() {
    vertx.deployVerticle(dashboard).await();
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/app.js",
        "/webjars/ol/10.7.0/dist/ol.js",
        "/api/state",
        "/nowhere",
        "/metrics"
      })
  void everyAnswerKeepsTheBrowserStrict(String path) throws Exception {
    var headers = get(path).headers();

    assertThat(headers.firstValue("Content-Security-Policy").orElseThrow())
        .startsWith("default-src 'none'; script-src 'self';");
    assertThat(headers.firstValue("X-Content-Type-Options")).hasValue("nosniff");
    assertThat(headers.firstValue("Access-Control-Allow-Origin")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nowhere | 404 | There is nothing at this path.",
        "/webjars/ol/10.7.0/package.jso | 404 | There is nothing at this path.",
        "/overlay/lava/14/8185/5448.png | 400 | Overlays are /overlay/flood|stale|",
        "/overlay/flood/14/8185/5448 | 400 | Overlays are",
        "/overlay/flood/14/8185/999999.png | 400 | is off the grid",
        "/overlay/flood/x/8185/1.png | 400 | is no tile",
        "/overlay/flood/14/8185/5448.png | 404 | No flood is known on tile 14/8185/5448.",
        "/picture/14/8185/-1 | 400 | is no tile",
        "/cap/nothing.xml | 404 | No CAP document of that alert is held",
        "/cap/nothing | 404 | No CAP document of that alert is held",
        "/picture/14/8185/5448 | 404 | No picture of tile 14/8185/5448 is held.",
        "/%2e%2e/%2e%2e/etc/passwd | 404 | There is nothing at this path.",
        "/%zz | 400 | Bad Request",
      })
  void aBadPathGetsASentence(String line) throws Exception {
    String[] parts = line.split(" \\| ", -1);
    String answer =
        raw("GET " + parts[0] + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 " + parts[1]).contains(parts[2]);
    assertThat(answer).doesNotContain("Exception").doesNotContain("\tat ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/overlay/flood/14/8185/5448.png?v=0123", "/picture/14/8185/5448?v=0123"})
  void anImageThatIsGoneBeforeItWasFetchedIsNoError(String path) throws Exception {
    assertThat(get(path).statusCode()).isEqualTo(204);
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.example", "127.0.0.1.evil.example", "10.0.0.1:8080"})
  void aNameThatIsNotThisMachinesIsRefused(String host) throws Exception {
    assertThat(raw("GET /api/state HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 421")
        .contains("localhost only");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:1", "LOCALHOST", "127.0.0.1:8080", "[::1]:8080"})
  void thisMachinesNamesAreAnswered(String host) throws Exception {
    assertThat(raw("GET /api/state HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200");
  }

  @Test
  void thereIsAnIconForWhateverABrowserOpens() throws Exception {
    var icon = get("/favicon.ico");

    assertThat(icon.statusCode()).isEqualTo(200);
    assertThat(icon.headers().firstValue("Content-Type").orElseThrow()).contains("image/svg+xml");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE"})
  void onlyReadingIsAnswered(String method) throws Exception {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(uri("/api/state"))
                .method(method, BodyPublishers.noBody())
                .build(),
            BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).hasValue("GET, HEAD");
  }

  @Test
  void aRequestWithABodyIsRefused() throws Exception {
    assertThat(raw("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n\r\n"))
        .startsWith("HTTP/1.1 413");
  }

  @Test
  void anEndlessRequestLineIsRefused() throws Exception {
    assertThat(raw("GET /" + "a".repeat(100_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .contains(" 414 ");
  }

  @Test
  void theFeedLinksToTheCapOfEachAlertTheNewestFirst() throws Exception {
    tell(cap("Río & Valle-20261122T030000Z-1", NOW.minusSeconds(60)));
    tell(cap("Río & Valle-20261122T030000Z-2", NOW));

    HttpResponse<String> feed = get("/cap.atom");

    assertThat(feed.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("application/atom+xml");
    List<String> links =
        Pattern.compile("href=\"(cap/[^\"]*)\"")
            .matcher(feed.body())
            .results()
            .map(match -> match.group(1))
            .toList();
    assertThat(links).hasSize(2);
    assertThat(get("/" + links.get(0)).body())
        .isEqualTo("<alert>Río & Valle-20261122T030000Z-2</alert>");
    assertThat(get("/" + links.get(1)).headers().firstValue("Content-Type").orElseThrow())
        .startsWith("application/cap+xml");
  }

  private static News cap(String alertId, Instant at) {
    Alert alert =
        Alert.newBuilder()
            .setAlertId(alertId)
            .setKind(Alert.Kind.ALERT)
            .setAlertedAt(Observation.timestamp(at))
            .setCapXml("<alert>" + alertId + "</alert>")
            .build();
    return Valley.read(Topics.ALERTS.name(), "incident", alert.toByteArray());
  }

  @Test
  void anOverlayMayBeKeptUnderItsVersionOnly() throws Exception {
    tell(Valley.square(TILE, 0, 0, 100, NOW));
    String version =
        new JsonObject(get("/api/state").body())
            .getJsonArray("tiles")
            .getJsonObject(0)
            .getJsonObject("versions")
            .getString("flood");

    HttpResponse<String> exact = get("/overlay/flood/" + TILE + ".png?v=" + version);
    HttpResponse<String> other = get("/overlay/flood/" + TILE + ".png?v=0");

    assertThat(exact.statusCode()).isEqualTo(200);
    assertThat(exact.headers().firstValue("Content-Type")).hasValue("image/png");
    assertThat(exact.headers().firstValue("Cache-Control")).hasValue("max-age=3600, immutable");
    assertThat(other.headers().firstValue("Cache-Control")).hasValue("no-store");
  }

  @Test
  void aPictureComesBackAsItsPublisherSentIt() throws Exception {
    byte[] bytes = Valley.pngHead(512, 64);
    tell(Valley.picture(TILE, Picture.Format.JPEG, bytes, NOW));

    var answer =
        client.send(
            HttpRequest.newBuilder(uri("/picture/" + TILE)).build(), BodyHandlers.ofByteArray());

    assertThat(answer.body()).isEqualTo(bytes);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("image/png");
  }

  @Test
  void healthIsDownUntilTheBrokerAnswers() throws Exception {
    int before = get("/health").statusCode();

    tell(new News.Connection(true, ""));

    HttpResponse<String> after = get("/health");
    assertThat(before).isEqualTo(503);
    assertThat(after.statusCode()).isEqualTo(200);
    assertThat(new JsonObject(after.body()).getString("status")).isEqualTo("up");
  }

  @Test
  void healthIsDownWhileAServiceIsAndSaysWhich() throws Exception {
    tell(
        new News.Connection(true, ""),
        new News.ServiceHealth("alerts", true, "It works."),
        new News.ServiceHealth("segmenter", false, "The model is gone."));
    HttpResponse<String> down = get("/health");

    tell(new News.ServiceHealth("segmenter", true, "It works."));

    assertThat(down.statusCode()).isEqualTo(503);
    assertThat(new JsonObject(down.body()).getJsonArray("services").getJsonObject(1))
        .isEqualTo(
            new JsonObject()
                .put("name", "segmenter")
                .put("ok", false)
                .put("warning", false)
                .put("words", "The model is gone."));
    assertThat(get("/health").statusCode()).isEqualTo(200);
  }

  @Test
  void newsThatCannotBeShownCostNoOthers() throws Exception {
    News broken = new News.ServiceHealth(null, true, ""); // such a name has no place in any order

    tell(broken, new News.Connection(true, ""));

    assertThat(get("/health").statusCode()).isEqualTo(200);
    assertThat(get("/metrics").body()).contains("riada_dashboard_records_skipped_total 1.0");
  }

  @Test
  void aSnapshotLargerThanTheQueueArrivesWholeAndBeforeWhatChangedMeanwhile() throws Exception {
    String padding = "x".repeat(20_000);
    List<News> many = new ArrayList<>();
    for (int i = 0; i < 400; i++) { // 8 MB, more than sockets hold
      many.add(
          Valley.stats(Valley.stats("r" + i, padding, RegionState.NORMAL, Visibility.SEEN, NOW)));
    }
    dashboard.accept(many);
    try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), dashboard.actualPort())) {
      slow.getOutputStream()
          .write("GET /api/stream HTTP/1.0\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
      BufferedReader reader =
          new BufferedReader(new InputStreamReader(slow.getInputStream(), UTF_8));
      await().until(() -> reader.readLine().isEmpty()); // the headers, so the snapshot is begun

      tell(Valley.square(TILE, 0, 0, 5, NOW));

      List<JsonObject> events = new ArrayList<>();
      while (events.size() < 2) {
        String line = reader.readLine();
        if (line.startsWith("data: ")) {
          events.add(new JsonObject(line.substring("data: ".length())));
        }
      }
      assertThat(events.get(0).getString("type")).isEqualTo("snapshot");
      assertThat(events.get(0).getJsonArray("regions")).hasSize(400);
      assertThat(events.get(0).getJsonArray("tiles")).isEmpty();
      assertThat(events.get(1).getString("type")).isEqualTo("tile");
    }
  }

  @Test
  void skippedRecordsAreCounted() throws Exception {
    tell(new News.Skipped("flood.ground.v1", "no Ground message"));

    assertThat(get("/metrics").body()).contains("riada_dashboard_records_skipped_total 1.0");
  }

  @Test
  void aPortInUseIsToldWithTheWayOut() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var second =
          new DashboardVerticle(
              DashboardConfig.unfed(taken.getLocalPort()), metrics, Clock.systemUTC());

      assertThatThrownBy(() -> vertx.deployVerticle(second).await())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen on 127.0.0.1:" + taken.getLocalPort())
          .hasMessageContaining("choose another with --port");
    }
  }

  @Test
  void aHostThatIsNoneIsToldWithTheWayOut() {
    DashboardConfig plain = DashboardConfig.unfed(0);
    var nowhere =
        new DashboardVerticle(
            new DashboardConfig(
                "nowhere.invalid", 0, plain.kafka(), plain.groundBytes(), plain.pictureBytes()),
            metrics,
            Clock.systemUTC());

    assertThatThrownBy(() -> vertx.deployVerticle(nowhere).await())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("The dashboard cannot listen on nowhere.invalid:0 (")
        .hasMessageEndingWith("or another --host.");
  }

  @Test
  void aBrowserThatDoesNotReadCostsNoQueueAndThenGetsTheNewest() throws Exception {
    try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), dashboard.actualPort())) {
      slow.getOutputStream()
          .write("GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
      BufferedReader reader =
          new BufferedReader(new InputStreamReader(slow.getInputStream(), UTF_8), 1 << 16);
      await().until(() -> reader.readLine().startsWith("data: {\"status\""));
      String padding = "x".repeat(20_000);
      int updates = 3_000; // 60 MB, were they all queued

      for (int i = 0; i < updates; i += 100) {
        List<News> batch = new ArrayList<>();
        for (int k = i; k < i + 100; k++) {
          batch.add(
              Valley.stats(
                  Valley.stats("r" + k % 10, padding, RegionState.NORMAL, Visibility.SEEN, NOW)
                      .setFloodedKm2(k)));
        }
        dashboard.accept(batch);
      }

      double coalesced = metrics.counter("riada.dashboard.events.coalesced").count();
      assertThat(coalesced).isGreaterThan(updates * 0.5);
      boolean[] newest = new boolean[10];
      int read = 0;
      while (!(newest[0] && newest[9])) {
        String line = reader.readLine();
        int at = line.indexOf("data: ");
        if (at < 0 || !line.contains("\"type\":\"region\"")) {
          continue;
        }
        read++;
        JsonObject event = new JsonObject(line.substring(at + 6));
        int last = (int) event.getDouble("flooded_km2").doubleValue();
        newest[last % 10] = last >= updates - 10;
      }
      assertThat(read).isLessThan(updates / 2);
    }
  }

  @Test
  void aBrokerThatIsAwayIsToldInASentence() throws Exception {
    int nobody;
    try (ServerSocket free = new ServerSocket(0)) {
      nobody = free.getLocalPort();
    }
    var fed =
        new DashboardVerticle(
            DashboardConfig.local(0, "127.0.0.1:" + nobody),
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            Clock.systemUTC());

    String id = vertx.deployVerticle(fed).await();

    URI health = URI.create("http://127.0.0.1:" + fed.actualPort() + "/health");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                client
                    .send(HttpRequest.newBuilder(health).build(), BodyHandlers.ofString())
                    .body()
                    .contains("No broker answers at 127.0.0.1:" + nobody));
    vertx.undeploy(id).await();
  }

  private void tell(News... news) throws InterruptedException {
    dashboard.accept(List.of(news));
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + dashboard.actualPort() + path);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
  }

  /** What a client that keeps to no rule is told. */
  private String raw(String request) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), dashboard.actualPort())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      BufferedReader reader =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      StringBuilder answer = new StringBuilder();
      try {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          answer.append(line).append('\n');
        }
      } catch (SocketException reset) {
        answer.append(""); // the server closed while the request was still on its way
      }
      return answer.toString();
    }
  }
}
