package riada.local;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import riada.cap.Issuer;
import riada.dashboard.DashboardConfig;
import riada.proto.BadInput;
import riada.proto.Topics;
import riada.simulate.Simulation;

/**
 * The whole system on one machine with a simulated flood: broker, topics, segmenter, alerts,
 * dashboard, then tiles, paced over the duration. {@link #run} belongs to one thread; {@link
 * #close} may be called from any, and ends it all.
 */
public final class Demo implements AutoCloseable {
  /** Many times what a quiet machine takes: a busy one is slow, not broken. */
  private static final Duration READY_WITHIN = Duration.ofMinutes(3);

  /** While draining: so long without anything new means that nothing more will come. */
  private static final Duration SILENT = Duration.ofSeconds(20);

  /** After the last answer, the figures that rest on it take two commits. */
  private static final Duration SETTLED = Duration.ofMillis(1500);

  private static final Duration LOOK = Duration.ofMillis(100);

  private final DemoPlan plan;
  private final Optional<Cluster> given;
  private final Inference inference;
  private final InstantSource clock;
  private final Listener listener;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Memory memory = new Memory();
  private @Nullable EmbeddedBroker broker;
  private @Nullable LocalSystem system;
  private @Nullable Path temporary;

  /** Hears how the demo goes on, on the demo's thread. */
  public interface Listener {
    /** A step of the start begins, said in a sentence. */
    void starting(String step);

    /** The page can be opened. */
    void ready(URI page, String bootstrapServers);

    /** So many of all tiles were sent; called often. */
    void sent(int tiles, int all);

    /** All is sent; what is under way is waited for. */
    void draining();
  }

  /**
   * @param cluster to use instead of a broker of its own
   */
  public Demo(
      DemoPlan plan,
      Optional<Cluster> cluster,
      Inference inference,
      InstantSource clock,
      Listener listener) {
    this.plan = plan;
    this.given = cluster;
    this.inference = inference;
    this.clock = clock;
    this.listener = listener;
  }

  /**
   * Starts everything, publishes for the plan's duration, waits for what is under way, and gives
   * account. The services run until {@link #close}.
   *
   * @throws IOException with a sentence: a port in use, no room, a broker that is away or ended
   * @throws BadInput when the model cannot be used
   * @throws InterruptedException when the demo was closed meanwhile
   */
  public DemoSummary run() throws IOException, BadInput, InterruptedException {
    long began = System.nanoTime();
    Instant now = Instant.ofEpochMilli(clock.millis());
    Path folder = folder();
    CompletableFuture<Optional<Simulation>> simulating =
        CompletableFuture.supplyAsync(() -> plan.simulation(now));
    Cluster cluster = given.isPresent() ? given.get() : startBroker(folder);
    listener.starting("Making the topics.");
    createTopics(cluster);
    if (given.isPresent() && plan.scenario().isPresent()) {
      requireAlone(cluster);
    }
    listener.starting("Starting the page and the alerts stage.");
    LocalSystem services = new LocalSystem(cluster, clock);
    hold(services);
    URI page = services.startDashboard(DashboardConfig.LOOPBACK, plan.port());
    services.startAlerts(folder.resolve("state"), 1, 0, issuer());
    listener.starting("Loading the model.");
    services.startSegmenter(inference);
    Optional<Simulation> simulation = simulating.join();
    Optional<DemoTruth> truth = simulation.map(DemoTruth::new);
    Instant peak = truth.map(t -> t.peak().acquiredAt()).orElse(Instant.MAX);
    try (DemoLedger ledger = new DemoLedger(cluster, new DemoAccount(peak))) {
      Optional<DemoPublisher> publisher =
          simulation.map(played -> new DemoPublisher(cluster, plan, played, clock));
      publisher.ifPresent(DemoPublisher::ground);
      listener.starting("Waiting until every service works.");
      awaitReady(services);
      double readySeconds = (System.nanoTime() - began) / 1e9;
      listener.ready(page, cluster.bootstrapServers());
      long start = System.nanoTime();
      if (publisher.isPresent()) {
        publisher.get().tiles(start, this::pause, heard(ledger));
      }
      awaitEnd(ledger, start + plan.duration().toNanos());
      listener.draining();
      double seconds = (drain(ledger) - start) / 1e9;
      DemoSummary.Run run =
          new DemoSummary.Run(ledger.tilesPublished(), seconds, readySeconds, memory.rss());
      return account(ledger, truth, run);
    }
  }

  /** What a simulated flood raises is no alert that anybody is to act on. */
  private Issuer issuer() {
    return plan.scenario().isPresent() ? Issuer.here().trial() : Issuer.here();
  }

