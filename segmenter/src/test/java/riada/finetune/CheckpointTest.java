package riada.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import riada.finetune.Checkpoint.Epoch;

class CheckpointTest {
  @TempDir Path folder;

  @Test
  void whatIsWrittenIsRead() throws IOException {
    Path file = folder.resolve("checkpoint");
    Checkpoint written = checkpoint();

    written.write(file);

    Checkpoint read = Checkpoint.read(file, 2).orElseThrow();
    assertThat(read).usingRecursiveComparison().isEqualTo(written);
  }

  @Test
  void halfAFileAnotherSizeOrNoneIsNoCheckpoint() throws IOException {
    Path file = folder.resolve("checkpoint");
    checkpoint().write(file);
    byte[] bytes = Files.readAllBytes(file);
    Path half = Files.write(folder.resolve("half"), Arrays.copyOf(bytes, bytes.length - 3));

    assertThat(Checkpoint.read(half, 2)).isEmpty();
    assertThat(Checkpoint.read(file, 3)).isEmpty();
    assertThat(Checkpoint.read(folder.resolve("none"), 2)).isEmpty();
  }

  private static Checkpoint checkpoint() {
    return new Checkpoint(
        "id",
        List.of(new Epoch(0, 0.25), new Epoch(0.5, 0.75)),
        7,
        new float[] {1, 2},
        new float[] {3, 4},
        new float[] {5, 6},
        new float[] {7, 8});
  }
}
