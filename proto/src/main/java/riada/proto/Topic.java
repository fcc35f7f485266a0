package riada.proto;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One Kafka topic of the contract.
 *
 * @param name its name, for example {@code flood.tiles.v1}
 * @param key what its keys are, in words
 * @param message the protobuf message of its values; {@code bytes} for dead letters
 * @param retention how long records are kept; {@link #FOREVER} for those kept without end
 * @param compacted whether only the newest record of a key is kept
 * @param maxMessageBytes the largest record, in bytes
 */
public record Topic(
    String name,
    String key,
    String message,
    Duration retention,
    boolean compacted,
    int maxMessageBytes) {
  /** Kafka's {@code retention.ms=-1}. */
  public static final Duration FOREVER = Duration.ofMillis(-1);

  public Topic {
    if (name.isBlank() || maxMessageBytes <= 0) {
      throw new IllegalArgumentException("a topic needs a name and a message limit");
    }
  }

  /** The topic's configuration as {@code Admin.createTopics} takes it. */
  public Map<String, String> config() {
    Map<String, String> config = new LinkedHashMap<>();
    config.put("cleanup.policy", compacted ? "compact" : "delete");
    config.put("retention.ms", Long.toString(retention.toMillis()));
    config.put("max.message.bytes", Integer.toString(maxMessageBytes));
    return config;
  }
}
