package riada.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static riada.stream.FloodDriver.NOW;
import static riada.stream.FloodDriver.TILE;
import static riada.stream.FloodDriver.empty;
import static riada.stream.FloodDriver.full;
import static riada.stream.FloodDriver.mask;
import static riada.stream.FloodDriver.rows;
import static riada.stream.FloodTopologyTest.WHOLE;
import static riada.stream.FloodTopologyTest.area;
import static riada.stream.FloodTopologyTest.hours;
import static riada.stream.FloodTopologyTest.reference;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.Action;
import riada.proto.Alert;
import riada.proto.MaskRuns;
import riada.proto.Observation;
import riada.proto.RegionState;
import riada.proto.RegionStats;
import riada.proto.Topics;

/** What operators do to an open incident, and what of it is told. */
class OperatorsTest {
  private static final String INCIDENT = "whole-20260301T110000Z";

  @TempDir Path dir;
  private FloodDriver flood;

  @BeforeEach
  void raise() {
    flood = new FloodDriver(dir);
    flood.send(
        WHOLE.toBuilder()
            .setEscalateAfter(com.google.protobuf.Duration.newBuilder().setSeconds(1800))
            .build());
    flood.send(mask(TILE, "a", hours(1), rows(0, 150), full()).build());
    assertThat(flood.alerts())
        .singleElement()
        .returns(INCIDENT, Alert::getIncidentId)
        .returns(Alert.Kind.ALERT, Alert::getKind);
  }

