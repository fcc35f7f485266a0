package riada.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Duration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import riada.proto.BadInput;
import riada.proto.Region;
import riada.stream.GeoJson;
import riada.stream.RegionRules;
import riada.stream.TopologyConfig;

/** Reads regions from GeoJSON: a Feature or a FeatureCollection of polygons, on WGS 84. */
final class RegionFile {
  private static final double DEFAULT_MIN_OBSERVED = 0.8;
  private static final String DEFAULT_MAX_AGE = "6h";
  private static final int DEFAULT_PASSES = 2;
  private static final String COUNTER = "region_file_invalid";

  private RegionFile() {}

  /**
   * @throws BadInput with a sentence that names the region and what is wrong with it
   */
  static List<Region> read(Path file) throws IOException, BadInput {
    JsonNode json = GeoJson.read(file.toString(), Files.readAllBytes(file), COUNTER);
    List<JsonNode> features = new ArrayList<>();
    switch (json.path("type").asText()) {
      case "Feature" -> features.add(json);
      case "FeatureCollection" -> json.path("features").forEach(features::add);
      default -> throw bad(file + " is neither a GeoJSON Feature nor a FeatureCollection.");
    }
    if (features.isEmpty()) {
      throw bad(file + " holds no feature.");
    }
    List<Region> regions = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (JsonNode feature : features) {
      Region region = region(feature);
      if (!ids.add(region.getId())) {
        throw bad(
            "Two regions of "
                + file
                + " have the id \""
                + region.getId()
                + "\"; give each its own.");
      }
      regions.add(region);
    }
    return regions;
  }

  private static Region region(JsonNode feature) throws BadInput {
    JsonNode properties = feature.path("properties");
    String id = properties.path("id").asText(feature.path("id").asText());
    if (!UTF_8.newEncoder().canEncode(id)) {
      throw bad(
          "The id \"" + id + "\" holds half of a character (a lone surrogate); write it anew.");
    }
    if (id.isBlank()) {
      throw bad("A feature has no property \"id\"; give each region its own.");
    }
    String who = "Region \"" + id + "\" ";
    JsonNode geometry = feature.path("geometry");
    checkPolygon(who, geometry);
    boolean shares = properties.hasNonNull("raise_share") || properties.hasNonNull("clear_share");
    String unit = shares ? "share" : "km2";
    double raise = number(who, properties, "raise_" + unit, Double.NaN);
    double clear = number(who, properties, "clear_" + unit, Double.NaN);
    if (shares && (properties.hasNonNull("raise_km2") || properties.hasNonNull("clear_km2"))) {
      throw bad(
          who
              + "has limits both as areas (raise_km2, clear_km2) and as shares (raise_share, clear_share); choose one of them.");
    }
    if (!(raise > 0)) {
      throw bad(who + "needs raise_" + unit + " above 0: the flooded area that raises an alert.");
    }
    if (!(clear >= 0 && clear <= raise)) {
      throw bad(
          who
              + "needs clear_"
              + unit
              + " from 0 to raise_"
              + unit
              + ": the area below which it clears.");
    }
    double minObserved = number(who, properties, "min_observed", DEFAULT_MIN_OBSERVED);
    if (!(minObserved >= 0 && minObserved <= 1)) {
      throw bad(who + "has min_observed " + minObserved + "; it is a share, 0..1.");
    }
    double passes = number(who, properties, "passes", DEFAULT_PASSES);
    if (passes != Math.rint(passes) || passes < 1 || passes > 1000) {
      throw bad(who + "has passes " + passes + "; it is a whole number from 1.");
    }
    double raisePasses = number(who, properties, "raise_passes", 1);
    if (raisePasses != Math.rint(raisePasses) || raisePasses < 1 || raisePasses > 1000) {
      throw bad(who + "has raise_passes " + raisePasses + "; it is a whole number from 1.");
    }
    Region.Builder region =
        Region.newBuilder()
            .setId(id)
            .setName(properties.path("name").asText(id))
            .setGeometry(geometry.toString())
            .setMinObserved(minObserved)
            .setMaxAge(duration(who, properties, "max_age", DEFAULT_MAX_AGE))
            .setPasses((int) passes)
            .setRaisePasses((int) raisePasses)
            .setMinPatchKm2(number(who, properties, "min_patch_km2", 0))
            .setParent(properties.path("parent").asText(""));
    if (shares) {
      region.setRaiseShare(raise).setClearShare(clear);
    } else {
      region.setRaiseKm2(raise).setClearKm2(clear);
    }
    if (properties.hasNonNull("raise_after")) {
      region.setRaiseAfter(duration(who, properties, "raise_after", ""));
    }
    if (properties.hasNonNull("escalate_after")) {
      region.setEscalateAfter(duration(who, properties, "escalate_after", ""));
    }
    RegionRules.check(id, region.build(), TopologyConfig.defaults()); // as the alerts stage will
    return region.build();
  }

  private static double number(String who, JsonNode properties, String name, double otherwise)
      throws BadInput {
    JsonNode value = properties.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isNumber()) {
      throw bad(who + "has " + name + " " + value + ", which is no number.");
    }
    return value.asDouble();
  }

  /** ISO 8601, or shortly: {@code 6h}, {@code 90m}, {@code 2d}. */
  private static Duration duration(String who, JsonNode properties, String name, String otherwise)
      throws BadInput {
    String text = properties.path(name).asText(otherwise);
    try {
      return Duration.newBuilder().setSeconds(DurationText.parse(text).toSeconds()).build();
    } catch (DateTimeParseException e) {
      throw bad(who + "has " + name + " \"" + text + "\"; write PT6H or 6h.");
    }
  }

  private static void checkPolygon(String who, JsonNode geometry) throws BadInput {
    JsonNode coordinates = geometry.path("coordinates");
    if (!coordinates.isArray()) {
      throw bad(who + "has coordinates that are no list.");
    }
    switch (geometry.path("type").asText()) {
      case "Polygon" -> checkRings(who, coordinates);
      case "MultiPolygon" -> {
        for (JsonNode polygon : coordinates) {
          checkRings(who, polygon);
        }
      }
      default -> throw bad(who + "is no Polygon or MultiPolygon.");
    }
    if (coordinates.isEmpty()) {
      throw bad(who + "has a geometry without coordinates.");
    }
  }

  private static void checkRings(String who, JsonNode rings) throws BadInput {
    for (JsonNode ring : rings) {
      if (!ring.isArray() || ring.size() < 4 || !ring.get(0).equals(ring.get(ring.size() - 1))) {
        throw bad(who + "has a ring that is not closed: its last position must equal its first.");
      }
      for (JsonNode position : ring) {
        double longitude = position.path(0).asDouble(Double.NaN);
        double latitude = position.path(1).asDouble(Double.NaN);
        if (!(Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90)) {
          throw bad(
              who
                  + "has the position "
                  + position
                  + "; write longitude and latitude in degrees, in this order.");
        }
      }
    }
  }

  private static BadInput bad(String reason) {
    return new BadInput(COUNTER, reason);
  }
}
