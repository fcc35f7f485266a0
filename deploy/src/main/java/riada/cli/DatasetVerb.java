package riada.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import riada.eval.DatasetReport;
import riada.proto.BadInput;

/** {@code riada dataset DIR}. */
@Command(
    name = "dataset",
    description = "Look through labelled pictures: pairs, sizes, share of water, duplicates.",
    mixinStandardHelpOptions = true)
final class DatasetVerb implements Callable<Integer> {
  @Mixin Answer answer = new Answer();

  @Parameters(
      paramLabel = "DIR",
      description = "Holds image/ and mask/, or before/, after/ and mask/.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  Path data;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Gets dataset.json, and dataset.html with masks over pictures.")
  @Nullable Path report;

  @Override
  public Integer call() throws BadInput, IOException {
    DatasetReport found;
    try (Progress progress = new Progress("pairs", -1)) {
      found = DatasetReport.of(data, progress::stepTo);
    }
    if (report != null) {
      found.write(report, Answer.json(found));
    }
    answer.object(found, "");
    // Faults are an answer, not a failure; but a folder without a sound pair is no data.
    if (found.pairs() == 0) {
      throw new BadInput(
          "labels_none", "There is no sound pair of picture and mask in " + data + ".");
    }
    return 0;
  }
}
