package riada.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import riada.geo.TileId;

class TilesTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final String KEY = "14/8185/5448";

  @Test
  void takesAGoodTile() throws BadInput {
    assertThat(Tiles.check(KEY, good().build(), NOW)).isEqualTo(new TileId(14, 8185, 5448));
  }

  static Stream<Arguments> accepted() {
    return Stream.of(
        accept("its own key", t -> t.setTile(KEY)),
        accept("no platform", t -> t.clearPlatform()),
        accept("the longest name", t -> t.setScene("s".repeat(128))),
        accept("a valid mask", t -> t.setValid(MaskRuns.newBuilder().setWidth(512).setHeight(512))),
        accept("a halo", t -> t.setHaloPx(512)),
        accept("a clock that is a little ahead", t -> t.setAcquiredAt(at("2026-11-22T12:10:00Z"))),
        accept("the first satellite", t -> t.setAcquiredAt(at("1972-07-23T00:00:00Z"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("accepted")
  void takes(String what, UnaryOperator<Tile.Builder> change) throws BadInput {
    assertThat(Tiles.check(KEY, change.apply(good()).build(), NOW)).hasToString(KEY);
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        refuse("tile_key_mismatch", "14/1/1", t -> t.setTile("14/1/1")),
        refuse("publisher_missing", "publisher", t -> t.clearPublisher()),
        refuse("publisher_missing", "publisher", t -> t.setPublisher(" \t ")),
        refuse("publisher_too_long", "129", t -> t.setPublisher("p".repeat(129))),
        refuse("scene_missing", "scene", t -> t.clearScene()),
        refuse("scene_too_long", "1000000", t -> t.setScene("s".repeat(1_000_000))),
        refuse("platform_too_long", "129", t -> t.setPlatform("p".repeat(129))),
        refuse("acquired_at_missing", "set the sensing time", t -> t.clearAcquiredAt()),
        refuse(
            "acquired_at_too_old", "1970-01-01", t -> t.setAcquiredAt(at("1970-01-01T00:00:00Z"))),
        refuse(
            "acquired_at_too_old", "1972-07-22", t -> t.setAcquiredAt(at("1972-07-22T23:59:59Z"))),
        refuse("acquired_at_in_future", "2100", t -> t.setAcquiredAt(at("2100-01-01T00:00:00Z"))),
        refuse(
            "acquired_at_in_future",
            "yet to come",
            t -> t.setAcquiredAt(at("2026-11-22T12:10:01Z"))),
        refuse("acquired_at_invalid", "no time", t -> t.setAcquiredAt(seconds(Long.MAX_VALUE, 0))),
        refuse(
            "acquired_at_invalid", "no time", t -> t.setAcquiredAt(seconds(1_772_366_400_250L, 0))),
        refuse("acquired_at_invalid", "no time", t -> t.setAcquiredAt(seconds(1_772_366_400, -1))),
        refuse("received_at_invalid", "no time", t -> t.setReceivedAt(seconds(Long.MIN_VALUE, 0))),
        refuse("picture_missing", "carries no picture", t -> t.clearPicture()),
        refuse("halo_invalid", "-1", t -> t.setHaloPx(-1)),
        refuse("halo_invalid", "0..512", t -> t.setHaloPx(513)),
        refuse(
            "valid_mask_size",
            "256 x 512",
            t -> t.setValid(MaskRuns.newBuilder().setWidth(256).setHeight(512))),
        refuse("valid_mask_size", "0 x 0", t -> t.setValid(MaskRuns.getDefaultInstance())));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("refused")
  void refusesWithAReason(String counter, String why, UnaryOperator<Tile.Builder> change) {
    Tile tile = change.apply(good()).build();

    BadInput refusal = catchThrowableOfType(BadInput.class, () -> Tiles.check(KEY, tile, NOW));

    assertThat(refusal.counter()).isEqualTo(counter);
    assertThat(refusal.reason()).contains(why).endsWith(".").hasSizeLessThan(300);
  }

  @ParameterizedTest
  @CsvSource({
    "14/16384/0, tile_off_grid",
    "23/0/0, tile_off_grid",
    "here, tile_key_unreadable",
    "11/1/1, zoom_out_of_range",
    "21/1/1, zoom_out_of_range"
  })
  void refusesAKeyThatIsNoTileOrOneThatIsNotTaken(String key, String counter) {
    BadInput refusal =
        catchThrowableOfType(BadInput.class, () -> Tiles.check(key, good().build(), NOW));

    assertThat(refusal.counter()).isEqualTo(counter);
  }

  private static Arguments accept(String what, UnaryOperator<Tile.Builder> change) {
    return Arguments.of(what, change);
  }

  private static Arguments refuse(String counter, String why, UnaryOperator<Tile.Builder> change) {
    return Arguments.of(counter, why, change);
  }

  private static Tile.Builder good() {
    return Tile.newBuilder()
        .setPublisher("drone-1")
        .setPlatform("aerial")
        .setScene("flight 7")
        .setAcquiredAt(at("2026-11-22T11:59:00Z"))
        .setPicture(
            Picture.newBuilder()
                .setFormat(Picture.Format.JPEG)
                .setData(ByteString.copyFromUtf8("read elsewhere")));
  }

  private static Timestamp at(String instant) {
    return Observation.timestamp(Instant.parse(instant));
  }

  private static Timestamp seconds(long seconds, int nanos) {
    return Timestamp.newBuilder().setSeconds(seconds).setNanos(nanos).build();
  }
}
