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
    Path model = folder;
    if (model == null) {
      String home = environment.get("RIADA_HOME"); // bin/riada sets it
      model = Path.of(home == null ? "." : home, "models", "riada-lite");
    }
    int cores = Runtime.getRuntime().availableProcessors();
    return new Inference(model, choice, threads > 0 ? threads : Math.max(1, cores));
  }
}
