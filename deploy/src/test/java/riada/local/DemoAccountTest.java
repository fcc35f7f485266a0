package riada.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import riada.geo.TileId;
import riada.proto.Alert;
import riada.proto.Ground;
import riada.proto.MaskRuns;
import riada.proto.Observation;
import riada.proto.ObservationRef;
import riada.proto.RegionStats;
import riada.proto.StageMillis;
import riada.proto.Tile;
import riada.proto.Topic;
import riada.proto.Topics;
import riada.proto.WaterMask;

class DemoAccountTest {
  private static final Instant PEAK = Instant.parse("2026-05-01T06:00:00Z");

  private final DemoAccount account = new DemoAccount(PEAK);

  @Test
  void anObservationIsWaitedForUntilTheGroundRestsOnIt() {
    account.expect("one");
    account.expect("two");

    read(Topics.GROUND, ground("14/1/1", "one", 40));

    assertThat(account.missing()).isEqualTo(1);
  }

  @Test
  void aRefusedTileIsNotMissing() {
    TileId tile = new TileId(14, 1, 1);
    account.expect(Observation.id("simulator", "pass-0", tile, PEAK));
    Tile refused =
        Tile.newBuilder()
            .setPublisher("simulator")
            .setScene("pass-0")
            .setAcquiredAt(Observation.timestamp(PEAK))
            .build();

    account.read("dlq.flood.tiles.v1", "14/1/1".getBytes(UTF_8), refused.toByteArray());

    assertThat(account.missing()).isZero();
    assertThat(account.deadLettered()).isEqualTo(1);
    assertThat(account.answered()).isEqualTo(1);
  }

  @Test
  void garbageAmongTheDeadLettersIsCountedAndAnswersNoObservation() {
    account.expect("one");

    account.read("dlq.flood.tiles.v1", null, "no tile".getBytes(UTF_8));

    assertThat(account.deadLettered()).isEqualTo(1);
    assertThat(account.missing()).isEqualTo(1);
  }

  @Test
  void aRefusedMaskIsNotMissing() {
    account.expect("one");

    read(Topics.deadLetters(Topics.MASKS), WaterMask.newBuilder().setObservationId("one").build());

    assertThat(account.missing()).isZero();
  }

  @Test
  void latencyIsThatOfGroundThatAMaskCaused() {
    read(Topics.GROUND, ground("14/1/1", "one", 40));
    read(Topics.GROUND, ground("14/1/2", "two", 240));

    read(Topics.GROUND, Ground.newBuilder().setTile("14/1/1").build()); // its region changed

    assertThat(account.latency()).isEqualTo(new DemoSummary.Latency(40, 240, 2));
  }

  @Test
  void figuresOfThePeakAreThoseToldLastOfItOrOfTheTimeBefore() {
    read(Topics.STATS, figures(PEAK.minusSeconds(600), 1));
    read(Topics.STATS, figures(PEAK, 2));
    read(Topics.STATS, figures(PEAK.plusSeconds(600), 5));
    read(Topics.STATS, figures(PEAK, 3));

    read(Topics.STATS, figures(PEAK.minusSeconds(600), 4));

    assertThat(account.atPeak("demo").orElseThrow().getFloodedKm2()).isEqualTo(3);
    assertThat(account.atEnd("demo").orElseThrow().getFloodedKm2()).isEqualTo(5);
    assertThat(account.regions()).containsExactly("demo");
  }

  @Test
  void theNewestThousandAlertsAreListedAndThoseBeforeThemCounted() {
    for (int i = 1; i <= DemoAccount.MOST_ALERTS + 7; i++) {
      read(Topics.ALERTS, alert(i));
    }

    read(Topics.ALERTS, alert(DemoAccount.MOST_ALERTS)); // a repeat

    assertThat(account.alerts()).hasSize(DemoAccount.MOST_ALERTS);
    assertThat(account.alerts().get(0).floodedKm2()).isEqualTo(8);
    assertThat(account.alertsLeftOut()).isEqualTo(7);
  }

