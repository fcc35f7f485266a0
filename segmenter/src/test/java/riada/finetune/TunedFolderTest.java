package riada.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.eval.Bootstrap;
import riada.onnx.ModelFolder;

class TunedFolderTest {
  private static final Path SMALL = Path.of("src/test/resources/small"); // of rgb and vv

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"true, true", "false, false"})
  void aSensorIsAddedWhereTheModelWasShownToBeBetter(boolean better, boolean added)
      throws Exception {
    ModelFolder parent = ModelFolder.open(SMALL);
    byte[] decoder = Files.readAllBytes(SMALL.resolve("decoder.onnx"));
    Path out = folder.resolve("out");

    try (TunedFolder tuned = new TunedFolder(parent, out, decoder, Instant.EPOCH)) {
      tuned.tell(result(better));
      tuned.finish();
    }

    assertThat(ModelFolder.open(out).card().sensors().contains("thermal")).isEqualTo(added);
  }

  private static Tuned result(boolean better) {
    Bootstrap.Interval interval = new Bootstrap.Interval(0.05, 0.15);
    Tuned.Row row =
        new Tuned.Row(
            "mine",
            List.of("thermal"),
            "detector",
            5,
            5,
            0.5,
            0.6,
            0.5,
            0.6,
            0.1,
            interval,
            better ? "better" : "neither");
    Tuned.Named parent = new Tuned.Named("small", "1", "");
    return new Tuned(
        better, "", null, parent, null, 1, 1, 1, List.of(), List.of(row), List.of(), 0);
  }
}
