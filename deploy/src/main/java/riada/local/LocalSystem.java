package riada.local;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import riada.cap.Issuer;
import riada.dashboard.DashboardConfig;
import riada.dashboard.DashboardVerticle;
import riada.proto.BadInput;
import riada.segmenter.KafkaClients;
import riada.segmenter.ModelWatch;
import riada.segmenter.TileWorker;
import riada.stream.EvidenceCopier;
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
  private volatile @Nullable TileWorker worker;
  private volatile @Nullable StreamService stream;
  private volatile @Nullable StreamMeters streamMeters;
  private volatile @Nullable EvidenceCopier evidence;

  public LocalSystem(Cluster cluster, InstantSource clock) {
    this.cluster = cluster;
    this.clock = clock;
  }

  /**
   * Loads the model and starts to segment; a broker that is away is waited for. The model's folder
   * is watched, and another model in it is taken up between two batches.
   *
   * @throws BadInput when the model cannot be used
   */
  public void startSegmenter(Inference inference) throws BadInput {
    KafkaClients clients =
        new KafkaClients(cluster.bootstrapServers(), KafkaClients.GROUP, cluster.settings());
    ModelWatch models =
        new ModelWatch(
            inference.model(),
            inference,
            clients::shadowProducer,
            metrics,
            clock,
            ModelWatch.EVERY);
    TileWorker started =
        new TileWorker(models, clients::consumer, clients::producer, metrics, clock);
    started.start();
    worker = started;
    opened(started);
  }

  /**
   * Starts to measure and judge.
   *
   * @param folder for the state
   * @param threads at least 1
   * @param standbys copies of the state that other processes hold, 0 where there are none
   * @param issuer who speaks in the alerts
   * @throws IOException with a sentence, when the folder cannot be used
   */
  public void startAlerts(Path folder, int threads, int standbys, Issuer issuer)
      throws IOException {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new IOException(
          "The folder " + folder + " for the state cannot be made; name another with --dir.", e);
    }
    if (!Files.isWritable(folder)) {
      throw new IOException(
          "The folder " + folder + " for the state cannot be written to; name another with --dir.");
    }
    StreamsSettings usual = StreamsSettings.of(cluster.bootstrapServers(), folder);
    StreamService started =
        StreamService.start(
            new StreamsSettings(
                usual.bootstrapServers(),
                usual.stateDir(),
                threads,
                standbys,
                usual.commitInterval(),
                usual.rocksDbBytes(),
                cluster.settings()),
            TopologyConfig.defaults().by(issuer));
    stream = started;
    streamMeters = new StreamMeters(metrics, started::metrics);
    opened(started);
    EvidenceCopier copier = EvidenceCopier.start(cluster.client());
    evidence = copier;
    opened(copier);
  }

  /**
   * Serves the page, and tells it how the other services are, those that start later included.
   *
   * @param port 0 for a free one
   * @return the page's address
   * @throws IOException with a sentence, when the port is taken
   */
  public URI startDashboard(String host, int port) throws IOException, InterruptedException {
    DashboardConfig plain = DashboardConfig.local(port, cluster.bootstrapServers());
    Map<String, String> kafka = new HashMap<>();
    cluster.client().forEach((name, value) -> kafka.put(name, String.valueOf(value)));
    DashboardVerticle page =
        new DashboardVerticle(
            new DashboardConfig(host, port, kafka, plain.groundBytes(), plain.pictureBytes()),
            metrics,
            clock);
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
    opened(new HealthNews(this, page::accept));
    return address(host, page.actualPort());
  }

  /**
   * Answers {@code /health} and {@code /metrics} where there is no page to do it.
   *
   * @param port 0 for a free one
   * @throws IOException with a sentence, when the port is taken
   */
  public URI startHealth(String host, int port) throws IOException, InterruptedException {
    HealthServer server = new HealthServer(this);
    opened(server);
    return address(host, server.listen(host, port));
  }

  private static URI address(String host, int port) {
    return URI.create(
        "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/");
  }

  /** All metrics as Prometheus reads them, those of Kafka Streams included. */
  String scrape() {
    StreamMeters meters = streamMeters;
    if (meters != null) {
      meters.refresh();
    }
    return metrics.scrape();
  }

  /** Whether every service that was started is at work. */
  public boolean isWorking() {
    return services().stream().allMatch(ServiceState::isWorking);
  }

  /** How the services are, in sentences. */
  public String health() {
    return services().stream().map(ServiceState::words).collect(Collectors.joining(" "));
  }

  /**
   * How a service is.
   *
   * @param isWorking false also while it starts or waits for the broker
   * @param hasFailed whether only a restart helps
   */
  record ServiceState(String name, boolean isWorking, boolean hasFailed, String words) {}

  /** The services that were started, but for the dashboard, which speaks for itself. */
  List<ServiceState> services() {
    List<ServiceState> states = new ArrayList<>();
    TileWorker segmenter = worker;
    if (segmenter != null) {
      TileWorker.Health health = segmenter.health();
      states.add(
          new ServiceState(
              "segmenter",
              health.state() == TileWorker.State.WORKING,
              !health.ok(),
              health.words()));
    }
    StreamService alerts = stream;
    if (alerts != null) {
      states.add(
          new ServiceState("alerts", alerts.isHealthy(), alerts.hasFailed(), alerts.health()));
    }
    EvidenceCopier copier = evidence;
    if (copier != null) {
      String trouble = copier.trouble();
      states.add(
          new ServiceState(
              "evidence",
              true, // alerts go out without it, and it is copied later
              false,
              trouble.isEmpty() ? "The evidence of alerts is copied." : "Warning: " + trouble));
    }
    return states;
  }

  /** The sentence of a service that has stopped by itself, once there is one. */
  public Optional<String> failure() {
    return services().stream().filter(ServiceState::hasFailed).map(ServiceState::words).findFirst();
  }

  /** What the operator must know of the device that runs the model; empty when nothing. */
  Optional<String> deviceWarning() {
    TileWorker segmenter = worker;
    return segmenter == null ? Optional.empty() : segmenter.health().deviceWarning();
  }

  /** Is to be closed with the system. */
  synchronized void opened(AutoCloseable service) {
    running.push(service);
  }

  /**
   * Stops the services, the last first, also after one that does not stop. Closing twice does
   * nothing.
   */
  @Override
  public synchronized void close() {
    IllegalStateException failure = new IllegalStateException("a service does not stop");
    while (!running.isEmpty()) {
      try {
        running.pop().close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (Exception e) {
        failure.addSuppressed(e);
      }
    }
    if (failure.getSuppressed().length > 0) {
      throw failure;
    }
  }
}
