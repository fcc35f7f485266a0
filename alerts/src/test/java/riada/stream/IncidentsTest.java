package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import riada.proto.Alert;
import riada.proto.RegionState;
import riada.proto.Severity;
import riada.proto.Visibility;

class IncidentsTest {
  private static final long T1 = 70_000_000_000L;

  @Test
  void sightThatIsToldAsLostForAnotherReasonIsToldWhenItComesBack() {
    Telling.Told again = new Telling.Told(Alert.Kind.UPDATE, Alert.Cause.UNACKNOWLEDGED, "", true);
    Figures hidden = AlertPolicyTest.figures(T1, 1, 0.1, 5);
    Figures seen = AlertPolicyTest.figures(T1 + MaterialChange.UPDATE_INTERVAL_MS, 1.1, 0, 9);

    RegionLife told = Incidents.told(AlertPolicyTest.alerting(), again, undecided(), hidden, T1);

    assertThat(told.getToldVisibility()).isEqualTo(Visibility.PARTIAL);
    assertThat(AlertPolicy.judge(told, seen, List.of()).cause())
        .isEqualTo(Alert.Cause.VISIBILITY_REGAINED);
  }

  @Test
  void anAlertRefersToTheFirstAndTheNewestBeforeIt() {
    RegionLife life = AlertPolicyTest.alerting().toBuilder().setSequence(1000).build();

    List<String> references = Incidents.newest(life).getReferencesList();

    assertThat(references)
        .hasSize(Incidents.MAX_REFERENCES)
        .startsWith("r-1-1", "r-1-951")
        .endsWith("r-1-999")
        .doesNotHaveDuplicates();
  }

  @Test
  void anAlertRefersToAllBeforeItWhileTheyAreFew() {
    RegionLife life = AlertPolicyTest.alerting().toBuilder().setSequence(4).build();

    assertThat(Incidents.newest(life).getReferencesList())
        .containsExactly("r-1-1", "r-1-2", "r-1-3");
  }

  @Test
  void aRegionWithoutANameIsDeletedUnderItsId() {
    RegionLife.Builder life = AlertPolicyTest.alerting().toBuilder();
    life.getDefinitionBuilder().getRegionBuilder().clearName();

    assertThat(Incidents.withdrawn(life.build(), T1).getTold().getReason())
        .startsWith("Region r was deleted");
  }

  private static AlertPolicy.Decision undecided() {
    return new AlertPolicy.Decision(
        RegionState.ALERTING,
        List.of(),
        null,
        Severity.MODERATE,
        Alert.Cause.CAUSE_UNSPECIFIED,
        "");
  }
}
