package riada.dashboard;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import riada.geo.TileId;
import riada.proto.Alert;
import riada.proto.BadInput;
import riada.proto.RegionStats;
import riada.proto.Topics;

/**
 * What the page shows now. Pure: news goes in, the keys of what changed come out. Owned by one
 * event loop; no other thread may call it.
 */
final class LiveState {
  /** Alerts that are kept, the newest ones. */
  static final int MAX_ALERTS = 500;

  private static final Comparator<Alert> OLDEST_FIRST =
      Comparator.comparing(LiveState::alertedAt).thenComparing(Alert::getAlertId);

  private final InstantSource clock;
  private final BoundedBytes<TileId, News.GroundSeen> grounds;
  private final Map<String, RegionStats> stats = new TreeMap<>();
  private final Map<String, News.RegionSeen> regions = new TreeMap<>();
  private final Map<String, Alert> alerts = new HashMap<>(); // by alert id
  private final BoundedBytes<TileId, News.PictureSeen> pictures;
  private final Signs signs = new Signs();
  private @Nullable Buffer known; // what known() gave last, until something changes

  /**
   * @param groundBytes how many bytes of tiles' ground are held at most
   * @param pictureBytes how many bytes of pictures are held at most
   * @param clock stamps when news arrived
   */
  LiveState(long groundBytes, long pictureBytes, InstantSource clock) {
    this.grounds = new BoundedBytes<>(groundBytes, News.GroundSeen::bytes);
    this.pictures = new BoundedBytes<>(pictureBytes, picture -> picture.data().size());
    this.clock = clock;
  }

  /** Takes news in and names what changed on the page, in the order in which to tell it. */
  List<Key> apply(News news) {
    if (news instanceof News.GroundSeen seen) {
      return arrived(ground(seen));
    } else if (news instanceof News.PictureSeen seen) {
      return arrived(picture(seen));
    } else if (news instanceof News.StatsSeen seen) {
      stats.put(seen.stats().getRegionId(), seen.stats());
      return arrived(List.of(new Key(Key.Type.REGION, seen.stats().getRegionId())));
    } else if (news instanceof News.RegionSeen seen) {
      regions.put(seen.region().getId(), seen);
      return arrived(List.of(new Key(Key.Type.OUTLINE, seen.region().getId())));
    } else if (news instanceof News.AlertSeen seen) {
      return arrived(alert(seen.alert()));
    } else if (news instanceof News.Gone gone) {
      return arrived(gone(gone));
    }
    return signs.apply(news) ? List.of(Key.STATUS) : List.of();
  }

  private List<Key> arrived(List<Key> changed) {
    signs.eventAt(clock.instant());
    known = null;
    return changed;
  }

  private List<Key> ground(News.GroundSeen seen) {
    List<Key> changed = new ArrayList<>();
    changed.add(new Key(Key.Type.TILE, seen.tile().toString()));
    for (TileId dropped : grounds.put(seen.tile(), seen)) {
      changed.add(new Key(Key.Type.TILE, dropped.toString()));
      signs.groundFull();
      changed.add(Key.STATUS);
    }
    if (signs.madeBy(seen)) {
      changed.add(Key.STATUS);
    }
    return changed;
  }

  /** Of two pictures of a tile the later sensed one is shown, whichever came first. */
  private List<Key> picture(News.PictureSeen seen) {
    News.PictureSeen shown = pictures.get(seen.tile());
    if (shown != null && shown.acquiredAt().isAfter(seen.acquiredAt())) {
      return List.of();
    }
    List<Key> changed = new ArrayList<>();
    changed.add(new Key(Key.Type.PICTURE, seen.tile().toString()));
    for (TileId dropped : pictures.put(seen.tile(), seen)) {
      changed.add(new Key(Key.Type.PICTURE, dropped.toString()));
    }
    return changed;
  }

  /** Alerts come at least once: a repeat changes nothing. */
  private List<Key> alert(Alert alert) {
    if (alerts.putIfAbsent(alert.getAlertId(), alert) != null) {
      return List.of();
    }
    if (alerts.size() > MAX_ALERTS) {
      Alert oldest = Collections.min(alerts.values(), OLDEST_FIRST);
      alerts.remove(oldest.getAlertId());
    }
    return List.of(new Key(Key.Type.ALERT, alert.getAlertId()));
  }

