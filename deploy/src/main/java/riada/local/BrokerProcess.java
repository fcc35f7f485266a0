package riada.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import riada.proto.Topics;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * The child JVM of {@link EmbeddedBroker}: a KRaft broker and controller on the loopback interface,
 * alone or one of several. It says {@value #READY} or {@value #FAILED} and a sentence on its
 * standard output, and lives no longer than its parent: it ends when its standard input does, and
 * watches the parent's process besides.
 */
public final class BrokerProcess {
  static final String READY = "READY";
  static final String FAILED = "FAILED ";

  /** How long an orderly end may take before the process is halted. */
  private static final Duration GRACE = Duration.ofSeconds(8);

  private static final Logger LOG = LoggerFactory.getLogger(BrokerProcess.class);

  private BrokerProcess() {}

  /**
   * @param args folder, broker port, the parent's process id, which node of the cluster it is (from
   *     1), and the controller port of each node in order
   */
  public static void main(String[] args) throws IOException {
    // Ctrl-C reaches the whole process group; the parent ends the broker last, when nobody uses it.
    Signal.handle(new Signal("INT"), SignalHandler.SIG_IGN);
    Path folder = Path.of(args[0]);
    haltWith(Long.parseLong(args[2]));
    FileLock lock = lock(folder);
    if (lock == null) {
      say(
          FAILED
              + "Another broker is using the folder "
              + folder
              + "; stop it, or name another folder.");
      System.exit(1);
    }
    KafkaRaftServer server;
    try {
      List<String> controllers = List.of(args).subList(4, args.length);
      server = start(folder, args[1], Integer.parseInt(args[3]), controllers);
    } catch (Throwable e) { // whatever it is, the parent must hear of it
      LOG.error("broker did not start", e);
      say(FAILED + sentence(e, args[1], folder));
      Runtime.getRuntime().halt(1);
      return;
    }
    say(READY);
    awaitEndOfInput();
    haltAfter(GRACE);
    server.shutdown();
    server.awaitShutdown();
    System.exit(0); // the lock is held until here
  }

  private static KafkaRaftServer start(Path folder, String port, int node, List<String> controllers)
      throws Exception {
    String data = folder.resolve("kafka").toString();
    // The cluster id is fixed: one folder is one cluster, and nothing else ever talks to it.
    new Formatter()
        .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8))
        .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
        .setNodeId(node)
        .setClusterId("cmlhZGEtZW1iZWRkZWQtMQ")
        .setDirectories(List.of(data))
        .setMetadataLogDirectory(data)
        .setControllerListenerName("CONTROLLER")
        .setIgnoreFormatted(true)
        .setUnstableFeatureVersionsEnabled(false)
        .run();
    KafkaRaftServer server =
        new KafkaRaftServer(new KafkaConfig(config(data, port, node, controllers)), Time.SYSTEM);
    server.startup();
    return server;
  }

  private static Properties config(String data, String port, int node, List<String> controllers) {
    int nodes = controllers.size();
    Properties p = new Properties();
    p.put("process.roles", "broker,controller");
    p.put("node.id", Integer.toString(node));
    // A static quorum stores no port on disk, so the ports may differ at each start.
    p.put(
        "controller.quorum.voters",
        IntStream.rangeClosed(1, nodes)
            .mapToObj(one -> one + "@127.0.0.1:" + controllers.get(one - 1))
            .collect(Collectors.joining(",")));
    p.put(
        "listeners",
        "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllers.get(node - 1));
    p.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
    p.put("controller.listener.names", "CONTROLLER");
    p.put("inter.broker.listener.name", "PLAINTEXT");
    p.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT");
    p.put("log.dirs", data);
    p.put("auto.create.topics.enable", "false"); // a mistyped topic is an error, not a new topic
    p.put("message.max.bytes", Integer.toString(Topics.MAX_DEAD_LETTER_BYTES));
    p.put("group.initial.rebalance.delay.ms", "0");
    // What a killed instance left open is looked for each second: its successor waits for that.
    p.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
    // Each record is on every node, and taken once all but one have it: of one node, that one.
    for (String one :
        List.of(
            "default.replication.factor",
            "offsets.topic.replication.factor",
            "transaction.state.log.replication.factor",
            "share.coordinator.state.topic.replication.factor")) {
      p.put(one, Integer.toString(nodes));
    }
    for (String one :
        List.of(
            "min.insync.replicas",
            "transaction.state.log.min.isr",
            "share.coordinator.state.topic.min.isr")) {
      p.put(one, Integer.toString(Math.max(1, nodes - 1)));
    }
    for (String one :
        List.of(
            "offsets.topic.num.partitions",
            "transaction.state.log.num.partitions",
            "share.coordinator.state.topic.num.partitions")) {
      p.put(one, "1");
    }
    if (nodes > 1) { // all of them on one machine: slow is not gone
      p.put("controller.quorum.election.timeout.ms", "5000");
      p.put("controller.quorum.fetch.timeout.ms", "15000");
      p.put("controller.quorum.request.timeout.ms", "10000");
      p.put("broker.session.timeout.ms", "30000");
      p.put("initial.broker.registration.timeout.ms", "180000");
    }
    // A small machine: the defaults are for a server with its disks to itself.
    p.put("num.network.threads", "2");
    p.put("num.io.threads", "2");
    p.put("background.threads", "2");
    p.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
    p.put("log.segment.bytes", Integer.toString(64 << 20));
    p.put("log.index.size.max.bytes", Integer.toString(1 << 20));
    p.put("offsets.topic.segment.bytes", Integer.toString(8 << 20));
    p.put("transaction.state.log.segment.bytes", Integer.toString(8 << 20));
    return p;
  }

  private static FileLock lock(Path folder) throws IOException {
    // Never closed: the lock goes with the process.
    return FileChannel.open(
            folder.resolve("broker.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)
        .tryLock();
  }

  private static void haltWith(long parent) {
    ProcessHandle.of(parent)
        .ifPresentOrElse(
            p -> p.onExit().thenRun(() -> haltAfter(GRACE)), () -> Runtime.getRuntime().halt(1));
  }

  private static void awaitEndOfInput() throws IOException {
    while (System.in.read() >= 0) {
      // Nothing is ever written: the pipe breaks when the parent closes it, or is no more.
    }
  }

  private static void haltAfter(Duration grace) {
    Thread watchdog =
        new Thread(
            () -> {
              try {
                TimeUnit.NANOSECONDS.sleep(grace.toNanos());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              Runtime.getRuntime().halt(1);
            },
            "broker-watchdog");
    watchdog.setDaemon(true);
    watchdog.start();
  }

  private static String sentence(Throwable failure, String port, Path folder) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      String message = String.valueOf(e.getMessage());
      if (e instanceof BindException || message.contains("Address already in use")) {
        return EmbeddedBroker.portInUse(port);
      }
      if (message.contains("No space left")) {
        return new DiskRoom(folder).sentence();
      }
    }
    return "The broker did not start: "
        + String.valueOf(failure.getMessage()).lines().findFirst().orElse("no reason given")
        + " The whole of it is in "
        + folder.resolve("broker.log")
        + ", which stays when --dir names the folder.";
  }

  /** Straight to the pipe: whatever a library prints to System.out does not come between. */
  private static void say(String line) throws IOException {
    new FileOutputStream(FileDescriptor.out).write((line + "\n").getBytes(UTF_8));
  }
}
