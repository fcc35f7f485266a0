package riada.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka broker (KRaft) in a child JVM, with its data in a folder: by itself, for the demo
 * and for tests, or a node of a cluster of its kind. It listens on the loopback interface only, and
 * it is gone when this process is, even after kill -9. Whoever starts it closes it.
 */
public final class EmbeddedBroker implements AutoCloseable {
  /** A loaded machine may take long; a healthy one is ready within two or three seconds. */
  private static final Duration READY_WITHIN = Duration.ofSeconds(120);

  private static final int LAST_LINES = 5;

  private static final Duration STOPPED_WITHIN = Duration.ofSeconds(10);

  // Under the range from which the system takes ports for outgoing connections: such a connection
  // would hold the port of a broker that restarts.
  private static final int LOWEST_PORT = 20_000;
  private static final int PORTS_END = 32_768;

  private final Process process;
  private final Path folder;
  private final int port;
  private final long launched = System.nanoTime();
  private Duration readyAfter = Duration.ZERO;

  private EmbeddedBroker(Process process, Path folder, int port) {
    this.process = process;
    this.folder = folder;
    this.port = port;
  }

  /**
   * Starts a broker and waits until it serves. A folder that held a broker before keeps its topics
   * and records.
   *
   * @param folder where the data and {@code broker.log} live; made when absent
   * @param port 1..65535, or 0 for a free one
   * @throws IOException with a sentence that says what is wrong and the way out: the folder cannot
   *     be used, the disk is full, the port is in use, another broker has the folder
   */
  public static EmbeddedBroker start(Path folder, int port) throws IOException {
    checkFolder(folder);
    if (port != 0 && !isFree(port)) {
      throw new IOException(portInUse(Integer.toString(port)));
    }
    EmbeddedBroker broker = launch(folder, port != 0 ? port : freePort(), 1, List.of(freePort()));
    broker.awaitReady();
    return broker;
  }

  /**
   * Starts several brokers that are one cluster: every record is on each of them, and is taken as
   * written once all but one have it. They are gone when this process is.
   *
   * @param folder holds a folder for each
   * @param nodes 1 or more; of three, any one may be killed
   * @throws IOException as {@link #start} does
   */
  static List<EmbeddedBroker> startCluster(Path folder, int nodes) throws IOException {
    Set<Integer> controllers = new LinkedHashSet<>();
    while (controllers.size() < nodes) {
      controllers.add(freePort());
    }
    List<EmbeddedBroker> brokers = new ArrayList<>();
    try {
      for (int node = 1; node <= nodes; node++) {
        Path own = folder.resolve("node" + node);
        checkFolder(own);
        int port = freePort();
        while (controllers.contains(port)) {
          port = freePort();
        }
        brokers.add(launch(own, port, node, List.copyOf(controllers)));
      }
      for (EmbeddedBroker broker : brokers) { // none is ready before most are there
        broker.awaitReady();
      }
      return brokers;
    } catch (IOException e) {
      brokers.forEach(EmbeddedBroker::close);
      throw e;
    }
  }

