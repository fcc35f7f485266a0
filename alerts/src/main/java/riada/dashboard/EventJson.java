package riada.dashboard;

import com.google.protobuf.Timestamp;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import riada.geo.TileGrid;
import riada.proto.Alert;
import riada.proto.Region;
import riada.proto.RegionStats;

/** The messages as the page reads them: snake_case, times as ISO 8601 in UTC, areas in km2. */
final class EventJson {
  private static final double CM2_PER_KM2 = 1e10;
  private static final double CELLS = (double) TileGrid.SIZE * TileGrid.SIZE;

  private EventJson() {}

  static JsonObject tile(News.GroundSeen seen) {
    JsonObject versions = new JsonObject();
    for (Layer layer : Layer.values()) {
      News.Cover cover = seen.covers().get(layer);
      versions.put(layer.id(), cover == null ? "" : cover.version());
    }
    News.Cover unknown = seen.covers().get(Layer.UNKNOWN);
    return new JsonObject()
        .put("id", seen.tile().toString())
        .put("versions", versions)
        .put("flooded_km2", areaKm2(seen, Layer.FLOOD))
        .put("flooded_stale_km2", areaKm2(seen, Layer.STALE))
        .put("unknown_fraction", unknown == null ? 0 : unknown.cells() / CELLS)
        .put("reference_version", seen.referenceVersion())
        .put("observations", seen.observations())
        .put("as_of", time(seen.asOf()))
        .put("max_age_s", seen.maxAge().toSeconds());
  }

  private static double areaKm2(News.GroundSeen seen, Layer layer) {
    News.Cover cover = seen.covers().get(layer);
    return cover == null ? 0 : cover.areaCm2() / CM2_PER_KM2;
  }

  static JsonObject picture(News.PictureSeen seen) {
    return new JsonObject()
        .put("id", seen.tile().toString())
        .put("version", seen.version())
        .put("halo_px", seen.haloPx())
        .put("acquired_at", time(seen.acquiredAt()))
        .put("publisher", seen.publisher())
        .put("scene", seen.scene());
  }

  static JsonObject outline(News.RegionSeen seen) {
    Region region = seen.region();
    return new JsonObject()
        .put("id", region.getId())
        .put("name", region.getName())
        .put("geometry", seen.geometry())
        .put("min_observed", region.getMinObserved())
        .put("max_age_s", region.getMaxAge().getSeconds())
        .put("passes", region.getPasses())
        .put("parent", region.getParent());
  }

  static JsonObject region(RegionStats stats) {
    return new JsonObject()
        .put("id", stats.getRegionId())
        .put("name", stats.getRegionName())
        .put("state", stats.getState().name())
        .put("visibility", stats.getVisibility().name())
        .put("flooded_km2", stats.getFloodedKm2())
        .put("flooded_stale_km2", stats.getFloodedStaleKm2())
        .put("observed_fraction", stats.getObservedFraction())
        .put("reference_fraction", stats.getReferenceFraction())
        .put("area_km2", stats.getAreaKm2())
        .put("raise_km2", stats.getRaiseKm2())
        .put("clear_km2", stats.getClearKm2())
        .put("passes_below", stats.getPassesBelow())
        .put("incident_id", stats.getIncidentId())
        .put("acknowledged_by", stats.getAcknowledgedBy())
        .put("acknowledged_at", time(stats.hasAcknowledgedAt() ? stats.getAcknowledgedAt() : null))
        .put("silenced_by", stats.getSilencedBy())
        .put("silenced_until", time(stats.hasSilencedUntil() ? stats.getSilencedUntil() : null))
        .put("silenced_by_parent", stats.getSilencedByParent())
        .put(
            "trend_km2_per_hour",
            stats.hasTrendKm2PerHour() ? (Double) stats.getTrendKm2PerHour() : null)
        .put("trend_passes", stats.getTrendPassesCount())
        .put(
            "oldest_observation",
            time(stats.hasOldestObservation() ? stats.getOldestObservation() : null))
        .put(
            "newest_observation",
            time(stats.hasNewestObservation() ? stats.getNewestObservation() : null))
        .put("as_of", time(stats.hasAsOf() ? stats.getAsOf() : null))
        .put("received_at", time(stats.hasReceivedAt() ? stats.getReceivedAt() : null))
        .put("measured_at", time(stats.hasMeasuredAt() ? stats.getMeasuredAt() : null));
  }

  static JsonObject alert(Alert alert) {
    return new JsonObject()
        .put("id", alert.getAlertId())
        .put("incident_id", alert.getIncidentId())
        .put("sequence", alert.getSequence())
        .put("kind", alert.getKind().name())
        .put("cause", alert.getCause().name())
        .put("status", alert.getStatus().name())
        .put("severity", alert.getSeverity().name())
        .put("region_id", alert.getRegionId())
        .put("region_name", alert.getRegionName())
        .put("flooded_km2", alert.getFloodedKm2())
        .put("flooded_stale_km2", alert.getFloodedStaleKm2())
        .put("observed_fraction", alert.getObservedFraction())
        .put("reason", alert.getReason())
        .put("as_of", time(alert.hasAsOf() ? alert.getAsOf() : null))
        .put("alerted_at", time(alert.hasAlertedAt() ? alert.getAlertedAt() : null));
  }

  private static @Nullable String time(@Nullable Timestamp timestamp) {
    return timestamp == null ? null : time(News.instant(timestamp)); // the page says "unknown"
  }

  /** ISO 8601 to the millisecond; null stays null. */
  static @Nullable String time(@Nullable Instant instant) {
    return instant == null ? null : instant.truncatedTo(ChronoUnit.MILLIS).toString();
  }
}
