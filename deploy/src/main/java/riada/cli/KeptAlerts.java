package riada.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import riada.proto.Alert;
import riada.proto.BadInput;
import riada.proto.Observation;
import riada.proto.RegionState;
import riada.proto.RegionStats;
import riada.proto.Topic;
import riada.proto.Topics;
import riada.stream.Actions;
import riada.stream.Rederivation;

/** The alerts that their topic keeps: only what a verb asks for stays in memory. */
final class KeptAlerts {
  private static final BinaryOperator<Alert> NEWER =
      BinaryOperator.maxBy(Comparator.comparingInt(Alert::getSequence));

  private static final Comparator<Alert> IN_ORDER =
      Comparator.comparing((Alert alert) -> Observation.instant(alert.getAlertedAt()))
          .thenComparing(Alert::getIncidentId);

  private KeptAlerts() {}

  /** The newest alert of every incident, without its CAP, the newest last. */
  static List<Alert> newest(KafkaOptions kafka) {
    Map<String, Alert> newest = new HashMap<>();
    read(
        kafka,
        Instant.EPOCH,
        key -> true,
        alert ->
            newest.merge(alert.getIncidentId(), alert.toBuilder().clearCapXml().build(), NEWER));
    return newest.values().stream().sorted(IN_ORDER).toList();
  }

  /**
   * The alerts of one incident, each once, the newest last.
   *
   * @throws BadInput when there is none
   */
  static List<Alert> of(KafkaOptions kafka, String incident) throws BadInput {
    Map<Integer, Alert> alerts = new TreeMap<>(); // by sequence: delivery is at least once
    readOf(kafka, incident, alert -> alerts.putIfAbsent(alert.getSequence(), alert));
    if (alerts.isEmpty()) {
      throw new BadInput(
          "incident_unknown",
          "There is no alert of incident \""
              + incident
              + "\"; `riada alert list` names those there are.");
    }
    return List.copyOf(alerts.values());
  }

  /**
   * Lets pass what can be acted on now: an open incident.
   *
   * @throws BadInput when there is no such incident, or it is closed
   */
  static void requireOpen(KafkaOptions kafka, String incident) throws BadInput {
    AtomicReference<@Nullable Alert> newest = new AtomicReference<>();
    readOf(
        kafka,
        incident,
        alert -> newest.accumulateAndGet(alert, (a, b) -> a == null ? b : NEWER.apply(a, b)));
    Alert last = newest.get();
    if (last == null && !isUntold(kafka, incident)) {
      throw new BadInput(
          "incident_unknown",
          "There is no incident \"" + incident + "\"; `riada alert list` names those there are.");
    }
    if (last != null && last.getKind() == Alert.Kind.CANCEL) {
      throw new BadInput(
          "incident_closed",
          "Incident \""
              + incident
              + "\" was closed at "
              + Observation.instant(last.getAlertedAt()).truncatedTo(ChronoUnit.SECONDS)
              + ": "
              + last.getReason()
              + " Only an open one can be acknowledged or silenced; `riada alert list` shows it as"
              + " ALERT or UPDATE.");
    }
  }

  /** Whether it is open without an alert: its news are held back, or older than the topic keeps. */
  private static boolean isUntold(KafkaOptions kafka, String incident) throws BadInput {
    AtomicReference<@Nullable RegionStats> newest = new AtomicReference<>();
    read(
        kafka,
        Topics.STATS,
        Instant.EPOCH, // a record of it bears the time of its mask
        Actions.region(incident)::equals,
        RegionStats.parser(),
        newest::set); // null once the region is deleted
    RegionStats stats = newest.get();
    return stats != null
        && stats.getIncidentId().equals(incident)
        && stats.getState() != RegionState.NORMAL;
  }

  /**
   * Those of one incident: from when it began, by its id, or where none is found from the beginning
   * on, for the clock that wrote the id may have been ahead.
   */
  private static void readOf(KafkaOptions kafka, String incident, Consumer<Alert> taker) {
    AtomicBoolean found = new AtomicBoolean();
    Consumer<Alert> noted =
        alert -> {
          found.set(true);
          taker.accept(alert);
        };
    read(kafka, Rederivation.begun(incident), incident::equals, noted);
    if (!found.get()) {
      read(kafka, Instant.EPOCH, incident::equals, noted);
    }
  }

  private static void read(
      KafkaOptions kafka, Instant from, Predicate<String> incidents, Consumer<Alert> taker) {
    read(
        kafka,
        Topics.ALERTS,
        from,
        incidents,
        Alert.parser(),
        alert -> {
          if (alert != null && !alert.getIncidentId().isEmpty()) { // an empty value parses as one
            taker.accept(alert);
          }
        });
  }

  /**
   * @param from what is older is passed over
   * @param taker is given null for a tombstone
   */
  private static <M> void read(
      KafkaOptions kafka,
      Topic topic,
      Instant from,
      Predicate<String> keys,
      Parser<M> parser,
      Consumer<@Nullable M> taker) {
    try (TopicReader reader = new TopicReader(kafka.impatient(), topic.name(), true)) {
      reader.skipTo(from);
      reader.forEachToEnd(
          record -> {
            if (record.key() != null && keys.test(new String(record.key(), UTF_8))) {
              try {
                taker.accept(record.value() == null ? null : parser.parseFrom(record.value()));
              } catch (InvalidProtocolBufferException e) {
                return; // none of Riada's: only its own stage writes there
              }
            }
          });
    }
  }
}
