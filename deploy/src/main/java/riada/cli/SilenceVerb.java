package riada.cli;

import java.time.Clock;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import riada.proto.Action;
import riada.proto.BadInput;
import riada.proto.Observation;
import riada.stream.TopologyConfig;

/** {@code riada alert silence}. */
@Command(
    name = "silence",
    description = {
      "Hold back the news of an open incident for a time. Its all-clear is never held.",
      "The answer says what was sent; if the incident ends before it arrives, it is a dead letter:"
          + " riada dlq show flood.actions.v1."
    },
    mixinStandardHelpOptions = true)
final class SilenceVerb implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init") // picocli sets it
  KafkaOptions kafka;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  Answer answer;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  Operator operator;

  @Option(
      names = "--for",
      paramLabel = "DURATION",
      defaultValue = "1h",
      description = "How long, at most 7d; 0h ends a silence (default ${DEFAULT-VALUE}).")
  String lasts = "";

  @Parameters(paramLabel = "INCIDENT", description = "As alert list names it.")
  String incident = "";

  @Override
  public Integer call() throws Exception {
    Clock clock = Clock.systemUTC();
    Action.Builder action = operator.onIncident(incident, clock).setKind(Action.Kind.SILENCE);
    action.setUntil(Observation.timestamp(Observation.instant(action.getAt()).plus(duration())));
    KeptAlerts.requireOpen(kafka, incident);
    answer.row(Operator.send(kafka, action.build()));
    return 0;
  }

  private Duration duration() throws BadInput {
    try {
      Duration duration = DurationText.parse(lasts);
      if (duration.isNegative() || duration.compareTo(TopologyConfig.MAX_INCIDENT_SILENCE) > 0) {
        throw new BadInput(
            "duration_out_of_range",
            "--for \""
                + lasts
                + "\" is not from 0h to 7d; give one in between, 0h ends a silence.");
      }
      return duration;
    } catch (DateTimeParseException e) {
      throw new BadInput(
          "duration_unreadable", "--for \"" + lasts + "\" is no duration; write PT1H or 1h.");
    }
  }
}
