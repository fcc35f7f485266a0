package riada.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static riada.stream.FloodDriver.NOW;
import static riada.stream.FloodDriver.TILE;
import static riada.stream.FloodDriver.cells;
import static riada.stream.FloodDriver.empty;
import static riada.stream.FloodDriver.full;
import static riada.stream.FloodDriver.mask;
import static riada.stream.FloodDriver.region;
import static riada.stream.FloodDriver.rows;

import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.Alert;
import riada.proto.BadInput;
import riada.proto.Ground;
import riada.proto.Observation;
import riada.proto.Reference;
import riada.proto.Region;
import riada.proto.RegionState;
import riada.proto.RegionStats;
import riada.proto.Topics;
import riada.proto.Visibility;
import riada.proto.WaterMask;

class FloodTopologyTest {
  static final Region WHOLE = region("whole", cells(TILE, 0, 0, 512, 512)).build();

  @TempDir Path dir;
  private FloodDriver flood;

  @BeforeEach
  void open() {
    flood = new FloodDriver(dir);
  }

  @AfterEach
  void close() {
    flood.close();
  }

  @Test
  void theTopologyIsAsReviewed() throws IOException {
    String reviewed;
    try (var in = getClass().getResourceAsStream("topology.txt")) {
      reviewed = new String(in.readAllBytes(), UTF_8);
    }

    String description = FloodTopology.build(TopologyConfig.defaults()).describe().toString();

    assertThat(description.strip()).isEqualToNormalizingNewlines(reviewed.strip());
  }

  @Test
  void areasAreThoseOfTheCells() {
    flood.send(WHOLE);

    flood.send(mask(TILE, "a", hours(1), rows(0, 100), full()).build());

    RegionStats stats = flood.lastStats();
    assertThat(stats.getFloodedCm2()).isEqualTo(area(rows(0, 100)));
    assertThat(stats.getObservedCm2()).isEqualTo(area(full())).isEqualTo(stats.getAreaCm2());
    assertThat(stats.getVisibility()).isEqualTo(Visibility.SEEN);
    assertThat(stats.getReceivedAt()).isEqualTo(Observation.timestamp(NOW));
    assertThat(stats.getAsOf()).isEqualTo(Observation.timestamp(NOW.minus(hours(1))));
  }

  @Test
  void regionsAreClippedByCellCentre() {
    flood.send(region("part", cells(TILE, 10.4, 20.6, 110.4, 70.6)).build());

    flood.send(mask(TILE, "a", hours(1), full(), full()).build());

    Mask clip = empty();
    for (int y = 21; y < 71; y++) {
      clip.setRow(y, 10, 110);
    }
    assertThat(flood.lastStats().getFloodedCm2()).isEqualTo(area(clip));
  }

  @Test
  void waterOfTheReferenceIsNoFlood() throws BadInput {
    flood.send(WHOLE);
    flood.send(reference(TILE, rows(0, 50), "v1"));

    flood.send(mask(TILE, "a", hours(1), rows(0, 100), full()).build());

    Ground ground = flood.lastGround();
    assertThat(RunLength.decode(ground.getFlood())).isEqualTo(rows(50, 100));
    assertThat(ground.getReferenceVersion()).isEqualTo("v1");
    RegionStats stats = flood.lastStats();
    assertThat(stats.getFloodedCm2()).isEqualTo(area(rows(50, 100)));
    assertThat(stats.getReferenceCm2()).isEqualTo(area(rows(0, 50)));
    assertThat(stats.getReferenceFraction()).isEqualTo(1);
  }

