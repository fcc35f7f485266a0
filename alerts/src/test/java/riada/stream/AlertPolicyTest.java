package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.proto.Alert;
import riada.proto.Region;
import riada.proto.RegionState;
import riada.proto.Severity;
import riada.proto.Visibility;

class AlertPolicyTest {
  private static final long MINUTE = 60_000;
  private static final long T0 = 1_000_000 * MINUTE;
  private static final Region REGION =
      Region.newBuilder()
          .setId("r")
          .setName("R")
          .setRaiseKm2(1)
          .setClearKm2(0.5)
          .setMinObserved(0.8)
          .setPasses(2)
          .setMaxAge(com.google.protobuf.Duration.newBuilder().setSeconds(3600))
          .build();

  /** The people's table and the machine's are one. */
  @Test
  void theTableIsThatOfTheDocument() throws IOException {
    List<String> documented =
        Files.readAllLines(Path.of("STATES.md")).stream()
            .filter(line -> line.matches("\\| (NORMAL|PENDING|ALERTING|RECOVERING) \\|.*"))
            .map(line -> line.substring(2, line.lastIndexOf(" |")))
            .toList();

    assertThat(documented)
        .containsExactlyElementsOf(
            AlertPolicy.TABLE.stream()
                .map(
                    rule ->
                        String.join(
                            " | ",
                            rule.from().name(),
                            rule.finding().name(),
                            rule.to().name(),
                            rule.sends() == null ? "-" : rule.sends().name()))
                .toList());
  }

