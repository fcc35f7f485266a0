package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static riada.stream.FloodDriver.TILE;
import static riada.stream.FloodDriver.cells;
import static riada.stream.FloodDriver.empty;
import static riada.stream.FloodDriver.full;
import static riada.stream.FloodDriver.mask;
import static riada.stream.FloodDriver.region;
import static riada.stream.FloodDriver.rows;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import riada.mask.RunLength;
import riada.proto.Alert;
import riada.proto.Evidence;
import riada.proto.Reference;
import riada.proto.TileSource;
import riada.proto.Topics;

/** What an alert says of what it rests on. */
class ReceiptsTest {
  @TempDir Path folder;
  private FloodDriver driver;

  @BeforeEach
  void open() {
    driver = new FloodDriver(folder);
    driver.send(region("valley", cells(TILE, 0, 0, 512, 512)).build());
  }

  @AfterEach
  void close() {
    driver.close();
  }

  @Test
  void anAlertNamesTheObservationsThatShowAndWhereTheirTilesLie() {
    driver.send(mask(TILE, "hidden", Duration.ofMinutes(50), rows(0, 10), full()).build());
    driver.send(mask(TILE, "below", Duration.ofMinutes(40), empty(), full()).build());
    driver.send(
        mask(TILE, "above", Duration.ofMinutes(30), rows(0, 256), rows(0, 300))
            .setSource(TileSource.newBuilder().setPartition(3).setOffset(77))
            .build());

    Alert alert = driver.alerts().get(0);
    List<TestRecord<String, Evidence>> evidence = driver.evidence();
    assertThat(alert.getObservationCount()).isEqualTo(2);
    assertThat(alert.getObservationsKept()).isEqualTo(2);
    assertThat(alert.getObservationsDigest()).matches("[0-9a-f]{32}");
    assertThat(alert.getModelsList()).hasSize(1);
    assertThat(evidence)
        .hasSize(2)
        .allSatisfy(
            record -> {
              assertThat(record.key())
                  .isEqualTo(alert.getIncidentId() + "/" + record.value().getObservationId());
              assertThat(record.value().getSequence()).isEqualTo(1);
              assertThat(record.value().getTileId()).isEqualTo(TILE.toString());
              assertThat(record.value().getMaskDigest().size()).isEqualTo(16);
              assertThat(record.value().hasTile()).isFalse();
            });
    assertThat(evidence.stream().map(record -> record.value().getSourceOffset()))
        .containsExactlyInAnyOrder(-1L, 77L);
  }

  @Test
  void eachAlertIsCapThatNamesThoseBeforeItAndTheLastIsTheAllClear() {
    flood("one", 60, 256);
    flood("two", 40, 500);
    flood("three", 20, 0);
    flood("four", 10, 0);

    List<Alert> alerts = driver.alerts();
    assertThat(alerts)
        .extracting(Alert::getCause)
        .containsExactly(
            Alert.Cause.FLOOD_REACHED_LIMIT,
            Alert.Cause.AREA_GREW,
            Alert.Cause.SEVERITY_CHANGED,
            Alert.Cause.SEEN_DRY);
    assertThat(alerts.get(0).getCapXml())
        .contains("<status>Actual</status>", "<msgType>Alert</msgType>", "<polygon>")
        .doesNotContain("<references>");
    assertThat(alerts.get(1).getCapXml())
        .contains("<msgType>Update</msgType>", "," + alerts.get(0).getAlertId() + ",");
    assertThat(alerts.get(3).getCapXml())
        .contains(
            "<msgType>Cancel</msgType>",
            "AllClear",
            "," + alerts.get(0).getAlertId() + ",",
            "," + alerts.get(1).getAlertId() + ",",
            "<polygon>"); // no flood is left: the region's tiles
  }

  @Test
  void aDeletedRegionsCancelIsNoAllClear() {
    flood("one", 60, 256);
    driver.raw(Topics.REGIONS, "valley", null);

    Alert cancel = driver.alerts().get(1);
    assertThat(cancel.getCause()).isEqualTo(Alert.Cause.REGION_DELETED);
    assertThat(cancel.getCapXml()).contains("no all-clear").doesNotContain("AllClear");
  }

  @Test
  void theReferenceIsNamed() {
    driver.send(
        Reference.newBuilder()
            .setTile(TILE.toString())
            .setVersion("2026-01")
            .setWet(RunLength.encode(rows(0, 8)))
            .build());
    flood("one", 60, 256);

    assertThat(driver.alerts().get(0).getReferenceVersion()).isEqualTo("2026-01");
  }

  @Test
  void theSameObservationsHaveTheSameDigestInAnyOrder() {
    flood("one", 60, 256);
    flood("two", 40, 500);
    String digest = driver.alerts().get(1).getObservationsDigest();
    driver.close();
    driver = new FloodDriver(folder.resolve("again"));
    driver.send(region("valley", cells(TILE, 0, 0, 512, 512)).build());
    flood("two", 40, 500);

    assertThat(driver.alerts().get(0).getObservationsDigest()).isEqualTo(digest);
  }

  private void flood(String scene, int minutesAgo, int rows) {
    driver.send(mask(TILE, scene, Duration.ofMinutes(minutesAgo), rows(0, rows), full()).build());
  }
}