  @Test
  void floodUnderCloudStaysAndIsStaleWhenOld() throws BadInput {
    flood.send(WHOLE);
    flood.send(mask(TILE, "a", hours(10), rows(0, 300), full()).build());

    flood.send(mask(TILE, "b", hours(1), empty(), rows(200, 512)).build());

    Ground ground = flood.lastGround();
    assertThat(RunLength.decode(ground.getStale())).isEqualTo(rows(0, 200));
    assertThat(RunLength.decode(ground.getUnknown())).isEqualTo(rows(0, 200));
    assertThat(RunLength.decode(ground.getFlood())).isEqualTo(empty());
    RegionStats stats = flood.lastStats();
    assertThat(stats.getFloodedStaleCm2()).isEqualTo(area(rows(0, 200)));
    assertThat(stats.getVisibility()).isEqualTo(Visibility.PARTIAL);
  }

  @Test
  void noAllClearWhileCloudHidesTheFloodAndOneAfterItWasSeenDry() {
    flood.send(WHOLE);
    flood.send(mask(TILE, "wet", hours(9), rows(0, 300), full()).build());
    assertThat(flood.alerts()).extracting(Alert::getKind).containsExactly(Alert.Kind.ALERT);

    for (int i = 0; i < 5; i++) { // sees 90 %, but not the last flooded rows
      flood.send(mask(TILE, "cloud" + i, hours(8 - i), empty(), rows(50, 512)).build());
    }
    assertThat(flood.alerts()).extracting(Alert::getKind).doesNotContain(Alert.Kind.CANCEL);
    flood.send(mask(TILE, "dry1", hours(2), empty(), full()).build());
    assertThat(flood.alerts()).extracting(Alert::getKind).doesNotContain(Alert.Kind.CANCEL);
    assertThat(flood.lastStats().getState()).isEqualTo(RegionState.RECOVERING);
    flood.send(mask(TILE, "dry2", hours(1), empty(), full()).build());

    List<Alert> alerts = flood.alerts();
    assertThat(alerts).extracting(Alert::getKind).containsExactly(Alert.Kind.CANCEL);
    assertThat(alerts.get(0).getReferencesList()).contains("whole-20260301T030000Z-1");
    assertThat(flood.lastStats().getState()).isEqualTo(RegionState.NORMAL);
  }

  @Test
  void oldDryPassesNeverEndAnIncident() {
    flood.send(WHOLE);
    flood.send(mask(TILE, "wet", hours(1), rows(0, 300), full()).build());

    flood.send(mask(TILE, "old1", hours(3), empty(), full()).build());
    flood.send(mask(TILE, "old2", hours(2), empty(), full()).build());

    assertThat(flood.alerts()).extracting(Alert::getKind).containsExactly(Alert.Kind.ALERT);
    assertThat(flood.lastStats().getState()).isEqualTo(RegionState.ALERTING);
  }

  @Test
  void passesFromBeforeTheRegionWasChangedDoNotEndItsIncident() {
    flood.send(WHOLE);
    raiseAndSeeWet();

    flood.send(WHOLE.toBuilder().setRaiseKm2(60).setClearKm2(50).build());
    assertThat(flood.alerts()).extracting(Alert::getKind).doesNotContain(Alert.Kind.CANCEL);
    RegionStats changed = flood.lastStats();
    flood.send(mask(TILE, "new1", Duration.ofMinutes(80), rows(0, 200), full()).build());
    flood.send(mask(TILE, "new2", Duration.ofMinutes(40), rows(0, 200), full()).build());

    assertThat(changed.getState()).isEqualTo(RegionState.ALERTING);
    assertThat(changed.getPassesBelow()).isZero();
    assertThat(flood.alerts()).extracting(Alert::getKind).containsExactly(Alert.Kind.CANCEL);
  }

  @Test
  void passesFromBeforeTheReferenceWasCorrectedDoNotEndTheIncident() {
    flood.send(WHOLE);
    raiseAndSeeWet();

    flood.send(reference(TILE, rows(0, 300), "v2"));
    assertThat(flood.alerts()).extracting(Alert::getKind).doesNotContain(Alert.Kind.CANCEL);
    RegionStats corrected = flood.lastStats();
    flood.send(mask(TILE, "new1", Duration.ofMinutes(80), rows(0, 200), full()).build());
    flood.send(mask(TILE, "new2", Duration.ofMinutes(40), rows(0, 200), full()).build());

    assertThat(corrected.getFloodedCm2()).isZero();
    assertThat(corrected.getState()).isEqualTo(RegionState.ALERTING);
    assertThat(flood.alerts()).extracting(Alert::getKind).contains(Alert.Kind.CANCEL);
  }