  private List<Key> gone(News.Gone gone) {
    if (gone.topic().equals(Topics.REGIONS.name())) {
      regions.remove(gone.key());
      return List.of(new Key(Key.Type.OUTLINE, gone.key()));
    } else if (gone.topic().equals(Topics.STATS.name())) {
      stats.remove(gone.key());
      return List.of(new Key(Key.Type.REGION, gone.key()));
    } else if (gone.topic().equals(Topics.GROUND.name())) {
      TileId tile = tile(gone.key());
      return tile != null && grounds.remove(tile) != null
          ? List.of(new Key(Key.Type.TILE, gone.key()))
          : List.of();
    }
    return List.of();
  }

  /** The event that tells the page what stands under {@code key} now. */
  JsonObject event(Key key) {
    @Nullable JsonObject shown =
        switch (key.type()) {
          case STATUS -> status();
          case OUTLINE ->
              regions.containsKey(key.id()) ? EventJson.outline(regions.get(key.id())) : null;
          case REGION -> stats.containsKey(key.id()) ? EventJson.region(stats.get(key.id())) : null;
          case ALERT -> alerts.containsKey(key.id()) ? EventJson.alert(alerts.get(key.id())) : null;
          case TILE -> {
            News.GroundSeen ground = ground(tile(key.id()));
            yield ground == null ? null : EventJson.tile(ground);
          }
          case PICTURE -> {
            News.PictureSeen picture = picture(tile(key.id()));
            yield picture == null ? null : EventJson.picture(picture);
          }
        };
    JsonObject event =
        shown == null ? new JsonObject().put("id", key.id()).put("gone", true) : shown;
    return event.put("type", key.eventType());
  }

  /**
   * Everything but the header's signs, as members of a JSON object and its closing brace: {@code
   * "outlines":[...],...}}. Encoded once for each change however many browsers ask, and shared by
   * them: not to be written to.
   */
  Buffer known() {
    Buffer held = known;
    if (held == null) {
      held = Buffer.buffer(everything().encode().substring(1));
      known = held;
    }
    return held;
  }

  private JsonObject everything() {
    JsonArray newestFirst = new JsonArray();
    newestAlerts().forEach(alert -> newestFirst.add(EventJson.alert(alert)));
    JsonArray tiles = new JsonArray();
    for (TileId tile : grounds.keys()) {
      News.GroundSeen ground = ground(tile);
      if (ground != null) {
        tiles.add(EventJson.tile(ground));
      }
    }
    JsonArray shownPictures = new JsonArray();
    for (TileId tile : pictures.keys()) {
      News.PictureSeen picture = picture(tile);
      if (picture != null) {
        shownPictures.add(EventJson.picture(picture));
      }
    }
    JsonArray outlines = new JsonArray();
    regions.values().forEach(region -> outlines.add(EventJson.outline(region)));
    JsonArray figures = new JsonArray();
    stats.values().forEach(region -> figures.add(EventJson.region(region)));
    return new JsonObject()
        .put("outlines", outlines)
        .put("regions", figures)
        .put("alerts", newestFirst)
        .put("tiles", tiles)
        .put("pictures", shownPictures);
  }

  /** The signs of the page's header. */
  JsonObject status() {
    return signs.json(clock.instant());
  }

  /** Whether the broker answers and no service says that something is wrong. */
  boolean isHealthy() {
    return signs.isHealthy();
  }

  /** What is known of a tile's ground, null when nothing is. */
  News.@Nullable GroundSeen ground(@Nullable TileId tile) {
    return tile == null ? null : grounds.get(tile);
  }

  /** A tile's newest picture, null when none is held. */
  News.@Nullable PictureSeen picture(@Nullable TileId tile) {
    return tile == null ? null : pictures.get(tile);
  }

  /** The alerts that are kept. */
  List<Alert> newestAlerts() {
    return alerts.values().stream().sorted(OLDEST_FIRST.reversed()).toList();
  }

  /** The alert of this id, null when it is not kept. */
  @Nullable Alert alert(String alertId) {
    return alerts.get(alertId);
  }

  int tiles() {
    return grounds.size();
  }

  long pictureBytes() {
    return pictures.bytes();
  }

  private static Instant alertedAt(Alert alert) {
    Instant at = News.instant(alert.getAlertedAt());
    return at == null ? Instant.MIN : at; // no time at all: the first to go
  }

  private static @Nullable TileId tile(String key) {
    try {
      return TileId.parse(key);
    } catch (BadInput e) {
      return null; // such a key was never put in
    }
  }
}
