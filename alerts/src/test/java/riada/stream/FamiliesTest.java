package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static riada.stream.FloodDriver.TILE;
import static riada.stream.FloodDriver.cells;
import static riada.stream.FloodDriver.empty;
import static riada.stream.FloodDriver.full;
import static riada.stream.FloodDriver.mask;
import static riada.stream.FloodDriver.region;
import static riada.stream.FloodDriver.rows;
import static riada.stream.FloodTopologyTest.hours;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.geo.TileId;
import riada.proto.Alert;
import riada.proto.Region;
import riada.proto.RegionState;
import riada.proto.RegionStats;
import riada.proto.Topics;

/** A basin of two tiles, and a valley in its western one. */
class FamiliesTest {
  private static final TileId EAST = new TileId(14, TILE.x() + 1, TILE.y());
  private static final Region BASIN = region("basin", cells(TILE, 0, 0, 1024, 512)).build();
  private static final Region VALLEY =
      region("valley", cells(TILE, 0, 0, 512, 512)).setParent("basin").build();

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
  void aParentsIncidentHoldsItsChildsAlertBackUntilItEnds() {
    flood.send(VALLEY);
    flood.send(BASIN);
    flood.send(mask(EAST, "a", hours(3), rows(0, 300), full()).build());
    assertThat(regions(flood.alerts())).containsExactly("basin");

    flood.send(mask(TILE, "b", hours(2), rows(0, 300), full()).build());
    List<Alert> held = flood.alerts();
    RegionStats valley = stats("valley");
    flood.raw(Topics.REGIONS, "basin", null);

    assertThat(regions(held)).doesNotContain("valley");
    assertThat(valley.getState()).isEqualTo(RegionState.ALERTING);
    assertThat(valley.getSilencedByParent()).isTrue();
    assertThat(flood.alerts())
        .extracting(
            alert -> alert.getRegionId() + " " + alert.getKind() + " " + alert.getSequence())
        .containsExactly("basin CANCEL 3", "valley ALERT 1");
  }

  @Test
  void aChildThatWasToldOfIsToldWhenItIsDry() {
    flood.send(VALLEY);
    flood.send(BASIN);
    flood.send(mask(TILE, "a", hours(3), rows(0, 200), full()).build());
    flood.send(mask(EAST, "a", hours(3), rows(0, 300), full()).build());
    assertThat(regions(flood.alerts())).contains("basin", "valley");

    flood.send(mask(TILE, "b", hours(2), empty(), full()).build());
    flood.send(mask(TILE, "c", hours(1), empty(), full()).build());

    assertThat(flood.alerts())
        .filteredOn(alert -> alert.getRegionId().equals("valley"))
        .extracting(Alert::getKind)
        .containsExactly(Alert.Kind.CANCEL);
  }

  @Test
  void aChildThatComesLaterIsSilencedToo() {
    flood.send(BASIN);
    flood.send(mask(EAST, "a", hours(3), rows(0, 300), full()).build());
    flood.alerts();
    flood.send(VALLEY);

    flood.send(mask(TILE, "b", hours(2), rows(0, 300), full()).build());

    assertThat(regions(flood.alerts())).doesNotContain("valley");
  }

  @Test
  void aChildThatLeavesItsParentSpeaksForItself() {
    flood.send(VALLEY);
    flood.send(BASIN);
    flood.send(mask(EAST, "a", hours(3), rows(0, 300), full()).build());
    flood.send(mask(TILE, "b", hours(2), rows(0, 300), full()).build());
    flood.alerts();

    flood.send(VALLEY.toBuilder().clearParent().build());

    assertThat(regions(flood.alerts())).containsExactly("valley");
  }

  @Test
  void parentsOfEachOtherNeverBothKeepQuiet() {
    flood.send(BASIN.toBuilder().setParent("valley").build());
    flood.send(VALLEY);

    flood.send(mask(TILE, "a", hours(3), rows(0, 400), full()).build());
    flood.send(mask(EAST, "a", hours(3), rows(0, 400), full()).build());
    flood.silence(Duration.ofMinutes(2));

    assertThat(regions(flood.alerts())).contains("basin", "valley");
    List<RegionStats> stats = flood.stats();
    assertThat(List.of(last(stats, "basin"), last(stats, "valley")))
        .noneMatch(RegionStats::getSilencedByParent);
  }

  @ParameterizedTest
  @CsvSource({
    "a, b, true", // a parent, and nobody above it
    "a, b c, true",
    "a, b a, false", // each other's
    "a, b c a b, false"
  })
  void aRegionThatIsItsOwnAncestorHeedsNoParent(String region, String above, boolean heeds) {
    List<String> ancestors = List.of(above.split(" "));
    ParentNotice notice =
        ParentNotice.newBuilder()
            .setParent(ancestors.get(0))
            .addAllAncestors(ancestors.subList(1, ancestors.size()))
            .setSilences(true)
            .build();

    RegionLife life = Telling.obeying(region, RegionLife.getDefaultInstance(), notice);

    assertThat(life.getParentSilences()).isEqualTo(heeds);
    assertThat(life.getAncestorsList()).doesNotHaveDuplicates();
  }

  @Test
  void aShareIsOneOfTheRegionsArea() {
    flood.send(
        BASIN.toBuilder()
            .clearRaiseKm2()
            .clearClearKm2()
            .setRaiseShare(0.25)
            .setClearShare(0.1)
            .build());
    flood.send(mask(TILE, "a", hours(3), rows(0, 240), full()).build());
    assertThat(flood.alerts()).isEmpty();

    flood.send(mask(TILE, "b", hours(2), rows(0, 270), full()).build());

    assertThat(flood.alerts()).hasSize(1);
    RegionStats stats = stats("basin");
    assertThat(stats.getRaiseKm2())
        .isEqualTo(stats.getAreaKm2() / 4, org.assertj.core.api.Assertions.within(1e-9));
  }

  @Test
  void speckleOverTwoTilesDoesNotRaiseAndOnePatchOverTheirBorderDoes() {
    flood.send(BASIN.toBuilder().setMinPatchKm2(0.5).build());
    var speckle = empty();
    for (int i = 0; i < 512 * 512; i += 3) { // a third of the tile in columns one cell wide
      if (i % 512 % 2 == 0 && i / 512 % 2 == 0) {
        speckle.set(i % 512, i / 512);
      }
    }
    flood.send(mask(TILE, "a", hours(3), speckle, full()).build());
    assertThat(flood.alerts()).isEmpty();
    assertThat(stats("basin").getFloodedKm2()).isGreaterThan(0.1);

    flood.send(mask(TILE, "b", hours(2), columns(400, 512), full()).build());
    flood.send(mask(EAST, "b", hours(2), columns(0, 80), full()).build());

    assertThat(flood.alerts()).hasSize(1);
  }

  private static riada.mask.Mask columns(int from, int to) {
    var mask = empty();
    for (int y = 0; y < 512; y++) {
      mask.setRow(y, from, to);
    }
    return mask;
  }

  private RegionStats stats(String region) {
    return last(flood.stats(), region);
  }

  private static RegionStats last(List<RegionStats> all, String region) {
    return all.stream()
        .filter(stats -> stats != null && stats.getRegionId().equals(region))
        .reduce((before, after) -> after)
        .orElseThrow();
  }

  private static List<String> regions(List<Alert> alerts) {
    return alerts.stream().map(Alert::getRegionId).distinct().toList();
  }
}
