package riada.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;

/** The {@code riada} command. */
@Command(
    name = "riada",
    description = "Watches a stream of satellite and aerial tiles for floods.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      DemoVerb.class,
      ServeVerb.class,
      TopicsVerb.class,
      PublishVerb.class,
      SimulateVerb.class,
      SegmentVerb.class,
      EvaluateVerb.class,
      FinetuneVerb.class,
      DatasetVerb.class,
      ModelVerb.class,
      TailVerb.class,
      RegionVerb.class,
      ReferenceVerb.class,
      AlertVerb.class,
      DrillVerb.class,
      DlqVerb.class,
      HelpCommand.class
    },
    footer = {
      "",
      "Answers go to stdout, logs and progress to stderr.",
      "Exit status: 0 done, 1 failed, 2 wrong usage, 3 bad input.",
      "Every option can also be set as RIADA_<OPTION> in the environment,",
      "or as riada.<option> in the file that --config names.",
      "RIADA_DEBUG=1 shows stack traces."
    })
public final class Riada {
  /** Runs one command and ends the process with its exit status. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, UTF_8);
    System.exit(run(System.getenv(), out, err, args));
  }

  /** Runs one command; returns its exit status. */
  static int run(
      Map<String, String> environment, PrintWriter out, PrintWriter err, String... args) {
    ErrorPrinter errors = new ErrorPrinter(environment.containsKey("RIADA_DEBUG"));
    CommandLine line = WholeWords.in(new CommandLine(new Riada()));
    line.setOut(out)
        .setErr(err)
        .setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExpandAtFiles(false) // an argument is what it says, also when it starts with @
        .setUsageHelpAutoWidth(true);
    try {
      Settings settings = Settings.read(List.of(args), environment);
      settings.check(line);
      line.setDefaultValueProvider(settings);
      inject(line, settings, environment);
    } catch (Exception e) {
      return errors.print(line, e);
    }
    return line.execute(args);
  }

  /** Hands settings and environment to the option groups of every verb. */
  private static void inject(CommandLine line, Settings settings, Map<String, String> environment) {
    for (CommandSpec group : line.getCommandSpec().mixins().values()) {
      if (group.userObject() instanceof KafkaOptions kafka) {
        kafka.use(settings);
      } else if (group.userObject() instanceof ModelOptions model) {
        model.use(environment);
      }
    }
    if (line.getCommand() instanceof DemoVerb demo) {
      demo.use(settings);
    } else if (line.getCommand() instanceof DrillVerb drill) {
      drill.use(environment);
    }
    line.getSubcommands().values().forEach(verb -> inject(verb, settings, environment));
  }
}
