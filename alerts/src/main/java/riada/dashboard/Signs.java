package riada.dashboard;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import riada.proto.Topics;

/**
 * The signs of the page's header: whether the broker and the services are well, which model made
 * the ground, what had to be left out. Part of {@link LiveState}, and its owner's alone.
 */
final class Signs {
  private boolean connected;
  private boolean loading = true;
  private String sentence = "Connecting to the broker.";
  private String device = "";
  private String deviceWarning = "";
  private final Map<String, News.ServiceHealth> services = new TreeMap<>();
  private String modelName = "";
  private String modelVersion = "";
  private boolean groundFull; // from the first tile on that had to go
  private long skipped;
  private String lastSkipped = "";
  private @Nullable Instant lastEventAt;

  /** Takes news of the system itself in; returns whether it may have changed the header. */
  boolean apply(News news) {
    if (news instanceof News.Connection connection) {
      if (connected == connection.connected() && sentence.equals(connection.sentence())) {
        return false;
      }
      connected = connection.connected();
      sentence = connection.sentence();
    } else if (news instanceof News.CaughtUp) {
      loading = false;
    } else if (news instanceof News.Skipped skip) {
      skipped++;
      lastSkipped = skip.reason();
    } else if (news instanceof News.DeviceWarning warning) {
      if (deviceWarning.equals(warning.sentence())) {
        return false;
      }
      deviceWarning = warning.sentence();
    } else if (news instanceof News.ServiceHealth health
        && health.equals(services.put(health.name(), health))) {
      return false;
    }
    return true;
  }

  /** When anything came last that is not of the system itself. */
  void eventAt(Instant at) {
    lastEventAt = at;
  }

  /** Not every tile's ground is held any more. */
  void groundFull() {
    groundFull = true;
  }

  /** Notes what made a tile's ground, where that is said; returns whether it is another. */
  boolean madeBy(News.GroundSeen seen) {
    if (seen.device().isEmpty()
        || (seen.device().equals(device)
            && seen.modelName().equals(modelName)
            && seen.modelVersion().equals(modelVersion))) {
      return false;
    }
    device = seen.device();
    modelName = seen.modelName();
    modelVersion = seen.modelVersion();
    return true;
  }

  /** Whether the broker answers and no service says that something is wrong. */
  boolean isHealthy() {
    return connected && services.values().stream().allMatch(News.ServiceHealth::ok);
  }

  /** As the page takes them. */
  JsonObject json(Instant now) {
    JsonArray healths = new JsonArray();
    for (News.ServiceHealth health : services.values()) {
      healths.add(
          new JsonObject()
              .put("name", health.name())
              .put("ok", health.ok())
              .put("warning", health.warning())
              .put("words", health.words()));
    }
    return new JsonObject()
        .put("exercise", Topics.isExercise())
        .put("connected", connected)
        .put("loading", loading)
        .put("sentence", sentence)
        .put("device", device)
        .put("device_warning", deviceWarning)
        .put("model_name", modelName)
        .put("model_version", modelVersion)
        .put("services", healths)
        .put("ground_full", groundFull)
        .put("skipped_records", skipped)
        .put("last_skipped", lastSkipped)
        .put("last_event_at", EventJson.time(lastEventAt))
        .put("now", EventJson.time(now));
  }
}