  private void raiseAndSeeWet() {
    flood.send(mask(TILE, "wet", hours(4), rows(0, 300), full()).build());
    flood.send(mask(TILE, "wet1", hours(3), rows(0, 200), full()).build());
    flood.send(mask(TILE, "wet2", hours(2), rows(0, 200), full()).build());
    assertThat(flood.alerts()).extracting(Alert::getKind).contains(Alert.Kind.ALERT);
  }

  @Test
  void aPassThatSawOnlyCloudIsNoSight() {
    flood.send(WHOLE);
    flood.send(mask(TILE, "a", hours(5), rows(0, 300), full()).build());

    flood.send(mask(TILE, "cloud", hours(1), empty(), empty()).build());

    RegionStats stats = flood.lastStats();
    assertThat(stats.getAsOf()).isEqualTo(Observation.timestamp(NOW.minus(hours(1))));
    assertThat(stats.getNewestObservation()).isEqualTo(Observation.timestamp(NOW.minus(hours(5))));
    assertThat(stats.getLastKnownAge().getSeconds()).isEqualTo(4 * 3600);
  }

  @Test
  void repeatsAreSilent() {
    WaterMask mask = mask(TILE, "a", hours(1), rows(0, 300), full()).build();
    flood.send(WHOLE);
    flood.send(mask);
    flood.ground();
    flood.stats();
    flood.alerts();

    flood.send(mask);
    flood.send(WHOLE);

    assertThat(flood.ground()).isEmpty();
    assertThat(flood.stats()).isEmpty();
    assertThat(flood.alerts()).isEmpty();
  }

  @Test
  void ofOneObservationTheHigherProcessingVersionCounts() {
    flood.send(WHOLE);
    flood.send(mask(TILE, "a", hours(1), rows(0, 10), full()).setProcessingVersion(3).build());

    flood.send(mask(TILE, "a", hours(1), rows(0, 99), full()).setProcessingVersion(2).build());

    assertThat(flood.lastStats().getFloodedCm2()).isEqualTo(area(rows(0, 10)));
  }

  @Test
  void aRegionAddedLaterGetsItsFiguresAtOnce() {
    flood.send(mask(TILE, "a", hours(1), rows(0, 300), full()).build());

    flood.send(WHOLE);

    assertThat(flood.stats())
        .extracting(RegionStats::getFloodedCm2)
        .containsExactly(area(rows(0, 300)));
    assertThat(flood.alerts()).hasSize(1);
  }

  @Test
  void aShrunkRegionCountsOnlyWhatItStillCovers() {
    TileId east = new TileId(14, TILE.x() + 1, TILE.y());
    flood.send(region("r", cells(TILE, 0, 0, 1024, 512)).build());
    flood.send(mask(TILE, "a", hours(1), rows(0, 10), full()).build());
    flood.send(mask(east, "a", hours(1), rows(0, 20), full()).build());
    assertThat(flood.lastStats().getFloodedCm2()).isEqualTo(area(rows(0, 10)) + area(rows(0, 20)));

    flood.send(region("r", cells(TILE, 0, 0, 512, 512)).build());

    assertThat(flood.stats())
        .extracting(RegionStats::getFloodedCm2)
        .containsExactly(area(rows(0, 10)));
  }

  @Test
  void aMaskOfARegionThatWasDeletedMeanwhileIsGroundAndNoFigure() {
    flood.send(WHOLE);
    flood.raw(Topics.REGIONS, "whole", null);
    flood.stats();

    flood.send(mask(TILE, "a", hours(1), rows(0, 150), full()).build());

    assertThat(flood.ground()).hasSize(1);
    assertThat(flood.stats()).isEmpty();
    assertThat(flood.alerts()).isEmpty();
    assertThat(flood.dead(Topics.MASKS)).isEmpty();
  }

