package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.proto.Alert;
import riada.proto.Severity;

class MaterialChangeTest {
  private static final long NOW = 70_000_000_000L;
  private static final long MINUTE = 60_000;

  @ParameterizedTest
  @CsvSource({
    "2.0, 9, SEVERE, SEVERITY_CHANGED", // rises: nobody waits for that
    "0.9, 9, MINOR, CAUSE_UNSPECIFIED",
    "1.4, 9, MODERATE, CAUSE_UNSPECIFIED", // grew by a fifth
    "1.1, 5, MODERATE, CAUSE_UNSPECIFIED" // less is seen
  })
  void whileACorrectionMayGoOnOnlyRisingSeverityIsTold(
      double flooded, double seen, Severity severity, Alert.Cause cause) {
    RegionLife life = alerting("v1/a").setBasis("v1/b").setBasisMoves(true).build();

    assertThat(MaterialChange.due(life, AlertPolicyTest.figures(NOW, flooded, 0, seen), severity))
        .isEqualTo(cause);
  }

  @ParameterizedTest
  @CsvSource({
    "v1/a, CAUSE_UNSPECIFIED",
    "v1/b, REFERENCE_CHANGED",
    "'', CAUSE_UNSPECIFIED" // kept by a release that did not look
  })
  void aReferenceOfOtherTilesThanWasToldIsACorrection(String told, Alert.Cause cause) {
    RegionLife life = alerting(told).setBasis("v1/a").build();

    assertThat(MaterialChange.due(life, same(), Severity.MODERATE)).isEqualTo(cause);
  }

  @Test
  void aRegionThatIsSetAnewIsNoCorrection() {
    RegionLife life = redefined(alerting("v1/a").setBasis("v1/a"));

    RegionLife after = Incidents.rebased(life, "v2/a", same(), NOW, MINUTE);

    assertThat(after.getBasisMoves()).isFalse();
    assertThat(MaterialChange.due(after, same(), Severity.MODERATE))
        .isEqualTo(Alert.Cause.CAUSE_UNSPECIFIED);
  }

  @Test
  void aCorrectionThatWasNotToldYetIsToldThoughTheRegionIsSetAnew() {
    RegionLife life = redefined(alerting("v1/a").setBasis("v1/b"));

    RegionLife after = Incidents.rebased(life, "v2/b", same(), NOW, MINUTE);

    assertThat(MaterialChange.due(after, same(), Severity.MODERATE))
        .isEqualTo(Alert.Cause.REFERENCE_CHANGED);
  }

  @Test
  void aCorrectionGoesOnUntilNoneCameForAWhile() {
    RegionLife life = redefined(alerting("v2/a").setBasis("v2/a"));

    RegionLife corrected = Incidents.rebased(life, "v2/b", same(), NOW, MINUTE);
    RegionLife soon = Incidents.rebased(corrected, "v2/b", same(), NOW + MINUTE - 1, MINUTE);
    RegionLife later = Incidents.rebased(soon, "v2/b", same(), NOW + MINUTE, MINUTE);

    assertThat(corrected.getBasisMoves()).isTrue();
    assertThat(soon.getBasisMoves()).isTrue();
    assertThat(later.getBasisMoves()).isFalse();
  }

  private static RegionLife.Builder alerting(String toldBasis) {
    return AlertPolicyTest.alerting().toBuilder().setToldBasis(toldBasis);
  }

  private static RegionLife redefined(RegionLife.Builder life) {
    life.getDefinitionBuilder().setVersion("v2");
    return life.build();
  }

  /** Figures as they were told, a while later. */
  private static Figures same() {
    return AlertPolicyTest.figures(NOW, 1.1, 0, 9);
  }
}
