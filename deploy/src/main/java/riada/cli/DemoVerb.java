package riada.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import riada.local.Cluster;
import riada.local.Demo;
import riada.local.DemoPlan;
import riada.local.DemoSummary;
import riada.proto.BadInput;
import riada.simulate.Scenario;

/** {@code riada demo}. */
@Command(
    name = "demo",
    description = "Show the whole system on this machine with a simulated flood.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class DemoVerb implements Callable<Integer> {
  @Mixin ModelOptions model = new ModelOptions();

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  CommandSpec verb;

  @Option(names = "--headless", description = "Print one JSON object at the end, and nothing else.")
  boolean headless;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = DurationText.class,
      description = "Wall time, as 60s, 5m or PT1H (default: 60s with --headless, else 5m).")
  @Nullable Duration duration;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description = "Of the page, 0 for a free one (default ${DEFAULT-VALUE}).")
  int port;

  @Option(
      names = "--broker-port",
      paramLabel = "N",
      defaultValue = "0",
      description = "Of the embedded broker (default: a free one).")
  int brokerPort;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "For the broker's data and the state (default: a temporary folder).")
  @Nullable Path folder;

  @Option(
      names = "--speed",
      paramLabel = "N",
      defaultValue = "" + DemoPlan.DEFAULT_SPEED,
      description =
          "Simulated seconds in a second (default ${DEFAULT-VALUE}). A pass of 12 tiles comes every"
              + " 10 simulated minutes.")
  int speed;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of the simulated world (default ${DEFAULT-VALUE}).")
  int seed;

  @Option(
      names = "--scenario",
      paramLabel = "rising|cloud|reference|quiet|none",
      defaultValue = "rising",
      description = "What happens (default ${DEFAULT-VALUE}); none publishes nothing.")
  String scenario = "";

  @Option(
      names = "--shuffle",
      paramLabel = "SEED",
      description = "Send the same tiles in another order, three in ten of them twice.")
  @Nullable Long shuffle;

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT,...",
      description = "Use this Kafka cluster instead of an embedded broker.")
  @Nullable String bootstrapServers;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings as riada.<option>=..., and riada.kafka.* for the Kafka clients.")
  @Nullable Path config;

  private Map<String, String> kafka = Map.of();

  void use(Settings settings) {
    kafka = settings.kafka();
  }

  @Override
  public Integer call() throws IOException, BadInput, InterruptedException {
    Optional<Cluster> cluster =
        Optional.ofNullable(bootstrapServers).map(servers -> new Cluster(servers, kafka));
    Clock clock = Clock.systemUTC();
    Screen screen = new Screen();
    Demo demo = new Demo(plan(), cluster, model.inference(), clock, screen);
    AtomicBoolean stopping = new AtomicBoolean();
    Thread stopper =
        new Thread(
            () -> {
              stopping.set(true);
              demo.close();
            },
            "riada-stop");
    Runtime.getRuntime().addShutdownHook(stopper); // Ctrl-C
    DemoSummary summary;
    try (demo;
        screen) {
      summary = run(demo, screen);
    } catch (IOException | InterruptedException | RuntimeException e) {
      if (stopping.get()) {
        return ErrorPrinter.FAILED; // what breaks while all is taken down is no news
      }
      throw e;
    }
    Runtime.getRuntime().removeShutdownHook(stopper);
    PrintWriter out = verb.commandLine().getOut();
    if (headless) {
      out.println(Answer.json(summary));
    } else {
      DemoLines.of(summary).forEach(out::println);
    }
    out.flush();
    return 0;
  }

  /** What ends the demo is told at once: to close everything may take half a minute. */
  private static DemoSummary run(Demo demo, Screen screen)
      throws IOException, BadInput, InterruptedException {
    try {
      return demo.run();
    } catch (IOException e) {
      screen.say("The demo ends: " + e.getMessage());
      throw e;
    }
  }

  private DemoPlan plan() {
    Duration wall =
        duration != null ? duration : headless ? Duration.ofSeconds(60) : Duration.ofMinutes(5);
    try {
      Optional<Scenario> played =
          scenario.equalsIgnoreCase("none")
              ? Optional.empty()
              : Optional.of(Scenario.valueOf(scenario.toUpperCase(Locale.ROOT)));
      return new DemoPlan(
          wall,
          port(port, "--port"),
          port(brokerPort, "--broker-port"),
          Optional.ofNullable(folder),
          speed,
          seed,
          played,
          shuffle == null ? OptionalLong.empty() : OptionalLong.of(shuffle));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          verb.commandLine(),
          String.valueOf(e.getMessage()).contains("enum")
              ? "--scenario is rising, cloud, reference, quiet or none, not '" + scenario + "'."
              : "These flags do not fit: " + e.getMessage() + ".");
    }
  }

  private int port(int number, String flag) {
    if (number < 0 || number > 65_535) {
      throw new ParameterException(verb.commandLine(), flag + " is 0..65535, not " + number + ".");
    }
    return number;
  }

  /** What a person sees while it runs, on stderr. */
  private final class Screen implements Demo.Listener, AutoCloseable {
    private final PrintWriter err = verb.commandLine().getErr();
    private @Nullable ProgressBar bar;

    @Override
    public void starting(String step) {
      say(step);
    }

    @Override
    public void ready(URI page, String brokers) {
      say("Page: " + page);
      say("Kafka: " + brokers);
      if (!headless) {
        say("Ctrl-C ends it.");
      }
    }

    @Override
    public void sent(int tiles, int all) {
      if (!Boolean.getBoolean("riada.terminal")) { // bin/riada looks whether stderr is one
        return;
      }
      if (bar == null) {
        bar =
            new ProgressBarBuilder()
                .setTaskName("tiles")
                .setInitialMax(all)
                .setConsumer(new ConsoleProgressBarConsumer(System.err))
                .build();
      }
      bar.stepTo(tiles);
    }

    @Override
    public void draining() {
      close();
      say("Waiting for what is under way.");
    }

    private void say(String line) {
      err.println(line);
      err.flush();
    }

    @Override
    public void close() {
      if (bar != null) {
        bar.close();
        bar = null;
      }
    }
  }
}