  @Test
  void whatARegionWasStaysWithTheEvidence() {
    Region changed = WHOLE.toBuilder().setRaiseKm2(0.7).build();
    flood.send(WHOLE);
    flood.send(WHOLE); // a repeat supersedes nothing

    flood.send(changed);
    flood.raw(Topics.REGIONS, "whole", null);

    assertThat(flood.evidence())
        .extracting(record -> record.value().getRegion())
        .containsExactly(WHOLE, changed);
    assertThat(flood.dead(Topics.REGIONS)).isEmpty();
  }

  @Test
  void aRegionWhoseDeletionIsRefusedIsNotSuperseded() {
    Region torn = WHOLE.toBuilder().setGeometry("{").build(); // as rules of another day may see it
    flood.send(WHOLE);
    flood.regions().put("whole", torn);

    flood.raw(Topics.REGIONS, "whole", null);

    assertThat(flood.dead(Topics.REGIONS)).hasSize(1);
    assertThat(flood.evidence()).isEmpty();
    assertThat(flood.regions().get("whole")).isEqualTo(torn);
  }

  @Test
  void aDeletedRegionTakesItsFiguresBackAndEndsItsIncidentWithoutAnAllClear() {
    flood.send(WHOLE);
    flood.send(mask(TILE, "a", hours(1), rows(0, 300), full()).build());
    flood.stats();
    flood.alerts();

    flood.raw(Topics.REGIONS, "whole", null);

    assertThat(flood.stats()).containsExactly((RegionStats) null);
    assertThat(flood.alerts())
        .singleElement()
        .satisfies(alert -> assertThat(alert.getReason()).contains("this is no all-clear"));
  }

  @Test
  void finerTilesFillTheirPartAndCoarserOnesAreSpread() throws BadInput {
    flood.send(mask(TILE.descendant(1, 1, 0), "fine", hours(1), rows(0, 256), full()).build());
    Ground fine = flood.lastGround();
    assertThat(fine.getTile()).isEqualTo(TILE.toString());
    assertThat(RunLength.decode(fine.getFlood())).isEqualTo(box(256, 0, 512, 128));
    assertThat(RunLength.decode(fine.getUnknown())).isEqualTo(box(256, 0, 512, 256).not());

    flood.send(mask(TILE.ancestor(1), "coarse", hours(2), rows(0, 300), full()).build());

    assertThat(flood.ground()).extracting(Ground::getTile).hasSize(4).contains(TILE.toString());
  }

  @Test
  void silenceAgesTheFiguresByTheWallClock() {
    flood.send(WHOLE);
    flood.send(mask(TILE, "a", hours(5), rows(0, 300), full()).build());
    flood.stats();

    flood.silence(hours(7));

    RegionStats stats = flood.lastStats();
    assertThat(stats.getFloodedStaleCm2()).isEqualTo(area(rows(0, 300)));
    assertThat(stats.getVisibility()).isEqualTo(Visibility.NO_DATA);
    assertThat(stats.getState()).isEqualTo(RegionState.ALERTING);
    assertThat(stats.getAsOf()).isEqualTo(Observation.timestamp(NOW.plus(hours(2))));
  }

  @Test
  void aRegionOverTheAntimeridianIsAMultiPolygon() {
    String west = cells(new TileId(14, 16383, 8000), 256, 0, 512, 512);
    String east = cells(new TileId(14, 0, 8000), 0, 0, 256, 512);
    String both =
        "{\"type\":\"MultiPolygon\",\"coordinates\":["
            + west.substring(west.indexOf('[', 0), west.length() - 1)
            + ","
            + east.substring(east.indexOf('[', 0), east.length() - 1)
            + "]}";

    flood.send(region("fiji", both).build());
    flood.send(mask(new TileId(14, 0, 8000), "a", hours(1), full(), full()).build());

    RegionStats stats = flood.lastStats();
    assertThat(stats.getFloodedCm2()).isEqualTo(stats.getAreaCm2() / 2);
  }

