package riada.local;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import riada.cap.Issuer;
import riada.dashboard.DashboardConfig;
import riada.geo.TileId;
import riada.ingest.TilePublisher;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;
import riada.proto.Observation;
import riada.proto.Reference;
import riada.proto.Region;
import riada.proto.RegionStats;
import riada.proto.Topics;
import riada.simulate.Pass;
import riada.simulate.Shot;
import riada.simulate.Simulation;
import riada.simulate.Truth;
import riada.simulate.TruthGround;
import riada.stream.StreamsSettings;

/**
 * The whole system on one machine with a simulated flood: broker, topics, segmenter, alerts,
 * dashboard, then tiles, paced over the duration. {@link #run} belongs to one thread; {@link
 * #close} may be called from any, and ends it all.
 */
public final class Demo implements AutoCloseable {
  private static final Duration READY_WITHIN = Duration.ofSeconds(90);

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
    createTopics(cluster);
    LocalSystem services = new LocalSystem(cluster, clock);
    hold(services);
    URI page = services.startDashboard(DashboardConfig.LOOPBACK, plan.port());
    services.startAlerts(folder.resolve("state"), 1, 0, issuer());
    services.startSegmenter(inference);
    try (DemoLedger ledger = new DemoLedger(cluster)) {
      Optional<Simulation> simulation = simulating.join();
      if (simulation.isPresent()) {
        publishGround(cluster, simulation.get());
      }
      awaitReady(services);
      double readySeconds = (System.nanoTime() - began) / 1e9;
      listener.ready(page, cluster.bootstrapServers());
      long start = System.nanoTime();
      Set<String> observations =
          simulation.isPresent() ? publish(cluster, ledger, simulation.get(), start) : Set.of();
      awaitEnd(ledger, start + plan.duration().toNanos());
      listener.draining();
      long lastNews = drain(ledger, observations);
      return summary(ledger, simulation, observations, readySeconds, (lastNews - start) / 1e9);
    }
  }

  /** What a simulated flood raises is no alert that anybody is to act on. */
  private Issuer issuer() {
    return plan.scenario().isPresent() ? Issuer.here().trial() : Issuer.here();
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

  private static void createTopics(Cluster cluster) throws InterruptedException, IOException {
    try {
      TopicAdmin.create(cluster.impatient(), Topics.DEMO_PARTITIONS, (short) 1);
    } catch (ExecutionException e) {
      throw new IOException(
          "The broker at "
              + cluster
              + " does not make the topics ("
              + String.valueOf(e.getCause())
              + "). Is it running, and is --bootstrap-servers right?",
          e);
    }
  }

  private static void publishGround(Cluster cluster, Simulation simulation) {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(cluster.client(), new StringSerializer(), new ByteArraySerializer())) {
      Region region = simulation.region();
      producer.send(
          new ProducerRecord<>(Topics.REGIONS.name(), region.getId(), region.toByteArray()));
      for (Reference reference : simulation.references()) {
        producer.send(
            new ProducerRecord<>(
                Topics.REFERENCE.name(), reference.getTile(), reference.toByteArray()));
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

  /** Sends each shot at its time; returns the observations that were sent. */
  private Set<String> publish(Cluster cluster, DemoLedger ledger, Simulation simulation, long start)
      throws IOException, BadInput, InterruptedException {
    List<Shot> shots =
        plan.shuffle().isPresent()
            ? simulation.shuffled(plan.shuffle().getAsLong())
            : simulation.shots();
    Set<String> observations = new HashSet<>();
    Map<String, Object> patient = cluster.client();
    patient.putIfAbsent("max.block.ms", "120000"); // a broker that is away for a while comes back
    try (TilePublisher publisher = new TilePublisher(cluster.bootstrapServers(), patient, clock)) {
      for (int i = 0; i < shots.size(); i++) {
        long due = start + plan.duration().toNanos() / shots.size() * i;
        pause(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
        Shot shot = shots.get(i);
        Truth truth = simulation.truth(shot);
        String observation = observation(shot);
        ledger.expect(observation, truth.water());
        publisher.send(shot.tile().toString(), simulation.message(shot));
        observations.add(observation);
        listener.sent(i + 1, shots.size());
        memory.look();
      }
      publisher.flush();
    }
    return observations;
  }

  private static String observation(Shot shot) {
    return Observation.id(
        Simulation.PUBLISHER, shot.pass().scene(), shot.tile(), shot.pass().acquiredAt());
  }

  private void awaitEnd(DemoLedger ledger, long end) throws InterruptedException, IOException {
    while (System.nanoTime() < end) {
      ledger.records();
      memory.look();
      pause(Duration.ofNanos(Math.min(LOOK.toNanos(), Math.max(0, end - System.nanoTime()))));
    }
  }

  /** Waits until every tile is measured or a dead letter; returns when the last news came. */
  private long drain(DemoLedger ledger, Set<String> observations)
      throws InterruptedException, IOException {
    long published = ledger.tilesPublished();
    long records = -1;
    long news = System.nanoTime();
    while (true) {
      long now = System.nanoTime();
      if (ledger.records() != records) {
        records = ledger.records();
        news = now;
      }
      boolean done = ledger.answered() >= published && ledger.missing(observations) == 0;
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
    if (own != null && !own.process().isAlive()) {
      throw new IOException(own.ended().join());
    }
  }

  private DemoSummary summary(
      DemoLedger ledger,
      Optional<Simulation> simulation,
      Set<String> observations,
      double readySeconds,
      double seconds)
      throws InterruptedException, IOException {
    long published = ledger.tilesPublished();
    String region =
        simulation
            .map(s -> s.region().getId())
            .orElse(ledger.regions().stream().sorted().findFirst().orElse(""));
    RegionStats last = ledger.stats(region, Instant.MAX).orElse(RegionStats.getDefaultInstance());
    Map<String, Double> stages = ledger.stages();
    double total = stages.getOrDefault("total", 0.0);
    double inference =
        stages.getOrDefault("encode_and_detect", 0.0) + stages.getOrDefault("decode_mask", 0.0);
    long lost =
        simulation.isPresent()
            ? ledger.missing(observations)
            : Math.max(0, published - ledger.answered());
    return new DemoSummary(
        published,
        ledger.masks(),
        ledger.deadLettered(),
        simulation.map(s -> truth(s, Instant.MAX)).orElse(null),
        last.getFloodedKm2(),
        ledger.maskIou().orElse(null),
        ledger.alerts(),
        ledger.latency(),
        ledger.model(),
        lost,
        Math.max(0, ledger.answered() - published),
        seconds <= 0 ? 0 : ledger.masks() / seconds,
        stages,
        total == 0 ? 0 : 1 - inference / total,
        readySeconds,
        memory.rss(),
        StreamsSettings.COMMIT_INTERVAL.toMillis(),
        simulation.flatMap(s -> atPeak(s, ledger, region)).orElse(null),
        new DemoSummary.Sums(
            last.getFloodedCm2(),
            last.getFloodedStaleCm2(),
            last.getObservedCm2(),
            last.getReferenceCm2()),
        ledger.groundDigest());
  }

  /** The figures of the last pass at which the river stands highest, where passes have an order. */
  private Optional<DemoSummary.AtPeak> atPeak(
      Simulation simulation, DemoLedger ledger, String region) {
    if (plan.shuffle().isPresent()) {
      return Optional.empty();
    }
    return simulation.passes().stream()
        .max(
            Comparator.<Pass>comparingDouble(pass -> pass.moment().stageM())
                .thenComparingInt(Pass::index))
        .map(Pass::acquiredAt)
        .flatMap(
            at ->
                ledger
                    .stats(region, at)
                    .map(
                        figures ->
                            new DemoSummary.AtPeak(
                                at, truth(simulation, at), figures.getFloodedKm2())));
  }

  /** The flooded area by exact masks: for each tile the passes back to where every cell is seen. */
  private static double truth(Simulation simulation, Instant asOf) {
    TruthGround ground = new TruthGround(simulation.ring());
    for (Reference reference : simulation.references()) {
      try {
        ground.reference(TileId.parse(reference.getTile()), RunLength.decode(reference.getWet()));
      } catch (BadInput e) {
        throw new IllegalStateException("the simulation's own reference is unreadable", e);
      }
    }
    for (TileId tile : simulation.tiles()) {
      Mask hidden = Mask.full(512, 512);
      for (int i = simulation.passes().size() - 1; i >= 0 && !hidden.isEmpty(); i--) {
        Pass pass = simulation.passes().get(i);
        if (!pass.acquiredAt().isAfter(asOf)) {
          Truth truth = simulation.truth(new Shot(pass, tile));
          ground.observe(tile, pass.acquiredAt(), truth.water(), truth.valid());
          hidden.andNot(truth.valid());
        }
      }
    }
    return ground.floodedKm2(asOf);
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
