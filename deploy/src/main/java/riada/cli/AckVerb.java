package riada.cli;

import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import riada.proto.Action;

/** {@code riada alert ack}. */
@Command(
    name = "ack",
    description = {
      "Acknowledge an open incident: somebody is at it.",
      "The answer says what was sent; if the incident ends before it arrives, it is a dead letter:"
          + " riada dlq show flood.actions.v1."
    },
    mixinStandardHelpOptions = true)
final class AckVerb implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init") // picocli sets it
  KafkaOptions kafka;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  Answer answer;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  Operator operator;

  @Parameters(paramLabel = "INCIDENT", description = "As alert list names it.")
  String incident = "";

  @Override
  public Integer call() throws Exception {
    Action action =
        operator.onIncident(incident, Clock.systemUTC()).setKind(Action.Kind.ACKNOWLEDGE).build();
    KeptAlerts.requireOpen(kafka, incident);
    answer.row(Operator.send(kafka, action));
    return 0;
  }
}