  @AfterEach
  void close() {
    flood.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void ofTwoWhoAcknowledgeTheFirstCountsAndOfTwoSilencesTheLast(boolean reversed) {
    List<Action> actions =
        new ArrayList<>(
            List.of(
                action(Action.Kind.ACKNOWLEDGE, "bo", 10).build(),
                action(Action.Kind.ACKNOWLEDGE, "ann", 10).build(),
                action(Action.Kind.ACKNOWLEDGE, "cy", 20).build(),
                silence("ann", 30, Duration.ofHours(1)),
                silence("bo", 40, Duration.ofHours(3)),
                silence("cy", 35, Duration.ofHours(2))));
    if (reversed) {
      Collections.reverse(actions);
    }

    actions.forEach(flood::send);

    RegionStats stats = flood.lastStats();
    assertThat(stats.getAcknowledgedBy()).isEqualTo("ann");
    assertThat(stats.getSilencedBy()).isEqualTo("bo");
    assertThat(stats.getSilencedUntil())
        .isEqualTo(Observation.timestamp(at(40).plus(Duration.ofHours(3))));
    assertThat(flood.alerts()).as("an action is no material change").isEmpty();
    assertThat(flood.dead(Topics.ACTIONS)).isEmpty();
  }

  @Test
  void whatASilenceHeldBackIsToldWhenItEnds() {
    flood.send(silence("ann", 0, Duration.ofHours(1)));
    flood.send(mask(TILE, "b", Duration.ofMinutes(20), rows(0, 512), full()).build());
    assertThat(flood.alerts()).isEmpty();

    flood.silence(Duration.ofMinutes(61));

    assertThat(flood.alerts())
        .singleElement()
        .returns(Alert.Kind.UPDATE, Alert::getKind)
        .returns(2, Alert::getSequence);
  }

  @Test
  void aSilenceDoesNotHoldBackTheAllClear() {
    flood.send(silence("ann", 0, Duration.ofDays(1)));

    flood.send(mask(TILE, "b", Duration.ofMinutes(20), empty(), full()).build());
    flood.send(mask(TILE, "c", Duration.ofMinutes(10), empty(), full()).build());

    assertThat(flood.alerts())
        .singleElement()
        .returns(Alert.Kind.CANCEL, Alert::getKind)
        .returns(List.of(INCIDENT + "-1"), Alert::getReferencesList);
    assertThat(flood.lastStats().getSilencedBy()).isEmpty();
  }

  @Test
  void anAlertThatNobodyAcknowledgedIsToldAgainOnce() {
    flood.silence(Duration.ofMinutes(31));
    List<Alert> first = flood.alerts();
    flood.silence(Duration.ofMinutes(31));

    assertThat(first)
        .singleElement()
        .returns(true, Alert::getEscalated)
        .satisfies(alert -> assertThat(alert.getReason()).startsWith("Nobody acknowledged"));
    assertThat(flood.alerts()).isEmpty();
    assertThat(flood.lastStats().getEscalated()).isTrue();
  }

  @Test
  void anAcknowledgedAlertIsNotEscalated() {
    flood.send(action(Action.Kind.ACKNOWLEDGE, "ann", 0).build());

    flood.silence(Duration.ofMinutes(31));

    assertThat(flood.alerts()).isEmpty();
  }

  @Test
  void aCorrectedReferenceRestatesTheFiguresAndUpdatesTheIncident() {
    flood.silence(Duration.ofMinutes(11));
    flood.alerts();

    flood.send(
        action(Action.Kind.CORRECT_REFERENCE, "ann", 0)
            .setTarget(TILE.toString())
            .setMask(RunLength.encode(rows(0, 20)))
            .build());

    RegionStats stats = flood.lastStats();
    assertThat(stats.getFloodedCm2()).isEqualTo(area(rows(20, 150)));
    assertThat(stats.getReferenceVersion()).isEqualTo("operator-2026-03-01T12:00:00Z");
    assertThat(stats.getReferenceFraction()).isEqualTo(1);
    assertThat(flood.alerts()).as("more of the correction may follow").isEmpty();
    flood.silence(Duration.ofMinutes(2));
    assertThat(flood.alerts())
        .singleElement()
        .returns(Alert.Kind.UPDATE, Alert::getKind)
        .returns(INCIDENT, Alert::getIncidentId)
        .satisfies(alert -> assertThat(alert.getReason()).contains("was corrected"));
  }

  @Test
  void aCorrectionOfSeveralTilesIsToldOnceWithAllOfIt() {
    flood.silence(Duration.ofMinutes(11));
    flood.alerts();

    flood.send(reference(TILE.descendant(1, 0, 0), rows(0, 40), "corrected"));
    flood.send(action(Action.Kind.ACKNOWLEDGE, "ann", 0).build()); // judged again amid it
    flood.send(reference(TILE.descendant(1, 1, 0), rows(0, 40), "corrected"));
    flood.silence(Duration.ofMinutes(2));

    assertThat(flood.alerts())
        .singleElement()
        .returns(Alert.Cause.REFERENCE_CHANGED, Alert::getCause)
        .returns(area(rows(20, 150)) / Figures.CM2_PER_KM2, Alert::getFloodedKm2);
  }

  @Test
  void moreOfACorrectionThatWasToldIsToldToo() {
    flood.silence(Duration.ofMinutes(11));
    flood.send(reference(TILE.descendant(1, 0, 0), rows(0, 40), "corrected"));
    flood.silence(Duration.ofMinutes(2));
    assertThat(flood.alerts()).extracting(Alert::getCause).endsWith(Alert.Cause.REFERENCE_CHANGED);

    flood.send(reference(TILE.descendant(1, 1, 0), rows(0, 40), "corrected"));
    flood.silence(Duration.ofMinutes(11));

    assertThat(flood.alerts())
        .singleElement()
        .returns(Alert.Cause.REFERENCE_CHANGED, Alert::getCause)
        .returns(area(rows(20, 150)) / Figures.CM2_PER_KM2, Alert::getFloodedKm2);
  }

  @Test
  void aChangeOfTheRegionHoldsFromThenOnAndTheIncidentGoesOn() {
    String before = flood.lastStats().getRegionVersion();

    flood.send(WHOLE.toBuilder().setRaiseKm2(0.05).setClearKm2(0.01).build());

    assertThat(flood.alerts())
        .singleElement()
        .returns(Alert.Kind.UPDATE, Alert::getKind)
        .returns(INCIDENT, Alert::getIncidentId)
        .satisfies(
            alert ->
                assertThat(alert.getRegionVersion())
                    .isEqualTo(flood.lastStats().getRegionVersion())
                    .isNotEqualTo(before));
  }

  @Test
  void aReplayedCorrectionIsNotWrittenBehindANewerReference() {
    Action old = correction(rows(0, 20));
    flood.raw(
        Topics.REFERENCE,
        TILE.toString(),
        reference(TILE, rows(0, 50), "imported").toByteArray(),
        NOW.minus(Duration.ofMinutes(30)));

    flood.raw(Topics.ACTIONS, TILE.toString(), old.toByteArray(), NOW.minus(Duration.ofHours(1)));

    assertThat(flood.references()).isEmpty();
    assertThat(flood.lastStats())
        .returns("imported", RegionStats::getReferenceVersion)
        .returns(area(rows(50, 150)), RegionStats::getFloodedCm2);
    assertThat(reasons()).singleElement().asString().contains("imported", "correct again");
  }

  @Test
  void aCorrectionThatIsReadAgainIsWrittenOnce() {
    Action correction = correction(rows(0, 20));
    flood.send(correction);

    flood.send(correction);

    assertThat(flood.references()).hasSize(1);
    assertThat(reasons()).isEmpty();
  }

  @Test
  void aCorrectionAfterAnImportIsWritten() {
    flood.raw(
        Topics.REFERENCE,
        TILE.toString(),
        reference(TILE, rows(0, 50), "imported").toByteArray(),
        NOW.minus(Duration.ofMinutes(30)));

    flood.send(correction(rows(0, 20)));

    assertThat(flood.references()).hasSize(1);
    assertThat(flood.lastStats().getFloodedCm2()).isEqualTo(area(rows(20, 150)));
  }

  private static Action correction(Mask wet) {
    return action(Action.Kind.CORRECT_REFERENCE, "ann", 0)
        .setTarget(TILE.toString())
        .setMask(RunLength.encode(wet))
        .build();
  }

  @Test
  void aClosedIncidentTakesNoAction() {
    flood.send(mask(TILE, "b", Duration.ofMinutes(20), empty(), full()).build());
    flood.send(mask(TILE, "c", Duration.ofMinutes(10), empty(), full()).build());
    assertThat(flood.lastStats().getState()).isEqualTo(RegionState.NORMAL);

    flood.send(action(Action.Kind.ACKNOWLEDGE, "ann", 0).build());

    assertThat(reasons()).singleElement().asString().contains("is closed");
  }

  @ParameterizedTest
  @ValueSource(longs = {-2, 7 * 24 + 1})
  void aSilenceEndsWithinAWeekAfterItBegan(long hours) {
    flood.send(silence("ann", 0, Duration.ofHours(hours)));

    assertThat(reasons()).singleElement().asString().contains("not before at and at most 7 days");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "whole-20250101T000000Z | ACKNOWLEDGE | ann | is not the open incident",
        "nowhere-20260301T110000Z | ACKNOWLEDGE | ann | is not the open incident",
        "whole | SILENCE | ann | is no incident's id",
        "whole-20260301T110000Z | ACKNOWLEDGE | '' | must say who acts",
        "14/1/1 | CORRECT_MASK | ann | cannot be done here",
        "14/1/1 | CORRECT_REFERENCE | ann | it must have the tile's 512 x 512 cells",
        "3/1/1 | CORRECT_REFERENCE | ann | takes zooms"
      })
  void anActionThatCannotBeDoneIsPutAsideWithASentence(
      String target, Action.Kind kind, String who, String reason) {
    Action action = action(kind, who, 0).setTarget(target).setUntil(timestamp(1)).build();

    flood.send(action);

    assertThat(flood.dead(Topics.ACTIONS))
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.key()).isEqualTo(target.getBytes(UTF_8));
              assertThat(letter.value()).isEqualTo(action.toByteArray());
              assertThat(reason(letter.headers())).contains(reason).endsWith(".");
            });
  }

  @Test
  void actionsOfAnImpossibleTimeArePutAside() {
    flood.send(action(Action.Kind.SILENCE, "ann", 0).build());
    flood.send(action(Action.Kind.ACKNOWLEDGE, "ann", 0).clearAt().build());
    flood.send(silence("ann", 0, Duration.ofDays(400)));
    flood.send(action(Action.Kind.ACKNOWLEDGE, "ann", 100_000).build());
    flood.raw(Topics.ACTIONS, INCIDENT, ByteString.copyFromUtf8("garbage").toByteArray());

    assertThat(reasons()).hasSize(5);
    assertThat(flood.alerts()).isEmpty();
  }

  @Test
  void anActionThatIsTooLargeToTravelOnIsPutAside() {
    MaskRuns large =
        MaskRuns.newBuilder().setRuns(ByteString.copyFrom(new byte[800 << 10])).build();

    flood.send(action(Action.Kind.ACKNOWLEDGE, "ann", 0).setMask(large).build());

    assertThat(reasons()).singleElement().asString().contains("more than 786432 bytes");
  }

  /** Four times over it would not fit a message, and end each thread that tries. */
  @Test
  void anIncidentOfAnEndlessNameIsPutAside() {
    String endless = "r".repeat(700 << 10) + "-20260301T110000Z";

    flood.send(action(Action.Kind.ACKNOWLEDGE, "ann", 0).setTarget(endless).build());

    assertThat(reasons())
        .singleElement()
        .asString()
        .contains("is no incident's id")
        .hasSizeLessThan(400);
  }

  @Test
  void anIncidentOfAnyLettersIsActedOn() {
    flood.send(WHOLE.toBuilder().setId("niño/río ä").build());
    String incident = flood.lastStats().getIncidentId();

    flood.send(action(Action.Kind.ACKNOWLEDGE, "Ñandú", 0).setTarget(incident).build());

    assertThat(incident).isEqualTo("niño/río ä-20260301T110000Z");
    assertThat(flood.lastStats().getAcknowledgedBy()).isEqualTo("Ñandú");
    assertThat(reasons()).isEmpty();
  }

  private List<String> reasons() {
    return flood.dead(Topics.ACTIONS).stream().map(letter -> reason(letter.headers())).toList();
  }

  private static String reason(org.apache.kafka.common.header.Headers headers) {
    return new String(headers.lastHeader("riada.reason").value(), UTF_8);
  }

  private static Instant at(int seconds) {
    return NOW.plusSeconds(seconds);
  }

  private static com.google.protobuf.Timestamp timestamp(int seconds) {
    return Observation.timestamp(at(seconds));
  }

  private static Action.Builder action(Action.Kind kind, String who, int seconds) {
    return Action.newBuilder()
        .setKind(kind)
        .setTarget(INCIDENT)
        .setWho(who)
        .setWhy("a test")
        .setAt(timestamp(seconds));
  }

  private static Action silence(String who, int seconds, Duration lasts) {
    return action(Action.Kind.SILENCE, who, seconds)
        .setUntil(Observation.timestamp(at(seconds).plus(lasts)))
        .build();
  }
}
