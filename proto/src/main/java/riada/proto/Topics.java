package riada.proto;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** All topics of the contract, as {@code riada topics create} makes them. */
public final class Topics {
  /** What the names of an exercise's topics begin with. */
  public static final String EXERCISE = "exercise.";

  /** The property of the JVM that {@link #PREFIX} comes from. */
  public static final String PREFIX_PROPERTY = "riada.topics.prefix";

  /**
   * What the names of all topics and groups of this process begin with: nothing, or {@value
   * #EXERCISE}. It is given when the JVM starts and stands as long as it runs, so nothing in an
   * exercise can name a topic of the real system.
   */
  public static final String PREFIX = prefix(System.getProperty(PREFIX_PROPERTY, ""));

  /** Partitions of each topic on a real cluster; the demo uses {@link #DEMO_PARTITIONS}. */
  public static final int PARTITIONS = 12;

  public static final int DEMO_PARTITIONS = 4;

  /** The largest record on any topic but the dead letters', in bytes. */
  public static final int MAX_MESSAGE_BYTES = 2 << 20;

  /** The largest record on the evidence topic: a tile, and what is said of it. */
  public static final int MAX_EVIDENCE_BYTES = MAX_MESSAGE_BYTES + (64 << 10);

  /** The largest record on a dead-letter topic: it holds whatever could not be used. */
  public static final int MAX_DEAD_LETTER_BYTES = 8 << 20;

  public static final Topic TILES = kept("flood.tiles.v1", "z/x/y", "Tile", Duration.ofDays(7));
  public static final Topic MASKS =
      kept("flood.masks.v1", "z/x/y", "WaterMask", Duration.ofDays(7));

  /** What a model on trial sees on the same tiles; no other stage reads it. */
  public static final Topic SHADOW_MASKS =
      kept("flood.masks.shadow.v1", "z/x/y", "WaterMask", Duration.ofDays(7));

  public static final Topic GROUND = compacted("flood.ground.v1", "analysis tile z/x/y", "Ground");
  public static final Topic REFERENCE = compacted("flood.reference.v1", "z/x/y", "Reference");
  public static final Topic REGIONS = compacted("flood.regions.v1", "region id", "Region");
  public static final Topic STATS = compacted("flood.stats.v1", "region id", "RegionStats");
  public static final Topic ALERTS =
      kept("flood.alerts.v1", "incident id", "Alert", Duration.ofDays(90));
  public static final Topic EVIDENCE =
      new Topic(
          PREFIX + "flood.evidence.v1",
          "incident id/observation id",
          "Evidence",
          Duration.ofDays(90),
          false,
          MAX_EVIDENCE_BYTES);
  public static final Topic ACTIONS =
      kept("flood.actions.v1", "incident id or tile", "Action", Topic.FOREVER);

  private static final List<Topic> LIVE =
      List.of(
          TILES, MASKS, SHADOW_MASKS, GROUND, REFERENCE, REGIONS, STATS, ALERTS, EVIDENCE, ACTIONS);

  /** Topics that are read from outside and so have dead letters. */
  private static final List<Topic> INPUTS = List.of(TILES, MASKS, REFERENCE, REGIONS, ACTIONS);

  private Topics() {}

  /** Every topic, the dead-letter topics last. */
  public static List<Topic> all() {
    return Stream.concat(LIVE.stream(), INPUTS.stream().map(Topics::deadLetters)).toList();
  }

  /**
   * The dead-letter topic of {@code topic}: the original key and bytes with {@code riada.*}
   * headers, 30 days.
   */
  public static Topic deadLetters(Topic topic) {
    return new Topic(
        "dlq." + topic.name(),
        topic.key(),
        "bytes",
        Duration.ofDays(30),
        false,
        MAX_DEAD_LETTER_BYTES);
  }

  /** The topic of this name, if the contract has it. */
  public static Optional<Topic> named(String name) {
    return all().stream().filter(topic -> topic.name().equals(name)).findFirst();
  }

  /** Whether this process belongs to an exercise. */
  public static boolean isExercise() {
    return !PREFIX.isEmpty();
  }

  private static String prefix(String given) {
    if (!given.isEmpty() && !given.equals(EXERCISE)) {
      throw new IllegalArgumentException(
          PREFIX_PROPERTY + " is \"" + given + "\"; it is " + EXERCISE + " or nothing");
    }
    return given;
  }

  private static Topic kept(String name, String key, String message, Duration retention) {
    return new Topic(PREFIX + name, key, message, retention, false, MAX_MESSAGE_BYTES);
  }

  private static Topic compacted(String name, String key, String message) {
    return new Topic(PREFIX + name, key, message, Topic.FOREVER, true, MAX_MESSAGE_BYTES);
  }
}
