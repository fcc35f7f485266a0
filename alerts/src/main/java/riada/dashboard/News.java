package riada.dashboard;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
import riada.proto.Tiles;
import riada.proto.Topics;

/**
 * One thing that the page learns. Immutable, so that it may cross from the feed's thread to the
 * event loop; everything that costs time (parsing, checking, digests) is done while it is made.
 */
public sealed interface News {
  /** The longest CAP document that is held, in characters; Riada's own are shorter. */
  int MAX_CAP = 256 << 10;

  /**
   * Where a layer lies on a tile.
   *
   * @param runs its cells, 512 x 512, at least one of them set
   * @param version digest of the cells
   * @param cells how many there are
   * @param areaCm2 their geodesic area, in square centimetres
   */
  record Cover(MaskRuns runs, String version, int cells, long areaCm2) {}

  /**
   * What is known of a tile's ground: as little as the page needs, for it is held for every tile
   * that was ever seen, up to a limit.
   *
   * @param covers layers without a set cell are absent, so that the page need not fetch them
   * @param maxAge how long after {@code asOf} it counts as seen; zero when that is not known
   * @param observations how many it rests on
   */
  record GroundSeen(
      TileId tile,
      Map<Layer, Cover> covers,
      @Nullable Instant asOf,
      Duration maxAge,
      int observations,
      String referenceVersion,
      String modelName,
      String modelVersion,
      String device)
      implements News {
    /** What a tile costs besides its cells, generously. */
    private static final int OVERHEAD_BYTES = 1024;

    public GroundSeen {
      covers = Map.copyOf(covers);
    }

    /** About what it costs to hold this, in bytes. */
    int bytes() {
      return OVERHEAD_BYTES
          + covers.values().stream().mapToInt(cover -> cover.runs().getRuns().size()).sum();
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
   * How another service of the system is; the newest of a name counts. While one is not ok the page
   * calls its figures doubtful and {@code /health} answers 503.
   *
   * @param name what the operator calls it, for example {@code segmenter}
   * @param warning whether the words must be read although it is ok: something is amiss on which no
   *     figure rests
   * @param words a sentence that says how it is
   */
  record ServiceHealth(String name, boolean ok, boolean warning, String words) implements News {
    /** Of a service without a warning. */
    public ServiceHealth(String name, boolean ok, String words) {
      this(name, ok, false, words);
    }
  }

  /**
   * Reads a record of one of the topics that the page shows: ground, stats, regions, alerts, tiles.
   *
   * @param value its bytes; null for a tombstone
   * @param now against which a tile must not have been sensed in the future
   * @throws BadInput when they are no such message or contradict themselves
   */
  static News read(String topic, @Nullable String key, byte @Nullable [] value, Instant now)
      throws BadInput {
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
      return picture(key, ProtoSerde.parse(Tile.parser(), "Tile", value), now);
    }
    throw new IllegalArgumentException("the page shows nothing of " + topic);
  }

  private static GroundSeen ground(String key, Ground ground) throws BadInput {
    TileId tile = TileId.parse(key);
    Map<Layer, Cover> covers = new EnumMap<>(Layer.class);
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
        covers.put(
            layer,
            new Cover(runs, digest(runs.getRuns()), mask.count(), TileGrid.areaCm2(tile, mask)));
      }
    }
    return new GroundSeen(
        tile,
        covers,
        ground.hasAsOf() ? instant(ground.getAsOf()) : null,
        Duration.ofSeconds(Math.max(0, ground.getMaxAge().getSeconds())),
        // The list ends at 512; records of before there was a count have the list alone.
        Math.max(ground.getObservationCount(), ground.getObservationsCount()),
        ground.getReferenceVersion(),
        ground.getModel().getName(),
        ground.getModel().getVersion(),
        ground.getDevice());
  }

  /** Refuses what the segmenter refuses: it would stay on the map although nothing is measured. */
  private static PictureSeen picture(String key, Tile tile, Instant now) throws BadInput {
    TileId id = Tiles.check(key, tile, now);
    ByteString data = tile.getPicture().getData();
    return new PictureSeen(
        id,
        PictureHead.check("The picture of tile " + key, data),
        data,
        tile.getHaloPx(),
        Observation.instant(tile.getAcquiredAt()),
        tile.getPublisher(),
        tile.getScene(),
        digest(data));
  }

  private static RegionSeen region(String key, Region region) throws BadInput {
    if (!region.getId().equals(key)) {
      throw new BadInput(
          "region_id_mismatch", "The record of region " + key + " names another region's id.");
    }
    return new RegionSeen(region, Outline.read(key, region.getGeometry()));
  }

  private static AlertSeen alert(Alert alert) throws BadInput {
    if (alert.getAlertId().isEmpty()) {
      throw new BadInput("alert_id_missing", "An alert has no alert_id to tell repeats by.");
    }
    // A long incident's alerts name hundreds before them, which the page does not show.
    Alert.Builder shown = alert.toBuilder().clearReferences();
    return new AlertSeen(
        (alert.getCapXml().length() > MAX_CAP ? shown.clearCapXml() : shown).build());
  }

  /** Sixteen hex digits of SHA-256: names content in URLs, so equal content is fetched once. */
  private static String digest(ByteString bytes) {
    var sha = Observation.sha256();
    sha.update(bytes.asReadOnlyByteBuffer());
    return HexFormat.of().formatHex(sha.digest(), 0, 8);
  }

  /** The time in a message; null when it lies outside of the years 1 to 9999, which is no time. */
  static @Nullable Instant instant(Timestamp timestamp) {
    boolean valid =
        timestamp.getSeconds() >= -62_135_596_800L
            && timestamp.getSeconds() <= 253_402_300_799L
            && timestamp.getNanos() >= 0
            && timestamp.getNanos() <= 999_999_999;
    return valid ? Observation.instant(timestamp) : null;
  }

  /** The record's key as text. */
  static @Nullable String key(byte @Nullable [] key) {
    return key == null ? null : new String(key, StandardCharsets.UTF_8);
  }
}
