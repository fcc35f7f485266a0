package riada.local;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import riada.dashboard.DashboardConfig;
import riada.dashboard.DashboardVerticle;
import riada.proto.BadInput;
import riada.segmenter.KafkaClients;
import riada.segmenter.TilePipeline;
import riada.segmenter.TileWorker;
import riada.stream.StreamService;
import riada.stream.StreamsSettings;
import riada.stream.TopologyConfig;

/**
 * Services of Riada in this process, on one cluster: any of segmenter, alerts and dashboard. They
 * share one registry of metrics, which the dashboard shows. Whoever makes it closes it; start its
 * services from one thread.
 */
public final class LocalSystem implements AutoCloseable {
  private final Cluster cluster;
  private final InstantSource clock;
  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Deque<AutoCloseable> running = new ArrayDeque<>(); // newest first
  private @Nullable TileWorker worker;
  private @Nullable StreamService stream;

  public LocalSystem(Cluster cluster, InstantSource clock) {
    this.cluster = cluster;
    this.clock = clock;
  }

  /**
   * Loads the model and starts to segment; a broker that is away is waited for.
   *
   * @throws BadInput when the model cannot be used
   */
  public void startSegmenter(Inference inference) throws BadInput {
    KafkaClients clients =
        new KafkaClients(cluster.bootstrapServers(), KafkaClients.GROUP, cluster.settings());
    TileWorker started =
        new TileWorker(
            () -> new TilePipeline(inference.open(), clock),
            clients::consumer,
            clients::producer,
            metrics,
            clock);
    started.start();
    worker = started;
    opened(started);
  }

  /** Starts to measure and judge, with its state in {@code folder}. */
  public void startAlerts(Path folder) {
    StreamsSettings settings = streams(folder);
    StreamService started =
        StreamService.start(
            new StreamsSettings(
                settings.bootstrapServers(),
                settings.stateDir(),
                settings.threads(),
                settings.standbys(),
                settings.commitInterval(),
                settings.rocksDbBytes(),
                cluster.settings()),
            TopologyConfig.defaults());
    stream = started;
    opened(started);
  }

  private StreamsSettings streams(Path folder) {
    return StreamsSettings.of(cluster.bootstrapServers(), folder);
  }

  /**
   * Serves the page.
   *
   * @param port 0 for a free one
   * @return the page's address
   * @throws IOException with a sentence, when the port is taken
   */
  public URI startDashboard(int port) throws IOException, InterruptedException {
    DashboardConfig plain = DashboardConfig.local(port, cluster.bootstrapServers());
    Map<String, Object> client = cluster.client();
    Map<String, String> kafka = new java.util.HashMap<>();
    client.forEach((name, value) -> kafka.put(name, String.valueOf(value)));
    DashboardVerticle page =
        new DashboardVerticle(
            new DashboardConfig(plain.host(), port, kafka, plain.pictureBytes()), metrics, clock);
    Vertx vertx = Vertx.vertx();
    opened(() -> vertx.close().toCompletionStage().toCompletableFuture().get());
    try {
      vertx.deployVerticle(page).toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException taken) {
        throw taken;
      }
      throw new IllegalStateException("the dashboard does not start", e.getCause());
    }
    return URI.create("http://" + plain.host() + ":" + page.actualPort() + "/");
  }

  /** Whether every service that was started is at work. */
  public boolean isWorking() {
    TileWorker segmenter = worker;
    StreamService alerts = stream;
    return (segmenter == null || segmenter.health().state() == TileWorker.State.WORKING)
        && (alerts == null || alerts.isHealthy());
  }

  /** How the services are, in sentences. */
  public String health() {
    TileWorker segmenter = worker;
    StreamService alerts = stream;
    return ((segmenter == null ? "" : segmenter.health().words() + " ")
            + (alerts == null ? "" : alerts.health()))
        .strip();
  }

  private synchronized void opened(AutoCloseable service) {
    running.push(service);
  }

  /** Stops the services, the last first. Closing twice does nothing. */
  @Override
  public synchronized void close() {
    while (!running.isEmpty()) {
      try {
        running.pop().close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (Exception e) {
        throw new IllegalStateException("a service does not stop", e);
      }
    }
  }
}
