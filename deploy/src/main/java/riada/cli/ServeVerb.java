package riada.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import riada.local.LocalSystem;

/** {@code riada serve segmenter|alerts|dashboard}: one service, until it is stopped. */
@Command(name = "serve", description = "Run one service until it is stopped.")
final class ServeVerb {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  CommandSpec verb;

  /** Starts a service. */
  private interface Start {
    void in(LocalSystem system) throws Exception;
  }

  @Command(name = "segmenter", description = "Tiles become masks.", mixinStandardHelpOptions = true)
  int segmenter(@Mixin KafkaOptions kafka, @Mixin ModelOptions model) throws Exception {
    return serve(kafka, system -> system.startSegmenter(model.inference()));
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
          Path folder)
      throws Exception {
    return serve(kafka, system -> system.startAlerts(folder));
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
          int port)
      throws Exception {
    return serve(
        kafka,
        system -> {
          verb.commandLine().getErr().println("Page: " + system.startDashboard(port));
          verb.commandLine().getErr().flush();
        });
  }

  private static int serve(KafkaOptions kafka, Start start) throws Exception {
    CountDownLatch stopped = new CountDownLatch(1);
    try (LocalSystem system = new LocalSystem(kafka.cluster(), Clock.systemUTC())) {
      start.in(system);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    system.close();
                    stopped.countDown();
                  },
                  "riada-stop"));
      stopped.await();
    }
    return 0;
  }
}
