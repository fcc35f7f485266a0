package riada.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import riada.cap.Issuer;
import riada.local.LocalSystem;

/** {@code riada serve segmenter|alerts|dashboard}: one service, until it is stopped. */
@Command(
    name = "serve",
    description = "Run one service until it is stopped.",
    mixinStandardHelpOptions = true)
final class ServeVerb {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  CommandSpec verb;

  /** Where a service that has no page tells how it is. */
  static final class HealthOptions {
    @Mixin ListenOptions listen = new ListenOptions();

    @Option(
        names = "--port",
        paramLabel = "N",
        description = "Answer /health and /metrics there, 0 for a free one (default: nowhere).")
    @Nullable Integer port;
  }

  static final class ListenOptions {
    @Option(
        names = "--host",
        paramLabel = "ADDRESS",
        defaultValue = "127.0.0.1",
        description = "Where to listen (default ${DEFAULT-VALUE}; 0.0.0.0 is everywhere).")
    String host = "";
  }

  /** Starts a service. */
  private interface Start {
    void in(LocalSystem system) throws Exception;
  }

  @Command(name = "segmenter", description = "Tiles become masks.", mixinStandardHelpOptions = true)
  int segmenter(@Mixin KafkaOptions kafka, @Mixin ModelOptions model, @Mixin HealthOptions health)
      throws Exception {
    return serve(
        kafka,
        system -> {
          system.startSegmenter(model.inference());
          startHealth(system, health);
        });
  }

  @Command(
      name = "alerts",
      description = "Masks become ground, figures and alerts.",
      mixinStandardHelpOptions = true)
  int alerts(
      @Mixin KafkaOptions kafka,
      @Option(
              names = "--dir",
              paramLabel = "DIR",
              defaultValue = "riada-state",
              description = "For the state (default ${DEFAULT-VALUE}).")
          Path folder,
      @Option(
              names = "--threads",
              paramLabel = "N",
              defaultValue = "1",
              description = "Partitions worked on at a time (default ${DEFAULT-VALUE}).")
          int threads,
      @Option(
              names = "--standbys",
              paramLabel = "N",
              defaultValue = "1",
              description =
                  "Other processes that hold a copy of the state, to take over at once (default"
                      + " ${DEFAULT-VALUE}).")
          int standbys,
      @Option(
              names = "--sender",
              paramLabel = "NAME",
              defaultValue = Issuer.SENDER,
              description =
                  "Who speaks in CAP: unique in the world, as alerts@your.domain is (default"
                      + " ${DEFAULT-VALUE}).")
          String sender,
      @Mixin HealthOptions health)
      throws Exception {
    require(threads >= 1, "--threads is at least 1, not " + threads + ".");
    require(standbys >= 0, "--standbys is at least 0, not " + standbys + ".");
    require(Issuer.isSender(sender), "--sender has no blanks, commas, < and &, as in a@b.org.");
    Issuer issuer = Issuer.here().withSender(sender);
    return serve(
        kafka,
        system -> {
          system.startAlerts(folder, threads, standbys, issuer);
          startHealth(system, health);
        });
  }

  @Command(
      name = "dashboard",
      description = "The page for the operator.",
      mixinStandardHelpOptions = true)
  int dashboard(
      @Mixin KafkaOptions kafka,
      @Option(
              names = "--port",
              paramLabel = "N",
              defaultValue = "8080",
              description = "0 for a free one (default ${DEFAULT-VALUE}).")
          int port,
      @Mixin ListenOptions listen)
      throws Exception {
    checkPort(port);
    return serve(kafka, system -> say("Page: " + system.startDashboard(listen.host, port)));
  }

  private void startHealth(LocalSystem system, HealthOptions health) throws Exception {
    if (health.port != null) {
      checkPort(health.port);
      URI address = system.startHealth(health.listen.host, health.port);
      say("Health: " + address.resolve("/health") + " and " + address.resolve("/metrics"));
    }
  }

  private void checkPort(int port) {
    require(port >= 0 && port <= 65_535, "--port is 0..65535, not " + port + ".");
  }

  private void require(boolean fulfilled, String sentence) {
    if (!fulfilled) {
      throw new ParameterException(verb.commandLine(), sentence);
    }
  }

  private void say(String line) {
    PrintWriter err = verb.commandLine().getErr();
    err.println(line);
    err.flush();
  }

  private static int serve(KafkaOptions kafka, Start start) throws Exception {
    CountDownLatch stopped = new CountDownLatch(1);
    try (LocalSystem system = new LocalSystem(kafka.cluster(), Clock.systemUTC())) {
      start.in(system);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    stopped.countDown();
                    system.close();
                  },
                  "riada-stop"));
      while (!stopped.await(1, TimeUnit.SECONDS)) {
        Optional<String> failure = system.failure();
        if (failure.isPresent()) {
          throw new IOException(failure.get());
        }
      }
    }
    return 0;
  }
}
