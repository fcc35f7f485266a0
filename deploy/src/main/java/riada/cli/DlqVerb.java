package riada.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.Header;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import riada.proto.BadInput;
import riada.proto.DeadLetters;
import riada.proto.Topic;
import riada.proto.Topics;

/** {@code riada dlq list|show}. */
@Command(
    name = "dlq",
    description = "Show what could not be used, and why.",
    mixinStandardHelpOptions = true)
final class DlqVerb {
  /** How many dead letters of a topic have the same reason. */
  record Count(String topic, String stage, String counter, long records) {}

  /** One dead letter; partition and offset are those of the original. */
  record Letter(
      String key,
      int bytes,
      String stage,
      String topic,
      String partition,
      String offset,
      String counter,
      String reason) {}

  @Command(
      name = "list",
      description = "Count the dead letters by topic and reason.",
      mixinStandardHelpOptions = true)
  int list(@Mixin KafkaOptions kafka, @Mixin Answer answer) {
    List<Count> counts = new ArrayList<>();
    for (Topic topic : Topics.all()) {
      if (topic.name().startsWith("dlq.")) {
        Map<List<String>, Long> byReason =
            new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        read(
            kafka,
            topic.name(),
            record -> {
              List<String> reason =
                  List.of(header(record, DeadLetters.STAGE), header(record, DeadLetters.COUNTER));
              byReason.merge(reason, 1L, Long::sum);
            });
        byReason.forEach(
            (why, n) -> counts.add(new Count(topic.name(), why.get(0), why.get(1), n)));
      }
    }
    answer.rows(counts, "There are no dead letters: nothing was refused.");
    return 0;
  }

  @Command(
      name = "show",
      description = "Show the dead letters of a topic with their reasons.",
      mixinStandardHelpOptions = true)
  int show(
      @Mixin KafkaOptions kafka,
      @Mixin Answer answer,
      @Parameters(paramLabel = "TOPIC", description = "With or without dlq. before it.")
          String topic)
      throws BadInput {
    String name = topic.startsWith("dlq.") ? topic : "dlq." + topic;
    if (Topics.named(name).isEmpty()) {
      throw new BadInput(
          "topic_unknown",
          "'"
              + topic
              + "' has no dead letters; those that have are "
              + String.join(", ", inputs())
              + ".");
    }
    List<Letter> letters = new ArrayList<>();
    read(kafka, name, record -> letters.add(letter(record)));
    answer.rows(letters, "There are no dead letters of " + name.substring("dlq.".length()) + ".");
    return 0;
  }

  private static List<String> inputs() {
    return Topics.all().stream()
        .map(Topic::name)
        .filter(name -> name.startsWith("dlq."))
        .map(name -> name.substring("dlq.".length()))
        .toList();
  }

  /** A topic that is not there holds no dead letters. */
  private static void read(
      KafkaOptions kafka, String topic, Consumer<ConsumerRecord<byte[], byte[]>> taker) {
    try (TopicReader reader = new TopicReader(kafka.impatient(), topic, true)) {
      reader.forEachToEnd(taker);
    } catch (UnknownTopicOrPartitionException e) {
      return;
    }
  }

  private static Letter letter(ConsumerRecord<byte[], byte[]> record) {
    return new Letter(
        record.key() == null ? "" : new String(record.key(), UTF_8),
        record.value() == null ? 0 : record.value().length,
        header(record, DeadLetters.STAGE),
        header(record, DeadLetters.TOPIC),
        header(record, DeadLetters.PARTITION),
        header(record, DeadLetters.OFFSET),
        header(record, DeadLetters.COUNTER),
        header(record, DeadLetters.REASON));
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null || header.value() == null ? "" : new String(header.value(), UTF_8);
  }
}
