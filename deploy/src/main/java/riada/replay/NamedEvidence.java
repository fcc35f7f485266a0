package riada.replay;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.stream.Stream;
import riada.proto.Alert;
import riada.proto.Evidence;
import riada.stream.Rederivation;

/**
 * Which evidence the alerts of one incident name: of so many alerts at a time as name a bounded
 * number of pieces together, for an incident may send thousands of alerts that each name thousands.
 * Owned by one thread.
 */
final class NamedEvidence {
  /** The most names of a batch, but for an alert that has more by itself. */
  static final int MOST = 10_000;

  private final NavigableMap<Integer, Alert> alerts; // all of the incident, by sequence
  private final int most;
  private final Map<Integer, Map<String, Evidence>> named = new HashMap<>(); // by observation

  NamedEvidence(NavigableMap<Integer, Alert> alerts, int most) {
    this.alerts = alerts;
    this.most = most;
  }

  /** The alerts in their order, in batches. */
  List<List<Alert>> batches(Iterable<Alert> wanted) {
    List<List<Alert>> batches = new ArrayList<>();
    long names = Long.MAX_VALUE;
    for (Alert alert : wanted) {
      long own = (long) alert.getObservationsKept() * sources(alert).size();
      if (names == Long.MAX_VALUE || names + own > most) {
        batches.add(new ArrayList<>());
        names = 0;
      }
      names += own;
      batches.get(batches.size() - 1).add(alert);
    }
    return batches;
  }

  /** From now on the names of these alerts are taken; those of others are forgotten. */
  void begin(List<Alert> batch) {
    named.clear();
    for (Alert alert : batch) {
      sources(alert).forEach(sequence -> named.put(sequence, new LinkedHashMap<>()));
    }
  }

  /** Takes a name if it is one of the batch; more than its alert has are none of its own. */
  void take(Evidence name) {
    Map<String, Evidence> names = named.get(name.getSequence());
    Alert alert = alerts.get(name.getSequence());
    if (names != null && alert != null && names.size() <= alert.getObservationsKept()) {
      names.put(name.getObservationId(), name);
    }
  }

  /** How many names it holds. */
  int size() {
    return named.values().stream().mapToInt(Map::size).sum();
  }

  /** What an alert of the batch rests on, as far as it is still named. */
  List<Evidence> of(Alert alert) {
    for (int sequence : sources(alert)) {
      List<Evidence> evidence = names(sequence);
      if (isOf(alert, evidence)) {
        return evidence;
      }
    }
    return names(alert.getSequence());
  }

  private List<Evidence> names(int sequence) {
    return List.copyOf(named.getOrDefault(sequence, Map.of()).values());
  }

  static boolean isOf(Alert alert, List<Evidence> evidence) {
    return evidence.size() == alert.getObservationCount()
        && Rederivation.observationsDigest(evidence).equals(alert.getObservationsDigest());
  }

  /**
   * The alerts that may name it: itself, and the one before it that rests on the very same. For the
   * CANCEL of a deleted region repeats the alert before it, and may name nothing itself.
   */
  private List<Integer> sources(Alert alert) {
    if (alert.getKind() != Alert.Kind.CANCEL) {
      return List.of(alert.getSequence());
    }
    return Stream.concat(
            Stream.of(alert.getSequence()),
            alerts.headMap(alert.getSequence(), false).descendingMap().values().stream()
                .filter(
                    other ->
                        other.getObservationCount() == alert.getObservationCount()
                            && other.getObservationsDigest().equals(alert.getObservationsDigest()))
                .map(Alert::getSequence)
                .limit(1))
        .toList();
  }
}