  @Test
  void everyStateHasOneRuleForEachFindingItCanMeet() {
    assertThat(AlertPolicy.TABLE)
        .extracting(rule -> rule.from() + " " + rule.finding())
        .doesNotHaveDuplicates()
        .hasSize(13);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, 0, 1.0, ALERTING", // nothing is waited for
    "2, 0, 0, 1.0, PENDING", // one pass of two
    "2, 0, 1, 1.0, ALERTING", // both saw it
    "2, 0, 1, 0.9, NORMAL", // the second found less
    "0, 30, 0, 1.0, PENDING", // not long enough
    "0, 30, 3, 1.0, ALERTING", // 30 minutes later
    "0, 30, 2, 1.0, PENDING",
    "9, 30, 3, 1.0, ALERTING" // long enough, though not as many passes
  })
  void raisingTakesAsManyPassesOrAsLongAsTheRegionAsks(
      int passes, int minutes, int later, double flooded, RegionState state) {
    RegionLife.Builder life = calm().toBuilder();
    life.getDefinitionBuilder()
        .getRegionBuilder()
        .setRaisePasses(passes)
        .setRaiseAfter(com.google.protobuf.Duration.newBuilder().setSeconds(60 * minutes));
    List<Look> looks = new ArrayList<>(List.of(look("first", T0, 10, 1)));
    if (later > 0) {
      life.setState(RegionState.PENDING).setPendingSinceMs(T0);
      looks.add(0, look("later", T0 + later * 10 * MINUTE, 10, flooded));
    }

    var decision =
        AlertPolicy.judge(life.build(), figures(T0 + later * 10 * MINUTE, flooded, 0, 10), looks);

    assertThat(decision.state()).isEqualTo(state);
  }

  @ParameterizedTest
  @CsvSource({
    "2, 0, 0, PENDING", // a cloud
    "2, 0, 0.001, PENDING", // a wet cell in a gap of the cloud
    "2, 0, 0.49, PENDING",
    "2, 0, 0.5, ALERTING", // half the limit, as of two swaths
    "0, 30, 0, PENDING",
    "0, 30, 0.49, PENDING",
    "0, 30, 0.5, ALERTING"
  })
  void onlyAPassThatItselfSawTheFloodConfirmsIt(
      int passes, int minutes, double wet, RegionState state) {
    RegionLife.Builder life =
        calm().toBuilder().setState(RegionState.PENDING).setPendingSinceMs(T0);
    life.getDefinitionBuilder()
        .getRegionBuilder()
        .setRaisePasses(passes)
        .setRaiseAfter(com.google.protobuf.Duration.newBuilder().setSeconds(60 * minutes));
    long at = T0 + 40 * MINUTE;
    List<Look> looks =
        List.of(
            new Look("p", "later", at, at, (long) 1e10, Math.round(wet * 1e10), (long) 2e10),
            look("first", T0, 10, 2));

    var decision = AlertPolicy.judge(life.build(), figures(at, 2, 0, 10), looks);

    assertThat(decision.state()).isEqualTo(state);
  }

  @Test
  void whatIsPendingStaysSoWhileACloudHidesIt() {
    RegionLife pending = calm().toBuilder().setState(RegionState.PENDING).build();

    var decision = AlertPolicy.judge(pending, figures(T0, 0, 2, 0), List.of());

    assertThat(decision.state()).isEqualTo(RegionState.PENDING);
  }

  @Test
  void speckleDoesNotRaise() {
    Figures speckled = figures(T0, 5, 0, 10).mapped(0);

    var decision = AlertPolicy.judge(calm(), speckled, List.of());

    assertThat(decision.state()).isEqualTo(RegionState.NORMAL);
  }

  @Test
  void limitsAsSharesAreThoseOfTheRegionsArea() {
    RegionLife.Builder life = calm().toBuilder();
    life.getDefinitionBuilder()
        .setAreaCm2((long) 1e11)
        .getRegionBuilder()
        .clearRaiseKm2()
        .clearClearKm2()
        .setRaiseShare(0.3)
        .setClearShare(0.1);

    assertThat(Limits.of(life.getDefinition())).isEqualTo(new Limits((long) 3e10, (long) 1e10));
  }

  @ParameterizedTest
  @CsvSource({
    "0.99, 0, NORMAL, ", // below the limit
    "1.0, 0, ALERTING, ALERT", // at the limit
    "0.5, 5, NORMAL, ", // stale flood does not raise
    "7, 0, ALERTING, ALERT"
  })
  void raisingLooksAtFloodAlone(
      double flooded, double stale, RegionState state, Alert.@Nullable Kind kind) {
    var decision = AlertPolicy.judge(calm(), figures(T0, flooded, stale, 10), List.of());

    assertThat(decision.state()).isEqualTo(state);
    assertThat(decision.sends()).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({
    "8, 0.4, 8, 0.4, NORMAL, 0", // two dry looks
    "8, 0.4, 7, 0.4, RECOVERING, 1", // the second saw too little
    "7, 0.4, 7, 0.4, ALERTING, 0", // both saw too little
    "8, 0.6, 8, 0.4, RECOVERING, 1", // the first found it flooded
    "8, 0.4, 8, 0.5, ALERTING, 0", // flooded again: counts from nought
    "8, 0.4, 1, 0.9, ALERTING, 0" // even if that look saw little
  })
  void clearingTakesQualifyingDryPassesInSuccession(
      double seen1, double flood1, double seen2, double flood2, RegionState state, int dry) {
    List<Look> looks =
        List.of(
            look("b", T0 + 20 * MINUTE, seen2, flood2), look("a", T0 + 10 * MINUTE, seen1, flood1));

    var decision = AlertPolicy.judge(alerting(), figures(T0 + 20 * MINUTE, flood2, 0, 8), looks);

    assertThat(decision.state()).isEqualTo(state);
    assertThat(decision.dry()).hasSize(dry);
    assertThat(decision.sends() == Alert.Kind.CANCEL).isEqualTo(state == RegionState.NORMAL);
  }

  @Test
  void passesUpToTheRaisingOneDoNotClear() {
    List<Look> looks = List.of(look("b", T0, 10, 0), look("a", T0 - MINUTE, 10, 0));

    var decision = AlertPolicy.judge(alerting(), figures(T0, 0, 0, 10), looks);

    assertThat(decision.state()).isEqualTo(RegionState.ALERTING);
  }

  @Test
  void aDryPassBeyondMaxAgeStandsAsItWasJudged() {
    RegionLife life =
        alerting().toBuilder()
            .setState(RegionState.RECOVERING)
            .addDry(DryPass.newBuilder().setPublisher("p").setScene("a").setAcquiredAtMs(T0 + 1))
            .build();
    long later = T0 + 120 * MINUTE;

    var decision =
        AlertPolicy.judge(life, figures(later, 0, 0, 10), List.of(look("b", later, 10, 0)));

    assertThat(decision.sends()).isEqualTo(Alert.Kind.CANCEL);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1.9, 9, ", // nothing material
    "11, 1.4, 9, UPDATE", // a fifth more
    "9, 1.4, 9, ", // too soon
    "1, 2.0, 9, UPDATE", // severity rises: at once
    "11, 0.9, 9, UPDATE", // severity falls
    "9, 0.9, 9, ", // too soon
    "11, 1.0, 5, UPDATE", // visibility lost
    "11, 1.1, 9, "
  })
  void updatesAreMaterialAndRare(
      int minutes, double flooded, double seen, Alert.@Nullable Kind kind) {
    long at = T0 + minutes * MINUTE;

    var decision =
        AlertPolicy.judge(
            alerting(), figures(at, flooded, 0, seen), List.of(look("b", at, seen, flooded)));

    assertThat(decision.sends()).isEqualTo(kind);
  }

  @Test
  void sightThatIsLostAltogetherIsToldAfterSightThatWasLostInPart() {
    RegionLife partial =
        alerting().toBuilder().setToldVisibility(Visibility.PARTIAL).setToldLost(true).build();
    long at = T0 + 11 * MINUTE;

    var decision =
        AlertPolicy.judge(partial, figures(at, 0, 1.1, 0), List.of(look("b", at, 0, 1.1)));

    assertThat(decision.sends()).isEqualTo(Alert.Kind.UPDATE);
    assertThat(decision.reason()).contains("less of it can be seen");
    assertThat(MaterialChange.toldLost(partial, figures(at, 0, 1.1, 0))).isTrue();
  }

  @Test
  void floodThatACloudHidIsNotMilder() {
    assertThat(AlertPolicy.severity(calm().getDefinition(), figures(T0, 0, 6, 2)))
        .isEqualTo(Severity.EXTREME);
  }

  private static RegionLife calm() {
    return RegionLife.newBuilder()
        .setDefinition(RegionDefinition.newBuilder().setRegion(REGION))
        .build();
  }

  static RegionLife alerting() {
    return calm().toBuilder()
        .setState(RegionState.ALERTING)
        .setIncidentId("r-1")
        .setSequence(1)
        .setClearsAfterMs(T0)
        .setToldAsOfMs(T0)
        .setToldCm2((long) 1.1e10)
        .setToldSeverity(Severity.MODERATE)
        .setToldVisibility(Visibility.SEEN)
        .build();
  }

  /** Of a region of 10 km2. */
  static Figures figures(long asOf, double flooded, double stale, double observed) {
    return new Figures(
        asOf,
        Math.round(flooded * 1e10),
        Math.round(stale * 1e10),
        Math.round((flooded + stale) * 1e10),
        Math.round(observed * 1e10),
        0,
        0,
        (long) 1e11,
        0.8,
        asOf,
        asOf,
        asOf,
        "",
        1,
        "");
  }

  private static Look look(String scene, long at, double seen, double flood) {
    long floodCm2 = Math.round(flood * 1e10);
    return new Look("p", scene, at, at, Math.round(seen * 1e10), floodCm2, floodCm2);
  }
}
