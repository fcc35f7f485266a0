package riada.cli;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import riada.eval.Comparison;
import riada.eval.Evaluation;
import riada.eval.Evaluator;
import riada.eval.LabelledFolder;
import riada.eval.Prompting;
import riada.onnx.Device;
import riada.onnx.Fit;
import riada.onnx.Head;
import riada.onnx.ModelCard;
import riada.onnx.ModelFolder;
import riada.proto.BadInput;
import riada.segmenter.WaterModel;

/** {@code riada model info|verify|compare|import|swap}. */
@Command(
    name = "model",
    description = "Look at, check, compare, take in and swap models.",
    subcommands = SwapVerb.class,
    mixinStandardHelpOptions = true)
final class ModelVerb {
  /** One variant of a model. */
  record VariantRow(String variant, String digest, long bytes, boolean isDefault) {}

  /** What a model's card says, with the digests that masks carry. */
  record Info(
      String name,
      String version,
      String licence,
      String folder,
      int inputSize,
      Fit fit,
      Set<Head> heads,
      List<String> prompts,
      List<String> sensors,
      List<VariantRow> variants,
      JsonNode metrics) {}

  /** One variant that is whole and runs. */
  record Sound(String model, String variant, String digest, String device) {}

  /** Where a model was put. */
  record Imported(String model, String folder, List<String> variants) {}

  @Command(
      name = "info",
      description = "What a model is, what it was measured at, and the digest of each variant.",
      mixinStandardHelpOptions = true)
  int info(@Mixin ModelOptions options, @Mixin Answer answer) throws BadInput, IOException {
    Path folder = options.inference().model();
    ModelFolder model = ModelFolder.open(folder);
    List<VariantRow> variants = new ArrayList<>();
    for (String name : model.variants()) {
      ModelFolder variant = ModelFolder.open(folder, name, Device.CPU);
      variants.add(
          new VariantRow(
              name,
              variant.ref().getDigest(),
              variant.bytes(),
              name.equals(model.card().defaultVariant())));
    }
    ModelCard card = model.card();
    answer.object(
        new Info(
            card.name(),
            card.version(),
            card.licence(),
            folder.toString(),
            card.inputSize(),
            card.fit(),
            card.heads(),
            card.prompts(),
            card.sensors(),
            variants,
            card.metrics()),
        "metrics");
    return 0;
  }

  @Command(
      name = "verify",
      description =
          "Check every file's digest and every graph's shapes, and run each variant once.",
      mixinStandardHelpOptions = true)
  int verify(@Mixin ModelOptions options, @Mixin Answer answer) throws BadInput {
    answer.rows(sound(options.inference().model(), options));
    return 0;
  }

  @Command(
      name = "compare",
      description = "Measure two models on the same pictures and tell whether one is better.",
      mixinStandardHelpOptions = true)
  int compare(
      @Parameters(paramLabel = "A", description = "A model's folder, or FOLDER@VARIANT.") String a,
      @Parameters(paramLabel = "B", description = "Another.") String b,
      @Mixin LabelOptions labels,
      @Option(
              names = "--prompts",
              paramLabel = "P",
              defaultValue = "detector",
              description = "As for evaluate (default ${DEFAULT-VALUE}).")
          String prompts,
      @Option(
              names = "--device",
              paramLabel = "auto|cpu|cuda",
              defaultValue = "auto",
              description = "What they run on (default ${DEFAULT-VALUE}).")
          String device,
      @Mixin Answer answer)
      throws BadInput, OrtException {
    LabelledFolder data = labels.open();
    Prompting prompting = Prompting.parse(prompts);
    Device.Choice choice = Device.Choice.parse(device);
    Evaluation first = measure(a, prompting, labels, data, choice);
    Evaluation second = measure(b, prompting, labels, data, choice);
    answer.object(Comparison.of(first, second, labels.seed), "per_image");
    return 0;
  }

  private static Evaluation measure(
      String named,
      Prompting prompting,
      LabelOptions labels,
      LabelledFolder data,
      Device.Choice device)
      throws BadInput, OrtException {
    int at = named.lastIndexOf('@');
    Path folder = Path.of(at < 0 ? named : named.substring(0, at));
    String variant = at < 0 ? ModelFolder.SUITABLE : named.substring(at + 1);
    int cores = Runtime.getRuntime().availableProcessors();
    try (WaterModel model = WaterModel.open(folder, variant, device, cores);
        Progress progress = new Progress(named, data.pairs().size())) {
      return new Evaluator(model, prompting, Optional.ofNullable(labels.platform), labels.seed)
          .evaluate(data, progress::stepTo);
    }
  }

  @Command(
      name = "import",
      description = "Check a model as verify does and copy it, whole or not at all.",
      mixinStandardHelpOptions = true)
  int importModel(
      @Parameters(paramLabel = "FOLDER", description = "The model to take in.") Path source,
      @Option(
              names = "--out",
              paramLabel = "DIR",
              required = true,
              description = "Where it goes; must not be there yet.")
          Path out,
      @Mixin Answer answer)
      throws BadInput, IOException {
    if (Files.exists(out)) {
      throw new BadInput("model_exists", out + " is there already; name a new folder.");
    }
    List<Sound> variants = sound(source, new ModelOptions());
    // Once more where it lies alone: a graph may read a file beside it that the card does not name.
    ModelFolder.open(source).copyTo(out, copy -> sound(copy, new ModelOptions()));
    answer.row(
        new Imported(
            variants.get(0).model, out.toString(), variants.stream().map(Sound::variant).toList()));
    return 0;
  }

  static List<Sound> sound(Path folder, ModelOptions options) throws BadInput {
    List<Sound> rows = new ArrayList<>();
    for (String variant : ModelFolder.open(folder).variants()) {
      Device.Choice device = Device.Choice.parse(options.device.isEmpty() ? "cpu" : options.device);
      try (WaterModel model = WaterModel.open(folder, variant, device, 1)) {
        rows.add(
            new Sound(
                model.ref().getName() + " " + model.ref().getVersion(),
                variant,
                model.ref().getDigest(),
                model.device().name()));
      }
    }
    return rows;
  }
}
