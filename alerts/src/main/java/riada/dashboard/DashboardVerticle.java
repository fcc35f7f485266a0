package riada.dashboard;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the operator's page and pushes every change to every browser. One event loop owns the
 * state; the feed has a thread of its own and hands its news over.
 *
 * <p>Deploying fails with a {@link BindException} whose message is a sentence for the operator when
 * the port is taken.
 */
public final class DashboardVerticle extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(DashboardVerticle.class);
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);

  private final DashboardConfig config;
  private final PrometheusMeterRegistry metrics;
  private final InstantSource clock;
  private final LiveState state;
  private final Set<EventStream> streams = new HashSet<>();
  private volatile int streamCount; // for the gauges, which any thread may read
  private volatile int tileCount;
  private volatile long pictureBytes;
  private final Counter skipped;
  private @Nullable HttpServer server;
  private @Nullable Feed feed;

  /**
   * @param metrics what {@code /metrics} shows; the dashboard adds its own
   * @param clock what the page calls now
   */
  public DashboardVerticle(
      DashboardConfig config, PrometheusMeterRegistry metrics, InstantSource clock) {
    this.config = config;
    this.metrics = metrics;
    this.clock = clock;
    this.state = new LiveState(config.groundBytes(), config.pictureBytes(), clock);
    this.skipped = metrics.counter("riada.dashboard.records.skipped");
  }

  @Override
  public Future<?> start() {
    gauges();
    Counter coalesced = metrics.counter("riada.dashboard.events.coalesced");
    Routes routes = new Routes(vertx, state, streams, metrics, coalesced, config.isLoopback());
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(config.host())
            .setPort(config.port())
            .setMaxInitialLineLength(2048)
            .setMaxHeaderSize(8192)
            .setMaxFormAttributeSize(0)
            .setIdleTimeout(60)
            .setIdleTimeoutUnit(TimeUnit.SECONDS)
            .setCompressionSupported(false)
            .setPerFrameWebSocketCompressionSupported(false)
            .setPerMessageWebSocketCompressionSupported(false);
    HttpServer listening = vertx.createHttpServer(options);
    server = listening;
    vertx.setPeriodic(HEARTBEAT.toMillis(), tick -> heartbeat());
    return listening
        .requestHandler(routes.router())
        .listen()
        .recover(failure -> Future.failedFuture(explained(failure)))
        .onSuccess(bound -> startFeed());
  }

  @Override
  public Future<?> stop() {
    Feed running = feed;
    return running == null
        ? Future.succeededFuture()
        : vertx.executeBlocking(
            () -> {
              running.close();
              return null;
            });
  }

  /** The port it listens on, once deployed. */
  public int actualPort() {
    HttpServer listening = server;
    if (listening == null) {
      throw new IllegalStateException("the dashboard is not deployed");
    }
    return listening.actualPort();
  }

  /**
   * Takes news in from any thread but the event loop's, and returns when the page has it: so a feed
   * is never faster than the page. Also how the other services tell the page of a {@link
   * News.DeviceWarning} and of their {@link News.ServiceHealth}; saying the same again is cheap.
   */
  public void accept(List<News> batch) throws InterruptedException {
    var taken = new CountDownLatch(1);
    context.runOnContext(
        now -> {
          try {
            batch.forEach(this::take);
          } finally {
            taken.countDown();
          }
        });
    // While the verticle is being undeployed nobody counts down: closing the feed interrupts this.
    taken.await();
  }

  /** What breaks the page's state is this one thing's fault: the news after it is still told. */
  private void take(News news) {
    try {
      apply(news);
    } catch (RuntimeException e) {
      log.error("the dashboard cannot show a {}", news.getClass().getSimpleName(), e);
      apply(new News.Skipped("", "A record could not be shown; the dashboard's log says why."));
    }
  }

  private void apply(News news) {
    if (news instanceof News.Skipped) {
      skipped.increment();
    }
    for (Key key : state.apply(news)) {
      streams.forEach(stream -> stream.changed(key));
    }
    tileCount = state.tiles();
    pictureBytes = state.pictureBytes();
  }

  private void heartbeat() {
    String now = String.valueOf(EventJson.time(clock.instant()));
    streams.forEach(stream -> stream.heartbeat(now));
    streamCount = streams.size();
  }

  private void startFeed() {
    if (!config.kafka().isEmpty()) {
      Feed started = new Feed(config.kafka(), clock, this::accept);
      feed = started;
      started.start();
    }
  }

  private void gauges() {
    Gauge.builder("riada.dashboard.browsers", () -> streamCount).register(metrics);
    Gauge.builder("riada.dashboard.tiles", () -> tileCount).register(metrics);
    Gauge.builder("riada.dashboard.pictures.bytes", () -> pictureBytes).register(metrics);
  }

  private Throwable explained(Throwable failure) {
    if (!(failure instanceof IOException)) { // taken, or no address of this machine
      return failure;
    }
    return new IOException(
        "The dashboard cannot listen on "
            + config.host()
            + ":"
            + config.port()
            + " ("
            + String.valueOf(failure.getMessage()).strip()
            + "); stop the program that holds the port, or choose another with --port"
            + " (0 takes any free one), or another --host.",
        failure);
  }
}
