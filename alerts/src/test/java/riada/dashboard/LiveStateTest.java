package riada.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Timestamp;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.Alert;
import riada.proto.BadInput;
import riada.proto.Ground;
import riada.proto.Picture;
import riada.proto.RegionState;
import riada.proto.Topics;
import riada.proto.Visibility;

class LiveStateTest {
  private static final Instant NOW = Instant.parse("2026-11-22T04:00:00Z");
  private static final TileId TILE = new TileId(14, 8185, 5448);

  private final LiveState state = new LiveState(100_000, 1000, () -> NOW);

  @Test
  void aLayersVersionChangesExactlyWithItsCells() {
    state.apply(Valley.square(TILE, 10, 10, 100, NOW));
    JsonObject first = event(Key.Type.TILE, TILE.toString());
    state.apply(Valley.square(TILE, 10, 10, 100, NOW.plusSeconds(5)));
    JsonObject same = event(Key.Type.TILE, TILE.toString());

    state.apply(Valley.square(TILE, 10, 10, 101, NOW.plusSeconds(9)));

    JsonObject other = event(Key.Type.TILE, TILE.toString());
    assertThat(version(same, "flood")).isEqualTo(version(first, "flood")).hasSize(16);
    assertThat(version(other, "flood")).isNotEqualTo(version(first, "flood"));
    assertThat(version(other, "stale")).as("a layer without cells is not fetched").isEmpty();
  }

  @Test
  void aTileTellsItsAreaInKm2() {
    Mask all = Mask.full(512, 512);
    Mask none = new Mask(512, 512);

    state.apply(Valley.ground(TILE, none, all, none, all, NOW));

    JsonObject tile = event(Key.Type.TILE, TILE.toString());
    // 40075.017 km * cos(51.5 deg) / 2^14 squared is 2.32 km2 on the sphere
    assertThat(tile.getDouble("flooded_stale_km2")).isBetween(2.25, 2.40);
    assertThat(tile.getDouble("flooded_km2")).isZero();
    assertThat(tile.getDouble("unknown_fraction")).isEqualTo(1);
  }

  @Test
  void theLaterSensedPictureIsShownWhicheverCameFirst() {
    state.apply(picture(TILE, 100, NOW));

    List<Key> changed = state.apply(picture(TILE, 100, NOW.minusSeconds(1)));

    assertThat(changed).isEmpty();
    assertThat(state.picture(TILE)).isNotNull();
    assertThat(state.picture(TILE).acquiredAt()).isEqualTo(NOW);
  }

  @Test
  void picturesStayWithinTheirBytesAndTheDroppedOnesAreToldGone() {
    for (int x = 0; x < 4; x++) {
      state.apply(picture(x, 300));
    }

    assertThat(state.pictureBytes()).isEqualTo(900);
    assertThat(event(Key.Type.PICTURE, "14/0/0").getBoolean("gone")).isTrue();
    assertThat(event(Key.Type.PICTURE, "14/3/0").containsKey("gone")).isFalse();
  }

  @Test
  void groundStaysWithinItsBytesAndThePageIsToldThatItDoesNotShowAll() {
    LiveState small = new LiveState(3 * 1100, 0, () -> NOW);
    List<Key> changed = List.of();
    for (int x = 0; x < 4; x++) {
      assertThat(small.status().getBoolean("ground_full")).isFalse();
      changed = small.apply(Valley.square(new TileId(14, x, 0), 10, 10, 1, NOW));
    }

    assertThat(small.tiles()).isEqualTo(3);
    assertThat(changed).contains(new Key(Key.Type.TILE, "14/0/0"), Key.STATUS);
    assertThat(small.event(new Key(Key.Type.TILE, "14/0/0")).getBoolean("gone")).isTrue();
    assertThat(small.status().getBoolean("ground_full")).isTrue();
  }

  @Test
  void aPictureThatWasLookedAtOutlivesOneThatWasNot() {
    for (int x = 0; x < 3; x++) {
      state.apply(picture(x, 300));
    }
    state.picture(new TileId(14, 0, 0));

    List<Key> changed = state.apply(picture(3, 300));

    assertThat(changed)
        .containsExactly(new Key(Key.Type.PICTURE, "14/3/0"), new Key(Key.Type.PICTURE, "14/1/0"));
  }

  @Test
  void aRepeatedAlertChangesNothing() {
    state.apply(alert(1, NOW));

    assertThat(state.apply(alert(1, NOW))).isEmpty();
  }

  @Test
  void theNewestFiveHundredAlertsAreKeptInAnyOrderOfArrival() {
    for (int i = 0; i < 520; i++) {
      int shuffled = i * 7 % 520; // 7 and 520 share no factor: each number once
      state.apply(alert(shuffled, NOW.plusSeconds(shuffled)));
    }

    var alerts = new JsonObject("{" + state.known()).getJsonArray("alerts");
    assertThat(alerts).hasSize(500);
    assertThat(alerts.getJsonObject(0).getString("id")).isEqualTo("i519-1");
    assertThat(alerts.getJsonObject(499).getString("id")).isEqualTo("i20-1");
  }

