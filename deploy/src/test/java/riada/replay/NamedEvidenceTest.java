package riada.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import riada.proto.Alert;
import riada.proto.Evidence;
import riada.stream.Rederivation;

class NamedEvidenceTest {
  private static final int PIECES = 3; // of each alert

  private final TreeMap<Integer, Alert> alerts = new TreeMap<>();
  private final List<Evidence> topic = new ArrayList<>();

  @Test
  void ofAnIncidentOfManyAlertsFewNamesAreHeldAtATime() {
    for (int sequence = 1; sequence <= 50; sequence++) {
      alert(sequence, Alert.Kind.UPDATE, sequence, true);
    }
    NamedEvidence named = new NamedEvidence(alerts, 2 * PIECES);

    List<Integer> found = new ArrayList<>();
    for (List<Alert> batch : named.batches(alerts.values())) {
      named.begin(batch);
      topic.forEach(named::take);
      assertThat(named.size()).isLessThanOrEqualTo(2 * PIECES);
      for (Alert alert : batch) {
        assertThat(named.of(alert)).containsExactlyElementsOf(pieces(alert.getSequence(), alert));
        found.add(alert.getSequence());
      }
    }

    assertThat(found).containsExactlyElementsOf(alerts.keySet());
  }

  @Test
  void aCancelThatNamesNothingRestsOnWhatTheAlertBeforeItNamed() {
    alert(1, Alert.Kind.ALERT, 1, true);
    alert(2, Alert.Kind.UPDATE, 2, true);
    alert(3, Alert.Kind.CANCEL, 2, false);
    NamedEvidence named = new NamedEvidence(alerts, 1);
    named.begin(List.of(alerts.get(3)));

    topic.forEach(named::take);

    assertThat(named.size()).isEqualTo(PIECES);
    assertThat(named.of(alerts.get(3))).isEqualTo(pieces(2, alerts.get(2)));
  }

  @Test
  void anAlertOfMoreThanABatchHoldsIsABatchByItself() {
    alert(1, Alert.Kind.ALERT, 1, true);
    alert(2, Alert.Kind.UPDATE, 2, true);

    List<List<Alert>> batches = new NamedEvidence(alerts, 1).batches(alerts.values());

    assertThat(batches).containsExactly(List.of(alerts.get(1)), List.of(alerts.get(2)));
  }

  /**
   * @param basis what it rests on, by number
   */
  private void alert(int sequence, Alert.Kind kind, int basis, boolean names) {
    Alert.Builder alert = Alert.newBuilder().setSequence(sequence).setKind(kind);
    List<Evidence> pieces = pieces(basis, alert.build());
    alerts.put(
        sequence,
        alert
            .setObservationCount(PIECES)
            .setObservationsKept(PIECES)
            .setObservationsDigest(Rederivation.observationsDigest(pieces))
            .build());
    if (names) {
      topic.addAll(pieces);
    }
  }

  private static List<Evidence> pieces(int basis, Alert alert) {
    List<Evidence> pieces = new ArrayList<>();
    for (int i = 0; i < PIECES; i++) {
      pieces.add(
          Evidence.newBuilder()
              .setSequence(alert.getSequence())
              .setObservationId("o" + basis + "/" + i)
              .build());
    }
    return pieces;
  }
}
