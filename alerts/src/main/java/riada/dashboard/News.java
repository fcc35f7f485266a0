package riada.dashboard;

import com.google.protobuf.ByteString;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.Alert;
import riada.proto.BadInput;
import riada.proto.Ground;
import riada.proto.MaskRuns;
import riada.proto.Observation;
import riada.proto.Picture;
import riada.proto.ProtoSerde;
import riada.proto.Region;
import riada.proto.RegionStats;
import riada.proto.Tile;
import riada.proto.Topics;

/**
 * One thing that the page learns. Immutable, so that it may cross from the feed's thread to the
 * event loop; everything that costs time (parsing, checking, digests) is done while it is made.
 */
public sealed interface News {
  /**
   * What is known of a tile's ground.
   *
   * @param versions digest of each layer's cells; layers without a set cell are absent, so that the
   *     page need not fetch them
   * @param cells how many of the 512 x 512 cells each layer has
   * @param areasCm2 geodesic area of each layer's cells, in square centimetres
   */
  record GroundSeen(
      TileId tile,
      Ground ground,
      Map<Layer, String> versions,
      Map<Layer, Integer> cells,
      Map<Layer, Long> areasCm2)
      implements News {
    public GroundSeen {
      versions = Map.copyOf(versions);
      cells = Map.copyOf(cells);
      areasCm2 = Map.copyOf(areasCm2);
    }
  }

  /**
   * A tile's picture as its publisher sent it, halo included; {@code version} digests its bytes.
   */
  record PictureSeen(
      TileId tile,
      Picture.Format format,
      ByteString data,
      int haloPx,
      Instant acquiredAt,
      String publisher,
      String scene,
      String version)
      implements News {}

  /** A region's new figures. */
  record StatsSeen(RegionStats stats) implements News {}

  /** A new or changed region with its GeoJSON geometry. */
  record RegionSeen(Region region, JsonObject geometry) implements News {}

  /** An alert, an update or a cancel. */
  record AlertSeen(Alert alert) implements News {}

  /** The key's record was deleted from a compacted topic. */
  record Gone(String topic, String key) implements News {}

  /** Whether the broker answers; the sentence says what is wrong and is empty when nothing is. */
  record Connection(boolean connected, String sentence) implements News {}

  /** Everything that lay on the topics when the feed began has been read. */
  record CaughtUp() implements News {}

  /** A record was skipped because it could not be used. */
  record Skipped(String topic, String reason) implements News {}

  /** Why the segmenter runs on a device other than the wanted one; empty takes the sign away. */
  record DeviceWarning(String sentence) implements News {}

  /**
   * Reads a record of one of the topics that the page shows: ground, stats, regions, alerts, tiles.
   *
   * @param value its bytes; null for a tombstone
   * @throws BadInput when they are no such message or contradict themselves
   */
  static News read(String topic, @Nullable String key, byte @Nullable [] value) throws BadInput {
    if (key == null) {
      throw new BadInput("key_missing", "A record on " + topic + " has no key.");
    }
    if (value == null) {
      return new Gone(topic, key);
    }
    if (topic.equals(Topics.GROUND.name())) {
      return ground(key, ProtoSerde.parse(Ground.parser(), "Ground", value));
    } else if (topic.equals(Topics.STATS.name())) {
      return new StatsSeen(ProtoSerde.parse(RegionStats.parser(), "RegionStats", value));
    } else if (topic.equals(Topics.REGIONS.name())) {
      return region(key, ProtoSerde.parse(Region.parser(), "Region", value));
    } else if (topic.equals(Topics.ALERTS.name())) {
      return alert(ProtoSerde.parse(Alert.parser(), "Alert", value));
    } else if (topic.equals(Topics.TILES.name())) {
      return picture(key, ProtoSerde.parse(Tile.parser(), "Tile", value));
    }
    throw new IllegalArgumentException("the page shows nothing of " + topic);
  }

  private static GroundSeen ground(String key, Ground ground) throws BadInput {
    TileId tile = TileId.parse(key);
    Map<Layer, String> versions = new EnumMap<>(Layer.class);
    Map<Layer, Integer> cells = new EnumMap<>(Layer.class);
    Map<Layer, Long> areas = new EnumMap<>(Layer.class);
    for (Layer layer : Layer.values()) {
      MaskRuns runs = layer.cells(ground);
      if (runs.equals(MaskRuns.getDefaultInstance())) {
        continue; // an absent mask has no cells
      }
      Mask mask = RunLength.decode(runs);
      if (mask.width() != TileGrid.SIZE || mask.height() != TileGrid.SIZE) {
        throw new BadInput(
            "mask_size", "The " + layer.id() + " mask of " + key + " is not 512 x 512.");
      }
      if (!mask.isEmpty()) {
        versions.put(layer, digest(runs.getRuns()));
        cells.put(layer, mask.count());
        areas.put(layer, TileGrid.areaCm2(tile, mask));
      }
    }
    return new GroundSeen(tile, ground, versions, cells, areas);
  }

  private static PictureSeen picture(String key, Tile tile) throws BadInput {
    TileId id = TileId.parse(key);
    Picture picture = tile.getPicture();
    boolean known =
        picture.getFormat() == Picture.Format.JPEG || picture.getFormat() == Picture.Format.PNG;
    if (!known || picture.getData().isEmpty()) {
      throw new BadInput("picture_missing", "Tile " + key + " carries no JPEG or PNG picture.");
    }
    Instant acquiredAt;
    try {
      acquiredAt = Observation.instant(tile.getAcquiredAt());
    } catch (DateTimeException e) {
      throw new BadInput("acquired_at_invalid", "The acquired_at of tile " + key + " is no time.");
    }
    return new PictureSeen(
        id,
        picture.getFormat(),
        picture.getData(),
        Math.max(0, tile.getHaloPx()),
        acquiredAt,
        tile.getPublisher(),
        tile.getScene(),
        digest(picture.getData()));
  }

  private static RegionSeen region(String key, Region region) throws BadInput {
    try {
      JsonObject geometry = new JsonObject(region.getGeometry());
      String type = geometry.getString("type", "");
      if (!type.equals("Polygon") && !type.equals("MultiPolygon")) {
        throw new BadInput(
            "region_geometry", "The geometry of region " + key + " is a \"" + type + "\".");
      }
      return new RegionSeen(region, geometry);
    } catch (DecodeException | ClassCastException e) {
      throw new BadInput("region_geometry", "The geometry of region " + key + " is no GeoJSON.");
    }
  }

  private static AlertSeen alert(Alert alert) throws BadInput {
    if (alert.getAlertId().isEmpty()) {
      throw new BadInput("alert_id_missing", "An alert has no alert_id to tell repeats by.");
    }
    return new AlertSeen(alert);
  }

  /** Sixteen hex digits of SHA-256: names content in URLs, so equal content is fetched once. */
  private static String digest(ByteString bytes) {
    var sha = Observation.sha256();
    sha.update(bytes.asReadOnlyByteBuffer());
    return HexFormat.of().formatHex(sha.digest(), 0, 8);
  }

  /** The record's key as text. */
  static @Nullable String key(byte @Nullable [] key) {
    return key == null ? null : new String(key, StandardCharsets.UTF_8);
  }
}
