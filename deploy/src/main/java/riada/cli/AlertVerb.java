package riada.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import riada.proto.Alert;
import riada.proto.BadInput;
import riada.proto.Observation;
import riada.proto.Topics;
import riada.replay.Replay;
import riada.segmenter.TilePipeline;

/** {@code riada alert list|show|cap|replay}. */
@Command(
    name = "alert",
    description = "List, show, export, re-derive, acknowledge and silence the alerts of incidents.",
    subcommands = {AckVerb.class, SilenceVerb.class},
    mixinStandardHelpOptions = true)
final class AlertVerb {
  private static final Comparator<Alert> IN_ORDER =
      Comparator.comparing((Alert alert) -> Observation.instant(alert.getAlertedAt()))
          .thenComparing(Alert::getIncidentId)
          .thenComparingInt(Alert::getSequence);

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
          alert.getReason());
    }
  }

  @Command(
      name = "list",
      description = "List the incidents by their newest alert, the newest last.",
      mixinStandardHelpOptions = true)
  int list(@Mixin KafkaOptions kafka, @Mixin Answer answer) {
    Map<String, Alert> newest = new LinkedHashMap<>();
    for (Alert alert : read(kafka)) {
      newest.remove(alert.getIncidentId());
      newest.put(alert.getIncidentId(), alert);
    }
    answer.rows(
        newest.values().stream().map(Row::of).toList(),
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
    answer.rows(incident(kafka, incident).stream().map(Row::of).toList());
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
    List<Alert> alerts = incident(kafka, incident);
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
    try (TilePipeline pipeline = new TilePipeline(model.inference().open(), Clock.systemUTC())) {
      answer.rows(new Replay(kafka.impatient(), pipeline, incident).run(sequence));
    }
    return 0;
  }

  /**
   * The alerts of one incident, the newest last.
   *
   * @throws BadInput when there is none
   */
  static List<Alert> incident(KafkaOptions kafka, String incident) throws BadInput {
    List<Alert> alerts =
        read(kafka).stream().filter(alert -> alert.getIncidentId().equals(incident)).toList();
    if (alerts.isEmpty()) {
      throw new BadInput(
          "incident_unknown",
          "There is no alert of incident \""
              + incident
              + "\"; `riada alert list` names those there are.");
    }
    return alerts;
  }

  /** Every alert that is kept, each once, the newest last. */
  static List<Alert> read(KafkaOptions kafka) {
    Map<String, Alert> alerts = new LinkedHashMap<>(); // by alert id: delivery is at least once
    try (TopicReader reader = new TopicReader(kafka.impatient(), Topics.ALERTS.name(), true)) {
      reader.forEachToEnd(record -> put(alerts, record));
    }
    List<Alert> sorted = new ArrayList<>(alerts.values());
    sorted.sort(IN_ORDER);
    return sorted;
  }

  private static void put(Map<String, Alert> alerts, ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      return; // no alert
    }
    try {
      Alert alert = Alert.parseFrom(record.value());
      alerts.putIfAbsent(alert.getAlertId(), alert);
    } catch (InvalidProtocolBufferException e) {
      return; // none of Riada's: only its own stage writes there
    }
  }
}
