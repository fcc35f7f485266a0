package riada.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;
import riada.proto.Topics;

/**
 * {@code riada drill SCENARIO}: the demo in a JVM of its own in which every topic and group bears
 * the exercise's prefix, so that nothing of it can reach a real topic on the same cluster.
 */
@Command(
    name = "drill",
    description = {
      "Play a scenario as an exercise: on topics of its own, each alert marked EXERCISE on topic,",
      "page and CAP."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class DrillVerb implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  CommandSpec verb;

  @Parameters(paramLabel = "SCENARIO", description = "rising, cloud, reference or quiet.")
  String scenario = "";

  @Option(
      names = "--speed",
      paramLabel = "N",
      description = "Simulated seconds in a second, as of demo.")
  @Nullable String speed;

  @Option(names = "--duration", paramLabel = "TIME", description = "Wall time, as of demo.")
  @Nullable String duration;

  @Option(names = "--port", paramLabel = "N", description = "Of the page, as of demo.")
  @Nullable String port;

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT,...",
      description = "Use this Kafka cluster instead of an embedded broker.")
  @Nullable String bootstrapServers;

  @Option(names = "--config", paramLabel = "FILE", description = "Settings, as of demo.")
  @Nullable String config;

  @Option(names = "--headless", description = "Print one JSON object at the end, and nothing else.")
  boolean headless;

  /** Any other option of the demo. */
  @Unmatched List<String> others = new ArrayList<>();

  private Map<String, String> environment = Map.of();

  void use(Map<String, String> variables) {
    environment = variables;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command());
    builder.environment().putAll(environment);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    Process drill =
        builder
            .redirectInput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Thread stopper = new Thread(drill::destroy, "riada-stop");
    Runtime.getRuntime().addShutdownHook(stopper); // Ctrl-C reaches both, a plain kill only us
    PrintWriter out = verb.commandLine().getOut();
    try (BufferedReader said =
        new BufferedReader(new InputStreamReader(drill.getInputStream(), UTF_8))) {
      said.lines().forEach(out::println);
    }
    out.flush();
    int status = drill.waitFor();
    Runtime.getRuntime().removeShutdownHook(stopper);
    return status;
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (argument.startsWith("-X") || argument.startsWith("-Driada.")) {
        command.add(argument);
      }
    }
    command.add("-D" + Topics.PREFIX_PROPERTY + "=" + Topics.EXERCISE);
    command.addAll(List.of(Riada.class.getName(), "demo", "--scenario", scenario));
    add(command, "--speed", speed);
    add(command, "--duration", duration);
    add(command, "--port", port);
    add(command, "--bootstrap-servers", bootstrapServers);
    add(command, "--config", config);
    if (headless) {
      command.add("--headless");
    }
    command.addAll(others);
    return command;
  }

  private static void add(List<String> command, String option, @Nullable String value) {
    if (value != null) {
      command.add(option);
      command.add(value);
    }
  }
}