  /** The load is over: what truth costs is no longer paid for by any figure. */
  private DemoSummary account(DemoLedger ledger, Optional<DemoTruth> truth, DemoSummary.Run run)
      throws InterruptedException, IOException {
    if (truth.isPresent()) {
      ledger.compareMasks(truth.get(), this::pause);
    }
    boolean ordered = plan.shuffle().isEmpty();
    return ledger.ask(account -> DemoSummary.of(run, account, truth, ordered));
  }

  private DemoPublisher.Listener heard(DemoLedger ledger) {
    return new DemoPublisher.Listener() {
      @Override
      public void sending(String observationId) {
        ledger.expect(observationId);
      }

      @Override
      public void sent(int tiles, int all) {
        listener.sent(tiles, all);
        memory.look();
      }
    };
  }

  private Path folder() throws IOException {
    if (plan.folder().isPresent()) {
      return plan.folder().get();
    }
    Path made = Files.createTempDirectory("riada-demo");
    synchronized (this) {
      temporary = made;
    }
    return made;
  }

  private synchronized Cluster startBroker(Path folder) throws IOException {
    listener.starting("Starting the broker.");
    EmbeddedBroker started = EmbeddedBroker.start(folder.resolve("broker"), plan.brokerPort());
    broker = started;
    memory.add(started.process().pid());
    return Cluster.plain(started.bootstrapServers());
  }

  private synchronized void hold(LocalSystem services) throws InterruptedException {
    system = services;
    if (closing.getCount() == 0) {
      throw new InterruptedException("the demo was closed");
    }
  }

  private void createTopics(Cluster cluster) throws InterruptedException, IOException {
    Map<String, Object> client = given.isPresent() ? cluster.impatient() : cluster.client();
    client.putIfAbsent("default.api.timeout.ms", Long.toString(READY_WITHIN.toMillis()));
    try {
      TopicAdmin.create(client, Topics.DEMO_PARTITIONS, (short) 1);
    } catch (ExecutionException e) {
      String why = e.getCause() == null ? "" : e.getCause().getMessage();
      throw new IOException(
          given.isPresent()
              ? "The broker at "
                  + cluster
                  + " does not make the topics ("
                  + why
                  + "). Is it running, and is --bootstrap-servers right?"
              : "The embedded broker does not make the topics ("
                  + why
                  + "). The machine may be too busy: try again when less runs on it.",
          e);
    }
  }

  /** Another's alerts stage that has just ended is waited for. */
  private void requireAlone(Cluster cluster) throws InterruptedException, IOException {
    long end = System.nanoTime() + OtherAlerts.PATIENCE.toNanos();
    try (OtherAlerts others = new OtherAlerts(cluster)) {
      while (others.areAtWork()) {
        if (System.nanoTime() > end) {
          throw others.refusal();
        }
        pause(LOOK);
      }
    }
  }

  private void awaitReady(LocalSystem services) throws InterruptedException, IOException {
    long end = System.nanoTime() + READY_WITHIN.toNanos();
    while (!services.isWorking()) {
      if (System.nanoTime() > end) {
        throw new IOException("The services are not ready: " + services.health());
      }
      pause(LOOK);
    }
  }

  private void awaitEnd(DemoLedger ledger, long end) throws InterruptedException, IOException {
    while (System.nanoTime() < end) {
      ledger.ask(DemoAccount::records); // fails when the ledger did
      memory.look();
      pause(Duration.ofNanos(Math.min(LOOK.toNanos(), Math.max(0, end - System.nanoTime()))));
    }
  }

  /** Waits until every tile is measured or a dead letter; returns when the last news came. */
  private long drain(DemoLedger ledger) throws InterruptedException, IOException {
    long published = ledger.tilesPublished();
    long records = -1;
    long news = System.nanoTime();
    while (true) {
      long now = System.nanoTime();
      long read = ledger.ask(DemoAccount::records);
      if (read != records) {
        records = read;
        news = now;
      }
      boolean done =
          ledger.ask(account -> account.answered() >= published && account.missing() == 0);
      if (now - news > (done ? SETTLED : SILENT).toNanos()) {
        return news;
      }
      memory.look();
      pause(LOOK);
    }
  }

  private void pause(Duration time) throws InterruptedException, IOException {
    if (closing.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new InterruptedException("the demo was closed");
    }
    EmbeddedBroker own = broker;
    if (own != null) {
      own.check();
    }
  }

  /** Ends everything, the broker last. Closing twice does nothing. */
  @Override
  public synchronized void close() {
    closing.countDown();
    LocalSystem services = system;
    if (services != null) {
      services.close();
    }
    EmbeddedBroker own = broker;
    if (own != null) {
      own.close();
    }
    Path made = temporary;
    if (made != null) {
      delete(made);
      temporary = null;
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      // It is in the folder for temporary files: the system clears it.
    }
  }
}
