package riada.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import riada.local.Cluster;

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

  private Map<String, String> settings = Map.of();

  void use(Settings read) {
    settings = read.kafka();
  }

  Cluster cluster() {
    return new Cluster(bootstrapServers, settings);
  }

  Map<String, Object> impatient() {
    return cluster().impatient();
  }
}
