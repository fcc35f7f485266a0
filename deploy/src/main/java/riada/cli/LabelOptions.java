package riada.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import riada.eval.LabelledFolder;
import riada.proto.BadInput;

/** The options of every verb that measures on labelled pictures. */
final class LabelOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description =
          "Holds image/ and mask/ with the same stems (water is above 127), or before/, after/ and"
              + " mask/ for the flood between two pictures.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  Path data;

  @Option(
      names = "--platform",
      paramLabel = "NAME",
      description = "What took the pictures (default: told from the pictures).")
  @Nullable String platform;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "0",
      description = "Only the first N pictures (default: all).")
  int limit;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Of drawn points and intervals (default ${DEFAULT-VALUE}).")
  long seed;

  LabelledFolder open() throws BadInput {
    return LabelledFolder.open(data, limit);
  }
}