  private static EmbeddedBroker launch(
      Path folder, int port, int node, List<Integer> controllerPorts) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Start-up time and memory count here, not the last bit of throughput.
    command.addAll(
        List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    Path log = folder.resolve("broker.log");
    command.add("-Dlogback.configurationFile=broker-logback.xml");
    command.add("-Driada.broker.log=" + log);
    command.addAll(
        List.of(
            BrokerProcess.class.getName(),
            folder.toString(),
            Integer.toString(port),
            Long.toString(ProcessHandle.current().pid()),
            Integer.toString(node)));
    controllerPorts.forEach(one -> command.add(Integer.toString(one)));
    ProcessBuilder builder = new ProcessBuilder(command);
    // Not on the command line: a class path of a hundred jars makes ps unreadable.
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().put("MALLOC_ARENA_MAX", "2");
    return new EmbeddedBroker(
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile())).start(),
        folder,
        port);
  }

  private void awaitReady() throws IOException {
    String said = firstWord(process);
    Duration since = Duration.ofNanos(System.nanoTime() - launched);
    if (said == null || !said.equals(BrokerProcess.READY)) {
      process.destroyForcibly();
      throw new IOException(
          said != null && said.startsWith(BrokerProcess.FAILED)
              ? said.substring(BrokerProcess.FAILED.length())
              : silence(since) + lastWords(folder));
    }
    readyAfter = since;
  }

  /** Why nothing was heard of a broker: it ended by itself, or its time was up. */
  private static String silence(Duration since) {
    return since.compareTo(READY_WITHIN) < 0
        ? "The broker ended before it was ready."
        : "The broker did not start within "
            + READY_WITHIN.toSeconds()
            + " s. The machine may be too busy: try again when less runs on it.";
  }

  private static @Nullable String firstWord(Process process) {
    BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    CompletableFuture<@Nullable String> line =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return out.readLine();
              } catch (IOException e) {
                return null; // the pipe broke: the process ended without a word
              }
            });
    return line.completeOnTimeout(null, READY_WITHIN.toMillis(), TimeUnit.MILLISECONDS).join();
  }

  private static void checkFolder(Path folder) throws IOException {
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(folder + " is a file; name a folder for the broker's data.", e);
    } catch (IOException e) {
      throw new IOException(
          "The folder " + folder + " cannot be made (" + e + "); name one that you may write to.",
          e);
    }
    if (!Files.isWritable(folder)) {
      throw new IOException(
          "The folder " + folder + " cannot be written to; name one that you may write to.");
    }
    new DiskRoom(folder).requireEnough();
  }

  static String portInUse(String port) {
    return "Port "
        + port
        + " is in use; choose another with --broker-port, or leave it out for a free one.";
  }

  /**
   * A port of the loopback interface that is free now, outside the range of outgoing connections.
   */
  public static int freePort() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST_PORT, PORTS_END);
      if (isFree(port)) {
        return port;
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** {@code 127.0.0.1:port}, for {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  public int port() {
    return port;
  }

  /** From the launch of the child JVM to a broker that serves. */
  public Duration readyAfter() {
    return readyAfter;
  }

  /** The child's process, for tests that hurt it and for figures of its memory. */
  public ProcessHandle process() {
    return process.toHandle();
  }

  /**
   * Completes when the broker has ended, whoever ended it, with a sentence that says so and the
   * likely reason.
   */
  public CompletableFuture<String> ended() {
    return process
        .onExit()
        .thenApply(
            p ->
                new DiskRoom(folder).isScarce()
                    ? "The broker stopped. " + new DiskRoom(folder).sentence()
                    : "The broker stopped with exit status "
                        + p.exitValue()
                        + "."
                        + lastWords(folder));
  }

  /**
   * Fails where there is nothing left to wait for: a broker without room may take minutes to end.
   *
   * @throws IOException with a sentence when it has ended, or its disk is full
   */
  void check() throws IOException {
    if (!process.isAlive()) {
      throw new IOException(ended().join());
    }
    new DiskRoom(folder).requireAny();
  }

  /** How the log ends: the folder itself may be a temporary one and gone when this is read. */
  static String lastWords(Path folder) {
    Path log = folder.resolve("broker.log");
    try {
      List<String> lines = Files.readAllLines(log, UTF_8);
      List<String> last = lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size());
      return last.isEmpty() ? "" : " " + log + " ends:\n  " + String.join("\n  ", last);
    } catch (IOException e) {
      return ""; // it said nothing
    }
  }

  /** Stops the broker in order, or by force when that takes longer than ten seconds. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close(); // the child ends when its input does
    } catch (IOException e) {
      process.destroyForcibly();
    }
    try {
      if (!process.waitFor(STOPPED_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
