package riada.proto;

import com.google.protobuf.Timestamp;
import java.time.Duration;
import java.time.Instant;
import riada.geo.TileGrid;
import riada.geo.TileId;

/**
 * What every tile must fulfil: publishers check before they send, the segmenter checks what it
 * gets.
 */
public final class Tiles {
  /** Nothing that Riada can use was sensed before the first civil earth observation satellite. */
  public static final Instant EARLIEST = Instant.parse("1972-07-23T00:00:00Z");

  /** How far a publisher's clock may run ahead. */
  public static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(10);

  /** The longest name of a publisher, platform or scene, in characters. */
  public static final int MAX_NAME = 128;

  /** Coarser tiles are not taken at the default analysis zoom. */
  public static final int MIN_ZOOM = TileGrid.DEFAULT_ANALYSIS_ZOOM - 2;

  /** Finer tiles are not taken at the default analysis zoom. */
  public static final int MAX_ZOOM = TileGrid.DEFAULT_ANALYSIS_ZOOM + 6;

  private Tiles() {}

  /**
   * Checks everything that can be told without decoding the picture.
   *
   * @param key the record's key
   * @param now against which {@code acquired_at} must not lie in the future
   * @return the tile that the key names
   * @throws BadInput with a sentence for the publisher
   */
  public static TileId check(String key, Tile tile, Instant now) throws BadInput {
    TileId id = TileId.parse(key);
    if (id.z() < MIN_ZOOM || id.z() > MAX_ZOOM) {
      throw new BadInput(
          "zoom_out_of_range",
          "Tile " + key + " has zoom " + id.z() + "; send " + MIN_ZOOM + " to " + MAX_ZOOM + ".");
    }
    if (!tile.getTile().isEmpty() && !tile.getTile().equals(key)) {
      throw new BadInput(
          "tile_key_mismatch",
          "The record's key is "
              + key
              + " but its tile field says "
              + TileId.brief(tile.getTile())
              + "; make them equal.");
    }
    name("publisher", tile.getPublisher(), true);
    name("scene", tile.getScene(), true);
    name("platform", tile.getPlatform(), false);
    checkTime(id, tile, now);
    if (tile.getPicture().getData().isEmpty()) {
      throw new BadInput(
          "picture_missing",
          "Tile "
              + key
              + " of "
              + tile.getPublisher()
              + " carries no picture; set picture.data to a JPEG or PNG.");
    }
    if (tile.getHaloPx() < 0 || tile.getHaloPx() > Pictures.MAX_TILE_SIDE / 4) {
      throw new BadInput(
          "halo_invalid",
          "Tile "
              + key
              + " has a halo of "
              + tile.getHaloPx()
              + " pixels; it is 0.."
              + Pictures.MAX_TILE_SIDE / 4
              + ".");
    }
    if (tile.hasValid()
        && (tile.getValid().getWidth() != TileGrid.SIZE
            || tile.getValid().getHeight() != TileGrid.SIZE)) {
      throw new BadInput(
          "valid_mask_size",
          "The valid mask of tile "
              + key
              + " is "
              + tile.getValid().getWidth()
              + " x "
              + tile.getValid().getHeight()
              + "; it must have the tile's "
              + TileGrid.SIZE
              + " x "
              + TileGrid.SIZE
              + " cells.");
    }
    return id;
  }

  private static void name(String field, String value, boolean required) throws BadInput {
    if (required && value.isBlank()) {
      throw new BadInput(field + "_missing", "The tile names no " + field + "; set it.");
    }
    if (value.length() > MAX_NAME) { // not repeated in the reason: it may be a megabyte
      throw new BadInput(
          field + "_too_long",
          "The tile's "
              + field
              + " has "
              + value.length()
              + " characters; shorten it to at most "
              + MAX_NAME
              + ".");
    }
  }

  private static void checkTime(TileId id, Tile tile, Instant now) throws BadInput {
    if (!tile.hasAcquiredAt()) {
      throw new BadInput(
          "acquired_at_missing",
          "Tile "
              + id
              + " of "
              + tile.getPublisher()
              + " has no acquired_at; set the sensing time.");
    }
    checkTime("tile " + id, instant(id, "acquired_at", tile.getAcquiredAt()), now);
    if (tile.hasReceivedAt()) {
      instant(id, "received_at", tile.getReceivedAt()); // the stages after this one reckon with it
    }
  }

  private static Instant instant(TileId id, String field, Timestamp timestamp) throws BadInput {
    if (timestamp.getSeconds() < -62_135_596_800L // 0001-01-01 to 9999-12-31: Timestamp's range
        || timestamp.getSeconds() > 253_402_300_799L
        || timestamp.getNanos() < 0
        || timestamp.getNanos() > 999_999_999) {
      throw new BadInput(
          field + "_invalid",
          "Tile "
              + id
              + " has "
              + timestamp.getSeconds()
              + " seconds and "
              + timestamp.getNanos()
              + " nanoseconds as its "
              + field
              + ", which is no time; count seconds from 1970.");
    }
    return Observation.instant(timestamp);
  }

  /**
   * Checks a sensing time.
   *
   * @throws BadInput when it is before {@link #EARLIEST} or after {@code now} by more than {@link
   *     #CLOCK_TOLERANCE}
   */
  public static void checkTime(String what, Instant acquired, Instant now) throws BadInput {
    if (acquired.isBefore(EARLIEST)) {
      throw new BadInput(
          "acquired_at_too_old",
          "The acquired_at of "
              + what
              + " is "
              + acquired
              + ", before there were earth observation satellites; set when the picture was taken.");
    }
    if (acquired.isAfter(now.plus(CLOCK_TOLERANCE))) {
      throw new BadInput(
          "acquired_at_in_future",
          "The acquired_at of "
              + what
              + " is "
              + acquired
              + ", which is yet to come (it is "
              + now
              + "); check the publisher's clock and time zone.");
    }
  }
}
