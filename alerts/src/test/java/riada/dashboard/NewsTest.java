package riada.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import riada.proto.Alert;
import riada.proto.BadInput;
import riada.proto.Ground;
import riada.proto.Observation;
import riada.proto.ObservationRef;
import riada.proto.Picture;
import riada.proto.Region;
import riada.proto.Tile;
import riada.proto.Topics;

/** What is refused before it can reach a browser. */
class NewsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T04:00:00Z");
  private static final String KEY = "14/8185/5448";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'Polygon'} | lacks coordinates",
        "{'type':'Polygon','coordinates':[]} | lacks coordinates",
        "{'type':'Polygon','coordinates':[[]]} | lacks coordinates",
        "{'type':'Polygon','coordinates':[null]} | lacks coordinates",
        "{'type':'Polygon','coordinates':7} | is no GeoJSON",
        "{'type':'Polygon','coordinates':[[1,2,3,4]]} | is no GeoJSON",
        "{'type':'Polygon','coordinates':[[[0,0],[1,1],[0,0]]]} | fewer than four positions",
        "{'type':'Polygon','coordinates':[[[0,0],[1,0],[1,1],[0,1]]]} | does not end where it"
            + " begins",
        "{'type':'Polygon','coordinates':[[[0,0],[1,0],[1,90],[0,0]]]} | beyond 180 degrees east",
        "{'type':'Polygon','coordinates':[[[0,0],[1,0],[1,1e999],[0,0]]]} | beyond 180 degrees"
            + " east",
        "{'type':'Polygon','coordinates':[[[0,0],[181,0],[1,1],[0,0]]]} | beyond 180 degrees east",
        "{'type':'Polygon','coordinates':[[[0,0],[1],[1,1],[0,0]]]} | without longitude and"
            + " latitude",
        "{'type':'Polygon','coordinates':[[[0,0],[1,'x'],[1,1],[0,0]]]} | is no GeoJSON",
        "{'type':'MultiPolygon','coordinates':[[[[0,0],[1,0],[1,1],[0,0]]],[]]} | lacks"
            + " coordinates",
        "{'type':'Point','coordinates':[0,0]} | neither a Polygon nor a MultiPolygon",
        "{'type':7} | neither a Polygon nor a MultiPolygon",
        "[] | is no GeoJSON",
        "nothing | is no GeoJSON",
      })
  void aRegionThatNoMapCanDrawIsRefused(String line) {
    String[] parts = line.split(" \\| ");
    byte[] region = region(parts[0].replace('\'', '"'));

    assertThatThrownBy(() -> News.read(Topics.REGIONS.name(), "r", region, NOW))
        .isInstanceOf(BadInput.class)
        .hasMessageStartingWith("The geometry of region r ")
        .hasMessageContaining(parts[1]);
  }

  @Test
  void aRegionOfManyPolygonsWithHolesAndHeightsIsRead() throws Exception {
    String ring = "[[0,0,5],[3,0,5],[3,3.5,5],[0,0,5]]";
    String holed = "[" + ring + ",[[1,0.5],[2,0.5],[2,1],[1,0.5]]]";

    News news =
        News.read(
            Topics.REGIONS.name(),
            "r",
            region("{\"type\":\"MultiPolygon\",\"coordinates\":[" + holed + "," + holed + "]}"),
            NOW);

    assertThat(news).isInstanceOf(News.RegionSeen.class);
  }

  @Test
  void anAlertWithAnEnormousCapIsShownWithoutIt() throws Exception {
    Alert alert =
        Alert.newBuilder().setAlertId("a-1").setCapXml("x".repeat(News.MAX_CAP + 1)).build();

    News news = News.read(Topics.ALERTS.name(), "a", alert.toByteArray(), NOW);

    assertThat(((News.AlertSeen) news).alert().getCapXml()).isEmpty();
  }

  @Test
  void aPictureOfTheYear2100IsRefused() {
    Tile tile = tile(Valley.pngHead(512, 64), Instant.parse("2100-01-01T00:00:00Z"));

    assertRefused(tile, "which is yet to come");
  }

  @Test
  void aPictureOfNoTimeAtAllIsRefused() {
    Tile never =
        tile(Valley.pngHead(512, 64), NOW).toBuilder()
            .setAcquiredAt(
                Timestamp.newBuilder().setSeconds(Long.MAX_VALUE).setNanos(1_000_000_000))
            .build();

    assertRefused(never, "which is no time");
  }

  @Test
  void aPictureThatUnpacksToGigabytesIsRefused() {
    assertRefused(tile(Valley.pngHead(60_000, 64), NOW), "has 60000 x 60000 pixels");
  }

  @Test
  void aTextCalledPngIsRefused() {
    assertRefused(tile("hello".getBytes(StandardCharsets.UTF_8), NOW), "neither");
  }

  @Test
  void aPictureCutOffInItsHeadIsRefused() {
    assertRefused(tile(Arrays.copyOf(Valley.pngHead(512, 64), 18), NOW), "cannot be read");
  }

  @Test
  void aPictureIsWhatItsBytesSayAndNotWhatItsPublisherCallsIt() throws Exception {
    Tile called = tile(Valley.pngHead(512, 64), NOW);

    News news = News.read(Topics.TILES.name(), KEY, called.toByteArray(), NOW);

    assertThat(((News.PictureSeen) news).format()).isEqualTo(Picture.Format.PNG);
  }

  @ParameterizedTest
  @CsvSource({"700, 2, 700", "0, 2, 2", "0, 0, 0"})
  void groundRestsOnAllItsObservationsAndNotOnTheListedOnes(int count, int listed, int told)
      throws Exception {
    Ground.Builder ground = Ground.newBuilder().setTile(KEY).setObservationCount(count);
    for (int i = 0; i < listed; i++) {
      ground.addObservations(ObservationRef.newBuilder().setObservationId("o-" + i));
    }

    News news = News.read(Topics.GROUND.name(), KEY, ground.build().toByteArray(), NOW);

    assertThat(((News.GroundSeen) news).observations()).isEqualTo(told);
  }

  private static void assertRefused(Tile tile, String why) {
    assertThatThrownBy(() -> News.read(Topics.TILES.name(), KEY, tile.toByteArray(), NOW))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(why);
  }

  private static byte[] region(String geometry) {
    return Region.newBuilder().setId("r").setGeometry(geometry).build().toByteArray();
  }

  private static Tile tile(byte[] picture, Instant acquiredAt) {
    return Tile.newBuilder()
        .setPublisher("p")
        .setScene("s")
        .setAcquiredAt(Observation.timestamp(acquiredAt))
        .setPicture(
            Picture.newBuilder()
                .setFormat(Picture.Format.JPEG)
                .setData(ByteString.copyFrom(picture)))
        .build();
  }
}
