package riada.stream;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import riada.proto.Topics;

/**
 * Runs the topology: waits for the broker and its topics, starts, replaces threads that fail, and
 * says in words how it is. Any thread may call it.
 */
public final class StreamService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StreamService.class);
  private static final String STARTING = "The alerts stage is starting.";
  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final int ASK_TIMEOUT_MS = 5_000;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);

  private final StreamsSettings settings;
  private final RocksDbMemory memory;
  private final TopologyConfig config;
  private final ThreadFailures failures = new ThreadFailures(Clock.systemUTC());
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread starter = new Thread(this::run, "riada-stream-start");
  private volatile Topology topology; // for the broker's partitions, once it was asked
  private volatile String trouble = STARTING;
  private volatile boolean unopened;
  private volatile @Nullable KafkaStreams streams;
  private String unreachable = ""; // why the broker was last, of the starter thread

  StreamService(StreamsSettings settings, TopologyConfig config) {
    this.settings = settings;
    this.config = config;
    this.topology = FloodTopology.build(config);
    this.memory = new RocksDbMemory(settings.rocksDbBytes());
  }

  /** Starts in the background and returns at once: a broker that is away is waited for. */
  public static StreamService start(StreamsSettings settings, TopologyConfig config) {
    StreamService service = new StreamService(settings, config);
    service.starter.setDaemon(true);
    service.starter.start();
    return service;
  }

  /** Whether masks are being worked on now, and threads do not fail again and again. */
  public boolean isHealthy() {
    KafkaStreams running = streams;
    return running != null
        && running.state() == KafkaStreams.State.RUNNING
        && failures.trouble().isEmpty();
  }

  /** Whether it could not be opened, or has ended by itself: only a restart helps. */
  public boolean hasFailed() {
    KafkaStreams running = streams;
    return unopened || running != null && running.state() == KafkaStreams.State.ERROR;
  }

  /** How it is, in a sentence. */
  public String health() {
    KafkaStreams running = streams;
    if (running == null) {
      return trouble;
    }
    return switch (running.state()) {
          case RUNNING -> "The alerts stage is running.";
          case CREATED, REBALANCING -> "The alerts stage is taking up its partitions.";
          default -> "The alerts stage is not running (" + running.state() + ").";
        }
        + failures.trouble().map(why -> " " + why).orElse("");
  }

  /** The runtime's own metrics, as they are now; none while it has not started. */
  public Map<MetricName, ? extends Metric> metrics() {
    KafkaStreams running = streams;
    return running == null ? Map.of() : running.metrics();
  }

  private void run() {
    try {
      while (!closing.await(0, TimeUnit.MILLISECONDS)) {
        if (isBrokerReady()) {
          open();
          return;
        }
        LOG.warn("{}", trouble);
        if (closing.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // close() wants the thread to end
    }
  }

  /** Without its topics Kafka Streams ends its threads, so they are asked for before. */
  private boolean isBrokerReady() throws InterruptedException {
    Map<String, Object> ask = new HashMap<>(settings.extra()); // TLS and the like
    ask.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    ask.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ASK_TIMEOUT_MS);
    ask.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ASK_TIMEOUT_MS);
    try (Admin admin = Admin.create(ask)) {
      Set<String> there = admin.listTopics().names().get();
      String missing =
          FloodTopology.topics(topology).stream()
              .filter(name -> !there.contains(name))
              .collect(Collectors.joining(", "));
      if (missing.isEmpty()) {
        topology = FloodTopology.build(config, partitions(admin, Topics.REFERENCE.name()));
        trouble = STARTING;
      } else {
        trouble =
            "The broker at "
                + settings.bootstrapServers()
                + " has no "
                + missing
                + "; create the topics with `riada topics create`.";
      }
      return missing.isEmpty();
    } catch (ExecutionException | KafkaException e) {
      trouble =
          "The broker at "
              + settings.bootstrapServers()
              + " does not answer; trying again every "
              + RETRY.toSeconds()
              + " s. Is it running, and is the address right?";
      Throwable root = ThreadFailures.root(e);
      if (!unreachable.equals(root.toString())) { // once each, not every two seconds
        unreachable = root.toString();
        LOG.warn("The broker was asked in vain", root);
      }
      return false;
    }
  }

  private static int partitions(Admin admin, String topic)
      throws ExecutionException, InterruptedException {
    return admin.describeTopics(Set.of(topic)).allTopicNames().get().values().stream()
        .mapToInt(one -> one.partitions().size())
        .findFirst()
        .orElseThrow();
  }

  /** Starts the work, or leaves a sentence that says why it cannot be done here. */
  synchronized void open() {
    if (closing.getCount() == 0) {
      return;
    }
    Properties properties = settings.properties();
    memory.install(properties);
    KafkaStreams fresh = null;
    try {
      fresh = new KafkaStreams(topology, properties);
      fresh.setUncaughtExceptionHandler(this::replace);
      fresh.start();
      streams = fresh;
    } catch (RuntimeException e) {
      LOG.error("The alerts stage cannot start", e);
      trouble =
          "The alerts stage cannot start in "
              + settings.stateDir()
              + " ("
              + ThreadFailures.root(e).getMessage()
              + "). If another process works in that folder, end it or name another folder.";
      unopened = true;
      if (fresh != null) {
        fresh.close(CLOSE_TIMEOUT);
      }
    }
  }

  /** Called in the thread that failed: it ends, and gives way, when this returns. */
  private StreamThreadExceptionResponse replace(Throwable failure) {
    Duration pause = failures.add(failure);
    LOG.error(
        "A thread of the alerts stage failed and is replaced in {} s", pause.toSeconds(), failure);
    try {
      closing.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return StreamThreadExceptionResponse.REPLACE_THREAD;
  }

  /** Commits what was worked on and stops. Closing twice does nothing. */
  @Override
  public synchronized void close() {
    if (closing.getCount() == 0) {
      return;
    }
    closing.countDown();
    KafkaStreams running = streams;
    // A store that is still open may touch the shared memory: it is then left to the process's end.
    if (running == null || running.close(CLOSE_TIMEOUT)) {
      memory.close();
    } else {
      LOG.warn("The alerts stage did not stop within {} s.", CLOSE_TIMEOUT.toSeconds());
    }
  }
}
