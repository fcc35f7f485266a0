package riada.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import riada.proto.Alert;
import riada.proto.BadInput;
import riada.proto.Observation;
import riada.replay.Replay;
import riada.replay.Verdict;
import riada.segmenter.TilePipeline;

/** {@code riada alert list|show|cap|replay}. */
@Command(
    name = "alert",
    description = "List, show, export, re-derive, acknowledge and silence the alerts of incidents.",
    subcommands = {AckVerb.class, SilenceVerb.class},
    mixinStandardHelpOptions = true)
final class AlertVerb {
  private static final DateTimeFormatter MINUTES =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm'Z'").withZone(ZoneOffset.UTC);

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  CommandSpec verb;

  /** One alert. */
  record Row(
      String incident,
      int sequence,
      String kind,
      String status,
      String severity,
      String region,
      double floodedKm2,
      double floodedStaleKm2,
      double observedFraction,
      Instant asOf,
      Instant at,
      String cause,
      String reason) {
    static Row of(Alert alert) {
      return new Row(
          alert.getIncidentId(),
          alert.getSequence(),
          alert.getKind().name(),
          alert.getStatus().name(),
          alert.getSeverity().name(),
          alert.getRegionId(),
          alert.getFloodedKm2(),
          alert.getFloodedStaleKm2(),
          alert.getObservedFraction(),
          Observation.instant(alert.getAsOf()),
          Observation.instant(alert.getAlertedAt()),
          alert.getCause().name(),
          alert.getReason());
    }
  }

  /**
   * As wide as a terminal: the newest alert of an incident, whose id names the region, or one of an
   * incident's alerts. A column that is null in every row is not there.
   */
  record Line(
      @Nullable String incident,
      @Nullable Integer sequence,
      String status,
      String kind,
      String severity,
      double floodedKm2,
      double staleKm2,
      double observed,
      String asOf,
      @Nullable String cause) {
    static Line ofList(Row row) {
      return of(row, row.incident, null, null);
    }

    static Line ofShow(Row row) {
      return of(row, null, row.sequence, row.cause);
    }

    private static Line of(
        Row row, @Nullable String incident, @Nullable Integer sequence, @Nullable String cause) {
      return new Line(
          incident,
          sequence,
          row.status,
          row.kind,
          row.severity,
          row.floodedKm2,
          row.floodedStaleKm2,
          row.observedFraction,
          MINUTES.format(row.asOf),
          cause);
    }
  }

  /** A verdict as wide as a terminal: the incident was asked for. */
  record Derived(
      int sequence,
      String kind,
      Verdict.Answer verdict,
      String differs,
      int observations,
      double floodedKm2,
      @Nullable Double againKm2,
      String why) {
    static Derived of(Verdict verdict) {
      return new Derived(
          verdict.sequence(),
          verdict.kind(),
          verdict.verdict(),
          String.join(", ", verdict.differs()),
          verdict.observations(),
          verdict.floodedKm2(),
          verdict.againKm2(),
          verdict.why());
    }
  }

  @Command(
      name = "list",
      description = "List the incidents by their newest alert, the newest last.",
      mixinStandardHelpOptions = true)
  int list(@Mixin KafkaOptions kafka, @Mixin Answer answer) {
    answer.rows(
        answer.fitting(KeptAlerts.newest(kafka).stream().map(Row::of).toList(), Line::ofList),
        "There are no alerts: none was sent in the last 90 days.");
    return 0;
  }

  @Command(
      name = "show",
      description = "Show every alert of an incident, the newest last.",
      mixinStandardHelpOptions = true)
  int show(
      @Mixin KafkaOptions kafka,
      @Mixin Answer answer,
      @Parameters(paramLabel = "INCIDENT", description = "As alert list names it.") String incident)
      throws BadInput {
    answer.rows(
        answer.fitting(
            KeptAlerts.of(kafka, incident).stream().map(Row::of).toList(), Line::ofShow));
    return 0;
  }

  @Command(
      name = "cap",
      description = "Print an alert of an incident as CAP 1.2 XML.",
      mixinStandardHelpOptions = true)
  int cap(
      @Mixin KafkaOptions kafka,
      @Option(
              names = "--sequence",
              paramLabel = "N",
              defaultValue = "0",
              description = "Which of its alerts, 1 is the first (default: the newest).")
          int sequence,
      @Parameters(paramLabel = "INCIDENT", description = "As alert list names it.") String incident)
      throws BadInput {
    List<Alert> alerts = KeptAlerts.of(kafka, incident);
    Alert alert =
        alerts.stream()
            .filter(one -> sequence == 0 || one.getSequence() == sequence)
            .reduce((before, after) -> after)
            .orElseThrow(
                () ->
                    new BadInput(
                        "alert_unknown",
                        "Incident " + incident + " has no alert of sequence " + sequence + "."));
    if (alert.getCapXml().isEmpty()) {
      throw new BadInput("cap_missing", "Alert " + alert.getAlertId() + " was sent without CAP.");
    }
    PrintWriter out = verb.commandLine().getOut();
    out.print(alert.getCapXml());
    out.flush();
    return 0;
  }

  @Command(
      name = "replay",
      description = "Derive an incident's alerts again: SAME, DIFFERS (and what) or EXPIRED.",
      mixinStandardHelpOptions = true)
  int replay(
      @Mixin KafkaOptions kafka,
      @Mixin Answer answer,
      @Mixin ModelOptions model,
      @Option(
              names = "--sequence",
              paramLabel = "N",
              defaultValue = "0",
              description = "Which of its alerts, 1 is the first (default: all).")
          int sequence,
      @Parameters(paramLabel = "INCIDENT", description = "As alert list names it.") String incident)
      throws BadInput, IOException {
    List<Verdict> verdicts;
    try (StageProgress progress = new StageProgress()) {
      Replay replay = new Replay(kafka.impatient(), incident, progress::at);
      replay.find(sequence); // before the model is loaded, which takes seconds
      try (TilePipeline pipeline = new TilePipeline(model.inference().open(), Clock.systemUTC())) {
        verdicts = replay.run(pipeline);
      }
    }
    answer.rows(answer.fitting(verdicts, Derived::of));
    return 0;
  }
}
