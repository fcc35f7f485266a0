package riada.cli;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import riada.eval.LabelledFolder;
import riada.finetune.FineTuning;
import riada.finetune.Tuned;
import riada.local.Inference;
import riada.onnx.Device;
import riada.proto.BadInput;

/** {@code riada finetune}. */
@Command(
    name = "finetune",
    description = {
      "Tune a model's mask decoder on labelled pictures; writes a new model.",
      "Started again after it was cut off, it goes on. Exit status 1 when the"
          + " new model is not better; its card says so too. It runs on the CPU alone."
    },
    mixinStandardHelpOptions = true)
final class FinetuneVerb implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  CommandSpec spec;

  @Mixin ModelOptions model = new ModelOptions();
  @Mixin Answer answer = new Answer();
  @Mixin LabelOptions labels = new LabelOptions();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "The new model's folder; must not be there yet.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  Path out;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "40",
      description = "Most passes over the pictures (default ${DEFAULT-VALUE}).")
  int epochs;

  @Option(
      names = "--also",
      paramLabel = "DIR",
      description =
          "Labelled pictures of what the model serves besides, repeatable: half of them keep its"
              + " answers alive, on the other half the loss is measured.")
  List<Path> also = List.of();

  @Override
  public Integer call() throws BadInput, IOException, OrtException {
    if (epochs < 1) {
      throw new ParameterException(spec.commandLine(), "--epochs is at least 1.");
    }
    Inference inference = model.inference();
    if (inference.device() == Device.Choice.CUDA) {
      throw new BadInput(
          "device_unavailable",
          "Tuning runs on the CPU alone: the PyTorch library that comes with riada has no CUDA."
              + " Leave out --device, or write --device cpu.");
    }
    List<LabelledFolder> others = new ArrayList<>();
    for (Path folder : also) {
      others.add(LabelledFolder.open(folder, 0));
    }
    FineTuning.Request request =
        new FineTuning.Request(
            labels.open(),
            Optional.ofNullable(labels.platform),
            others,
            inference.model(),
            inference.variant(),
            out,
            epochs,
            labels.seed,
            inference.threads());
    Tuned result;
    try (StageProgress progress = new StageProgress()) {
      result = new FineTuning(request, progress::at, InstantSource.system()).tune();
    }
    spec.commandLine().getErr().println(result.sentence());
    spec.commandLine().getErr().flush();
    answer.object(result, "sentence");
    return result.better() ? 0 : ErrorPrinter.FAILED;
  }
}
