package riada.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import riada.proto.BadInput;

/** {@code riada tail TOPIC}. */
@Command(
    name = "tail",
    description = "Print the records of a topic as JSON lines, as they come.",
    mixinStandardHelpOptions = true)
final class TailVerb implements Callable<Integer> {
  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  CommandSpec verb;

  @Parameters(paramLabel = "TOPIC", description = "For example flood.alerts.v1.")
  String topic = "";

  @Option(names = "--from-beginning", description = "Start with the oldest record kept.")
  boolean fromBeginning;

  @Option(
      names = "--max",
      paramLabel = "N",
      defaultValue = "" + Long.MAX_VALUE,
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
      description = "End after N records.")
  long max;

  @Override
  public Integer call() throws BadInput {
    if (max < 0) {
      throw new ParameterException(verb.commandLine(), "--max is not negative.");
    }
    PrintWriter out = verb.commandLine().getOut();
    try (TopicReader reader = new TopicReader(kafka.impatient(), topic, fromBeginning)) {
      for (long n = 0; n < max; n++) {
        out.println(RecordJson.of(reader.next()));
        out.flush();
        if (out.checkError()) {
          return 0; // whoever read the output has enough
        }
      }
    } catch (UnknownTopicOrPartitionException e) {
      throw new BadInput(
          "topic_unknown",
          "There is no topic '"
              + topic
              + "'; 'riada topics describe' names those of Riada, 'riada topics create' makes what"
              + " is missing of them.");
    }
    return 0;
  }
}