  @Test
  void aTombstoneTakesTheTileAway() {
    state.apply(Valley.square(TILE, 0, 0, 5, NOW));

    state.apply(new News.Gone(Topics.GROUND.name(), TILE.toString()));

    assertThat(event(Key.Type.TILE, TILE.toString()))
        .isEqualTo(
            new JsonObject().put("id", TILE.toString()).put("gone", true).put("type", "tile"));
  }

  @Test
  void theDeviceAndModelComeFromTheGround() {
    List<Key> first = state.apply(Valley.square(TILE, 0, 0, 5, NOW));
    List<Key> second = state.apply(Valley.square(TILE, 0, 0, 6, NOW));

    assertThat(first).contains(Key.STATUS);
    assertThat(second).doesNotContain(Key.STATUS);
    assertThat(state.status().getString("device")).isEqualTo("cpu");
    assertThat(state.status().getString("model_name")).isEqualTo("riada-lite");
  }

  @Test
  void itIsLoadingUntilTheFeedHasCaughtUp() {
    assertThat(state.status().getBoolean("loading")).isTrue();

    state.apply(new News.CaughtUp());

    assertThat(state.status().getBoolean("loading")).isFalse();
  }

  @Test
  void aRegionTellsStateAndVisibilitySeparately() {
    state.apply(
        Valley.stats(Valley.stats("r", "R", RegionState.ALERTING, Visibility.NO_DATA, NOW)));

    JsonObject region = event(Key.Type.REGION, "r");
    assertThat(region.getString("state")).isEqualTo("ALERTING");
    assertThat(region.getString("visibility")).isEqualTo("NO_DATA");
    assertThat(region.getString("as_of")).isEqualTo("2026-11-22T04:00:00Z");
  }

  @Test
  void whatIsKnownIsEncodedOnceForAllWhoAskBetweenTwoChanges() {
    state.apply(Valley.square(TILE, 0, 0, 5, NOW));
    Buffer first = state.known();

    state.apply(new News.Connection(true, "")); // a sign of the header, which each is told apart

    assertThat(state.known()).isSameAs(first);
  }

  @Test
  void whatIsKnownChangesWithEachTile() {
    state.apply(Valley.square(TILE, 0, 0, 5, NOW));
    Buffer first = state.known();

    state.apply(Valley.square(TILE, 0, 0, 6, NOW));

    assertThat(state.known().toString()).isNotEqualTo(first.toString());
  }

  @Test
  void aTileTellsWhenItAges() {
    state.apply(Valley.square(TILE, 0, 0, 5, NOW));

    JsonObject tile = event(Key.Type.TILE, TILE.toString());

    assertThat(tile.getString("as_of")).isEqualTo("2026-11-22T04:00:00Z");
    assertThat(tile.getLong("max_age_s")).isEqualTo(7200);
  }

  @Test
  void aTimeThatIsNoTimeIsShownAsUnknown() {
    Timestamp never = Timestamp.newBuilder().setSeconds(Long.MAX_VALUE).setNanos(1 << 30).build();

    state.apply(
        Valley.stats(
            Valley.stats("r", "R", RegionState.NORMAL, Visibility.SEEN, NOW).setAsOf(never)));

    assertThat(event(Key.Type.REGION, "r").getString("as_of")).isNull();
  }

  @Test
  void aServiceThatSaysTheSameAgainChangesNothing() {
    state.apply(new News.ServiceHealth("segmenter", true, "It works."));

    List<Key> changed = state.apply(new News.ServiceHealth("segmenter", true, "It works."));

    assertThat(changed).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"flood.ground.v1", "flood.regions.v1", "flood.alerts.v1", "flood.tiles.v1"})
  void garbageIsRefusedInASentence(String topic) {
    assertThatThrownBy(() -> News.read(topic, "14/1/1", new byte[] {(byte) 0xff, 1, 2}, NOW))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("is no");
  }

  @Test
  void groundOfAnotherSizeIsRefused() {
    byte[] small =
        Ground.newBuilder().setFlood(RunLength.encode(new Mask(64, 64))).build().toByteArray();

    assertThatThrownBy(() -> News.read(Topics.GROUND.name(), "14/1/1", small, NOW))
        .hasMessage("The flood mask of 14/1/1 is not 512 x 512.");
  }

  private static News picture(int x, int bytes) {
    return picture(new TileId(14, x, 0), bytes, NOW);
  }

  private static News picture(TileId tile, int bytes, Instant at) {
    return Valley.picture(tile, Picture.Format.PNG, Valley.pngHead(64, bytes), at);
  }

  private static News alert(int number, Instant at) {
    return Valley.alert("i" + number, 1, Alert.Kind.ALERT, "r", "because", at);
  }

  private JsonObject event(Key.Type type, String id) {
    return state.event(new Key(type, id));
  }

  private static String version(JsonObject tile, String layer) {
    return tile.getJsonObject("versions").getString(layer);
  }
}
