package riada.cli;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import riada.local.Inference;
import riada.onnx.Device;
import riada.proto.BadInput;

/** The options of every verb that runs a model. */
final class ModelOptions {
  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // picocli sets it
  CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "The model's folder (default: the one that came with riada).")
  @Nullable Path folder;

  @Option(
      names = "--variant",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Which of the model's variants (default: what suits the device).")
  String variant = "";

  @Option(
      names = "--device",
      paramLabel = "auto|cpu|cuda",
      defaultValue = "auto",
      description = "What it runs on (default ${DEFAULT-VALUE}: CUDA where there is one).")
  String device = "";

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Threads of inference on the CPU (default: one a core).")
  int threads;

  private Map<String, String> environment = Map.of();

  void use(Map<String, String> variables) {
    environment = variables;
  }

  Inference inference() throws BadInput {
    Device.Choice choice;
    try {
      choice = Device.Choice.parse(device);
    } catch (BadInput e) {
      throw new ParameterException(spec.commandLine(), e.reason(), e);
    }
    int cores = Runtime.getRuntime().availableProcessors();
    return new Inference(
        folder == null ? bundled(environment) : folder,
        variant,
        choice,
        threads > 0 ? threads : Math.max(1, cores));
  }

  /** The model that came with riada. */
  static Path bundled(Map<String, String> environment) {
    String home = environment.get("RIADA_HOME"); // bin/riada sets it
    return Path.of(home == null ? "." : home, "models", "riada-lite");
  }
}
