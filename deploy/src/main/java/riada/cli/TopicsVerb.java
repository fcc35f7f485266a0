package riada.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import riada.local.TopicAdmin;
import riada.proto.Topics;

/** {@code riada topics create|describe}. */
@Command(
    name = "topics",
    description = "Make or show the topics of the contract.",
    mixinStandardHelpOptions = true)
final class TopicsVerb {
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
    answer.rows(TopicAdmin.create(kafka.impatient(), partitions, replication));
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
