package riada.cli;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine.Option;
import riada.proto.Action;
import riada.proto.BadInput;
import riada.proto.Observation;
import riada.proto.Tiles;
import riada.proto.Topics;
import riada.stream.Actions;

/** Who acts and why, for the verbs that send actions. What they lead to is shown by the figures. */
final class Operator {
  /** An action that was sent. */
  record Sent(String action, String target, String who, String at, String until) {}

  @Option(
      names = "--who",
      paramLabel = "NAME",
      defaultValue = "${sys:user.name}",
      description = "Who does it (default ${DEFAULT-VALUE}).")
  String who = "";

  @Option(
      names = "--why",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "A sentence for those who read it later.")
  String why = "";

  /**
   * An action of now, its kind yet to be set.
   *
   * @throws BadInput when nobody is named: it would only become a dead letter
   */
  Action.Builder action(String target, Clock clock) throws BadInput {
    if (who.isBlank() || who.length() > Tiles.MAX_NAME) {
      throw new BadInput(
          "operator_unnamed",
          "--who must say who acts, in at most " + Tiles.MAX_NAME + " characters.");
    }
    return Action.newBuilder()
        .setTarget(target)
        .setWho(who)
        .setWhy(why)
        .setAt(Observation.timestamp(clock.instant().truncatedTo(ChronoUnit.MILLIS)));
  }

  /**
   * The same on an incident.
   *
   * @throws BadInput when it is no incident's id, too
   */
  Action.Builder onIncident(String incident, Clock clock) throws BadInput {
    Actions.region(incident);
    return action(incident, clock);
  }

  /** Sends one action and waits until the broker has it. */
  static Sent send(KafkaOptions kafka, Action action)
      throws InterruptedException, ExecutionException {
    Publisher.send(
        kafka,
        List.of(
            new ProducerRecord<>(Topics.ACTIONS.name(), action.getTarget(), action.toByteArray())));
    return new Sent(
        action.getKind().name(),
        action.getTarget(),
        action.getWho(),
        Observation.instant(action.getAt()).toString(),
        action.hasUntil() ? Observation.instant(action.getUntil()).toString() : "");
  }
}
