package riada.cli;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every verb that talks to Kafka. */
final class KafkaOptions {
  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT,...",
      defaultValue = "127.0.0.1:9092",
      description = "The Kafka cluster (default ${DEFAULT-VALUE}).")
  String bootstrapServers = "";

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings as riada.<option>=..., and riada.kafka.* for the Kafka clients.")
  @Nullable String file;

  private Map<String, Object> extra = Map.of();

  void use(Settings settings) {
    extra = settings.kafka();
  }

  /** The configuration that every Kafka client starts from. */
  Map<String, Object> client() {
    Map<String, Object> config = new HashMap<>(extra);
    config.put("bootstrap.servers", bootstrapServers);
    return config;
  }

  /** The same for a verb that asks and answers: it does not wait a minute for a broker. */
  Map<String, Object> impatient() {
    Map<String, Object> config = client();
    config.putIfAbsent("default.api.timeout.ms", "10000");
    config.putIfAbsent("request.timeout.ms", "5000");
    config.putIfAbsent("max.block.ms", "10000");
    config.putIfAbsent("delivery.timeout.ms", "15000");
    return config;
  }
}
