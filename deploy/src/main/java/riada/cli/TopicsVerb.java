package riada.cli;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import riada.local.TopicAdmin;
import riada.proto.Topics;

/** {@code riada topics create|describe}. */
@Command(
    name = "topics",
    description = "Make or show the topics of the contract.",
    mixinStandardHelpOptions = true)
final class TopicsVerb {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  CommandSpec verb;

  @Command(
      name = "create",
      description = "Make the topics that are missing; tell of those that differ.",
      mixinStandardHelpOptions = true)
  int create(
      @Mixin KafkaOptions kafka,
      @Mixin Answer answer,
      @Option(
              names = "--partitions",
              defaultValue = "" + Topics.PARTITIONS,
              description = "Partitions of each topic (default ${DEFAULT-VALUE}).")
          int partitions,
      @Option(
              names = "--replication",
              defaultValue = "1",
              description = "Copies of each partition (default ${DEFAULT-VALUE}).")
          short replication)
      throws Exception {
    if (partitions < 1 || replication < 1) {
      throw new ParameterException(
          verb.commandLine(), "--partitions and --replication are at least 1.");
    }
    List<TopicAdmin.TopicStatus> all =
        TopicAdmin.create(kafka.impatient(), partitions, replication);
    answer.rows(all);
    if (all.stream().anyMatch(topic -> topic.status().startsWith("differs"))) {
      PrintWriter err = verb.commandLine().getErr();
      err.println(
          "What differs was left as it is: Riada works with it. Give --partitions and --replication"
              + " as they are, or change the topics with Kafka's own kafka-topics and kafka-configs.");
      err.flush();
    }
    return 0;
  }

  @Command(
      name = "describe",
      description = "Show the topics of the contract as they are.",
      mixinStandardHelpOptions = true)
  int describe(@Mixin KafkaOptions kafka, @Mixin Answer answer) throws Exception {
    answer.rows(TopicAdmin.describe(kafka.impatient()));
    return 0;
  }
}