  @Test
  void fieldsOfTheFutureDoNoHarm() {
    UnknownFieldSet future =
        UnknownFieldSet.newBuilder()
            .addField(999, UnknownFieldSet.Field.newBuilder().addVarint(7).build())
            .build();
    flood.send(WHOLE.toBuilder().setUnknownFields(future).build());

    flood.send(mask(TILE, "a", hours(1), rows(0, 9), full()).setUnknownFields(future).build());

    assertThat(flood.lastStats().getFloodedCm2()).isEqualTo(area(rows(0, 9)));
  }

  @Test
  void aRecordWithoutAKeyIsPutAside() {
    flood.raw(Topics.MASKS, (byte[]) null, new byte[] {1});

    assertThat(flood.dead(Topics.MASKS))
        .singleElement()
        .satisfies(l -> assertThat(l.key()).isNull());
  }

  /** By its time a record is kept; and brokers refuse one that is far ahead of them. */
  @ParameterizedTest
  @ValueSource(strings = {"1970-01-01T00:00:00Z", "2026-03-03T12:00:00Z"})
  void alertsAndDeadLettersAreOfNowWhateverTheTimeOfTheirCause(Instant cause) {
    flood.raw(Topics.REGIONS, "whole", WHOLE.toByteArray(), cause);
    WaterMask mask = mask(TILE, "a", hours(1), rows(0, 150), full()).build();

    flood.raw(Topics.MASKS, TILE.toString(), mask.toByteArray(), cause);
    flood.raw(Topics.MASKS, TILE.toString(), new byte[] {1}, cause);

    assertThat(flood.alertRecords()).hasSize(1).allMatch(one -> one.getRecordTime().equals(NOW));
    assertThat(flood.evidence()).hasSize(1).allMatch(one -> one.getRecordTime().equals(NOW));
    assertThat(flood.dead(Topics.MASKS))
        .hasSize(1)
        .allMatch(one -> one.getRecordTime().equals(NOW));
    assertThat(flood.statsRecords())
        .isNotEmpty()
        .noneMatch(one -> one.getRecordTime().isAfter(NOW));
    assertThat(flood.groundRecords()).hasSize(1).noneMatch(one -> one.getRecordTime().isAfter(NOW));
  }

  @Test
  void theTopicsAskedForAreThoseOfTheTopology() {
    assertThat(FloodTopology.topics(FloodTopology.build(TopologyConfig.defaults())))
        .containsExactly(
            "dlq.flood.actions.v1",
            "dlq.flood.masks.v1",
            "dlq.flood.reference.v1",
            "dlq.flood.regions.v1",
            "flood.actions.v1",
            "flood.alerts.v1",
            "flood.evidence.v1",
            "flood.ground.v1",
            "flood.masks.v1",
            "flood.reference.v1",
            "flood.regions.v1",
            "flood.stats.v1");
  }

  @Test
  void theGroundIsAnEventOfItsOwnInTheTraceOfTheMask() {
    Headers stranger =
        new RecordHeaders()
            .add("ce_type", "riada.WaterMask".getBytes(UTF_8))
            .add("x-anything", new byte[1 << 20])
            .add("traceparent", "00-1".getBytes(UTF_8));
    WaterMask mask = mask(TILE, "a", hours(1), rows(0, 9), full()).build();

    flood.raw(Topics.MASKS, mask.getTile(), mask.toByteArray(), stranger);

    assertThat(flood.groundRecords().get(0).headers())
        .extracting(header -> header.key() + "=" + new String(header.value(), UTF_8))
        .containsExactly(
            "ce_specversion=1.0",
            "ce_id=" + TILE + "/2026-03-01T12:00:00Z",
            "ce_type=riada.Ground",
            "ce_source=riada/alerts",
            "ce_time=2026-03-01T11:00:00Z",
            "content-type=application/protobuf",
            "traceparent=00-1");
  }