  @Test
  void anAlertThatIsDeliveredTwiceIsLeftOutOnce() {
    for (int i = 1; i <= DemoAccount.MOST_ALERTS + 7; i++) {
      read(Topics.ALERTS, alert(i));
    }

    read(Topics.ALERTS, alert(1)); // it is not listed any more

    assertThat(account.alertsLeftOut()).isEqualTo(7);
    assertThat(account.alerts()).hasSize(DemoAccount.MOST_ALERTS);
    assertThat(account.alerts().get(0).floodedKm2()).isEqualTo(8);
    assertThat(account.alerts().get(DemoAccount.MOST_ALERTS - 1).floodedKm2()).isEqualTo(1007);
  }

  @Test
  void theDigestIsOfTheGroundsCellsAndNotOfTheirTimesOrOrder() {
    DemoAccount other = new DemoAccount(PEAK);
    read(Topics.GROUND, flooded("14/1/1", 1, 10));
    read(Topics.GROUND, flooded("14/1/2", 2, 20));

    other.read(Topics.GROUND.name(), null, flooded("14/1/2", 2, 30).toByteArray());
    other.read(Topics.GROUND.name(), null, flooded("14/1/1", 1, 40).toByteArray());

    assertThat(other.groundDigest()).isEqualTo(account.groundDigest()).hasSize(64);
    read(Topics.GROUND, flooded("14/1/2", 3, 20));
    assertThat(other.groundDigest()).isNotEqualTo(account.groundDigest());
  }

  @Test
  void whatIsNoMessageIsCountedAndTheAccountGoesOn() {
    Timestamp impossible = Timestamp.newBuilder().setSeconds(Long.MAX_VALUE).build();
    account.read(Topics.MASKS.name(), null, "no mask".getBytes(UTF_8));
    account.read(Topics.GROUND.name(), null, "no ground".getBytes(UTF_8));
    account.read(Topics.ALERTS.name(), null, "no alert".getBytes(UTF_8));
    read(Topics.STATS, RegionStats.newBuilder().setAsOf(impossible).build());

    read(Topics.STATS, figures(PEAK, 2));

    assertThat(account.unreadable()).isEqualTo(4);
    assertThat(account.records()).isEqualTo(5);
    assertThat(account.regions()).containsExactly("demo");
  }

  @Test
  void stagesAreMeansOverTheMasks() {
    read(Topics.MASKS, timed(90));
    read(Topics.MASKS, timed(110));

    assertThat(account.stages()).containsEntry("encode_and_detect", 100.0).hasSize(6);
    assertThat(account.masks()).isEqualTo(2);
  }

  private void read(Topic topic, Message message) {
    account.read(topic.name(), null, message.toByteArray());
  }

  private static Ground ground(String tile, String observation, long milliseconds) {
    return Ground.newBuilder()
        .setTile(tile)
        .addObservations(ObservationRef.newBuilder().setObservationId(observation))
        .setReceivedAt(Observation.timestamp(PEAK))
        .setMeasuredAt(Observation.timestamp(PEAK.plusMillis(milliseconds)))
        .build();
  }

  private static Ground flooded(String tile, int runs, int second) {
    return Ground.newBuilder()
        .setTile(tile)
        .setFlood(MaskRuns.newBuilder().setRuns(ByteString.copyFrom(new byte[] {(byte) runs})))
        .setAsOf(Observation.timestamp(PEAK.plusSeconds(second)))
        .build();
  }

  private static RegionStats figures(Instant asOf, double floodedKm2) {
    return RegionStats.newBuilder()
        .setRegionId("demo")
        .setAsOf(Observation.timestamp(asOf))
        .setFloodedKm2(floodedKm2)
        .build();
  }

  private static Alert alert(int number) {
    return Alert.newBuilder().setAlertId("i-" + number).setFloodedKm2(number).build();
  }

  private static WaterMask timed(float milliseconds) {
    return WaterMask.newBuilder()
        .setStages(StageMillis.newBuilder().setEncodeAndDetect(milliseconds))
        .build();
  }
}
