package riada.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import riada.onnx.Device;
import riada.onnx.ServedFolder;
import riada.proto.BadInput;
import riada.proto.ModelRef;
import riada.proto.ModelVersions;
import riada.segmenter.WaterModel;

/** {@code riada model swap}. */
@Command(
    name = "swap",
    description = {
      "Check a model as verify does and let a folder serve it.",
      "Segmenters that serve the folder take it up between two tiles; the model before stays in a"
          + " subfolder, and is named to swap back."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class SwapVerb implements Callable<Integer> {
  /**
   * What a folder serves now.
   *
   * @param role {@code served}, or {@code shadow} for a trial
   * @param before what is served beside the trial, or was until now; null when it was damaged
   * @param supersedes whether its masks count before those of {@code before} on the same tile
   */
  record Swapped(
      String model,
      String digest,
      String folder,
      String role,
      @Nullable String before,
      @Nullable String beforeFolder,
      boolean supersedes) {}

  /** What became of a trial. */
  record Ended(String model, boolean ended) {}

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  CommandSpec verb;

  @Mixin Answer answer = new Answer();

  @Parameters(
      paramLabel = "NEW",
      arity = "0..1",
      description = "The model's folder; it is copied. Left out with --end-shadow.")
  @Nullable Path source;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "The folder that segmenters serve, as in serve segmenter --model DIR.")
  Path served = Path.of("");

  @Option(
      names = "--shadow",
      description =
          "Try it only: it sees the same tiles after the served model has answered, its masks go to"
              + " flood.masks.shadow.v1, and metrics tell what they differ in. CPU alone.")
  boolean shadow;

  @Option(names = "--end-shadow", description = "End the trial. A swap ends it too.")
  boolean endShadow;

  @Override
  public Integer call() throws BadInput, IOException {
    Path from = source;
    if ((from == null) != endShadow || (shadow && endShadow)) {
      throw new ParameterException(
          verb.commandLine(), "Name the NEW model, with --shadow to try it, or --end-shadow.");
    }
    if (from == null) {
      answer.row(new Ended(served.toString(), ServedFolder.endTrial(served)));
      return 0;
    }
    ModelVerb.sound(from, new ModelOptions());
    ModelRef ref = servable(from);
    ServedFolder.Placed placed =
        shadow ? ServedFolder.tryOut(served, from) : ServedFolder.serve(served, from);
    Optional<ModelRef> before = placed.before();
    boolean supersedes =
        before.isEmpty()
            || ModelVersions.ORDER.compare(ref.getVersion(), before.get().getVersion()) > 0;
    answer.row(
        new Swapped(
            named(ref),
            ref.getDigest(),
            placed.folder().toString(),
            shadow ? "shadow" : "served",
            before.map(SwapVerb::named).orElse(null),
            placed.beforeFolder().map(Path::toString).orElse(null),
            supersedes));
    if (!supersedes && !before.equals(Optional.of(ref))) {
      PrintWriter err = verb.commandLine().getErr();
      err.println(
          "Its version is not higher than that of the model before: where both have segmented a"
              + " tile, the mask of the model before may go on counting.");
      err.flush();
    }
    return 0;
  }

  /** In the variant that the CPU runs by itself; refuses what serve segmenter would refuse. */
  private static ModelRef servable(Path folder) throws BadInput {
    try (WaterModel model = WaterModel.open(folder, Device.Choice.CPU, 1)) {
      model.requireAllHeads();
      return model.ref();
    }
  }

  private static String named(ModelRef ref) {
    return ref.getName() + " " + ref.getVersion();
  }
}