  @Test
  void oldSightsNeitherTurnTheTimeBackNorStopTheAgeing() {
    flood.send(WHOLE);
    flood.send(mask(TILE, "new", hours(1), rows(0, 300), full()).build());
    flood.silence(hours(7)); // the newest sight is 7 h old: beyond max_age
    flood.stats();

    flood.send(mask(TILE, "old", hours(3), empty(), full()).build());
    RegionStats afterOld = flood.lastStats();
    flood.silence(Duration.ofMinutes(1));

    assertThat(afterOld.getAsOf()).isEqualTo(Observation.timestamp(NOW.plus(hours(6))));
    assertThat(afterOld.getVisibility()).isEqualTo(Visibility.NO_DATA);
    assertThat(afterOld.getFloodedStaleCm2()).isEqualTo(area(rows(0, 300)));
    assertThat(flood.lastStats().getAsOf())
        .isEqualTo(Observation.timestamp(NOW.plus(hours(6)).plusSeconds(60)));
  }

  @Test
  void aChangedRegionIsNotYoungerThanItWas() {
    flood.send(WHOLE);
    flood.send(mask(TILE, "a", hours(1), rows(0, 300), full()).build());
    flood.silence(hours(2));

    flood.send(WHOLE.toBuilder().setName("renamed").build());

    assertThat(flood.lastStats().getAsOf()).isEqualTo(Observation.timestamp(NOW.plus(hours(1))));
  }

  @Test
  void tilesThatNobodyLookedAtAreNoEvidence() {
    flood.send(region("r", cells(TILE, 0, 0, 1024, 512)).build());

    flood.send(mask(TILE, "a", hours(1), rows(0, 300), full()).build());

    assertThat(flood.alerts()).singleElement().returns(1, Alert::getEvidenceCount);
  }

  @Test
  void theGroundNamesTheNewestLayersAndCountsAll() {
    int tiles = GroundPicture.MAX_OBSERVATIONS + 8;
    for (int i = 0; i < tiles; i++) {
      TileId fine = TILE.descendant(6, i % 64, i / 64);
      flood.send(mask(fine, "fine", hours(2), full(), full()).build());
    }
    flood.send(mask(TILE, "newest", hours(1), empty(), rows(0, 8)).build());

    Ground ground = flood.lastGround();

    assertThat(ground.getObservationsCount()).isEqualTo(GroundPicture.MAX_OBSERVATIONS);
    assertThat(ground.getObservations(0).getScene()).isEqualTo("newest");
    assertThat(ground.getObservationCount()).isEqualTo(tiles + 1);
  }

  @Test
  void ofAPassOfManyTilesEachCanBeReplaced() {
    flood.send(WHOLE);
    for (int x = 0; x < 4; x++) {
      flood.send(mask(TILE.descendant(2, x, 0), "fine", hours(1), full(), full()).build());
    }

    flood.send(
        mask(TILE.descendant(2, 1, 0), "fine", hours(1), empty(), full())
            .setProcessingVersion(2)
            .build());

    assertThat(flood.lastStats().getFloodedCm2())
        .isEqualTo(area(box(0, 0, 512, 128)) - area(box(128, 0, 256, 128)));
  }

  static Reference reference(TileId tile, Mask wet, String version) {
    return Reference.newBuilder()
        .setTile(tile.toString())
        .setWet(RunLength.encode(wet))
        .setVersion(version)
        .build();
  }

  private static Mask box(int x0, int y0, int x1, int y1) {
    Mask mask = empty();
    for (int y = y0; y < y1; y++) {
      mask.setRow(y, x0, x1);
    }
    return mask;
  }

  static long area(Mask mask) {
    return TileGrid.areaCm2(TILE, mask);
  }

  static Duration hours(int hours) {
    return Duration.ofHours(hours);
  }
}
