package riada.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import riada.proto.BadInput;

class ServedFolderTest {
  @TempDir Path folder;
  private Path served;
  private Path next;
  private String before = "";
  private String after = "";

  @BeforeEach
  void aServedModelAndTheNext() throws Exception {
    served = TinyModels.copy(folder.resolve("served"));
    next = TinyModels.changed(folder.resolve("next"), "2");
    before = digest(served);
    after = digest(next);
  }

  @Test
  void theNextModelIsServedAndTheOneBeforeIsKept() throws Exception {
    ServedFolder.Placed placed = ServedFolder.serve(served, next);

    assertThat(digest(served)).isEqualTo(after);
    assertThat(placed.folder()).isEqualTo(served.resolve(after.substring(0, 16)));
    assertThat(placed.before().orElseThrow().getDigest()).isEqualTo(before);
    assertThat(digest(placed.beforeFolder().orElseThrow())).isEqualTo(before);
    assertThat(files(served))
        .containsExactlyInAnyOrder(
            "current", "swap.lock", before.substring(0, 16), after.substring(0, 16));
  }

  @Test
  void aSwapIsTakenBackFromTheFolderItself() throws Exception {
    Path kept = ServedFolder.serve(served, next).beforeFolder().orElseThrow();

    ServedFolder.serve(served, kept);

    assertThat(digest(served)).isEqualTo(before);
    assertThat(files(served)).hasSize(4);
  }

  @Test
  void theModelThatIsServedAlreadyChangesNothing() throws Exception {
    ServedFolder.Placed placed = ServedFolder.serve(served, TinyModels.copy(folder.resolve("c")));

    assertThat(placed.folder()).isEqualTo(served);
    assertThat(files(served)).contains("model.json").doesNotContain("current");
  }

  /** As a copy by hand leaves it. */
  @Test
  void aModelThatWasCopiedIntoTheFolderCountsBeforeTheOneThatCurrentNames() throws Exception {
    ServedFolder.serve(served, next);

    TinyModels.changed(served, "3");

    assertThat(ModelFolder.open(served).ref().getVersion()).isEqualTo("3");
  }

  @Test
  void aSwapOverACopyByHandKeepsTheCopy() throws Exception {
    ServedFolder.serve(served, next);
    TinyModels.changed(served, "3");

    ServedFolder.Placed placed = ServedFolder.serve(served, next);

    assertThat(digest(served)).isEqualTo(after);
    assertThat(ModelFolder.open(placed.beforeFolder().orElseThrow()).ref().getVersion())
        .isEqualTo("3");
  }

  /** What a kill leaves after each step of a swap: the model before is served, whole. */
  @ParameterizedTest
  @ValueSource(strings = {"part", "copied", "pointed"})
  void aSwapThatWasKilledLeavesTheModelBeforeAndIsDoneAgain(String step) throws Exception {
    String name = after.substring(0, 16);
    if (step.equals("part")) {
      Files.createDirectories(served.resolve(name + ".part"));
      Files.copy(next.resolve("model.json"), served.resolve(name + ".part/model.json"));
    } else {
      ModelFolder.open(next).copyTo(served.resolve(name));
    }
    if (step.equals("pointed")) {
      Files.writeString(served.resolve("current"), name);
    }
    String left = digest(served);

    ServedFolder.serve(served, next);

    assertThat(left).isEqualTo(before);
    assertThat(digest(served)).isEqualTo(after);
  }

  @Test
  void aDamagedModelIsReplaced() throws Exception {
    Files.writeString(served.resolve("encoder.onnx"), "half");

    ServedFolder.Placed placed = ServedFolder.serve(served, next);

    assertThat(placed.before()).isEmpty();
    assertThat(digest(served)).isEqualTo(after);
  }

  @Test
  void aModelThatIsNotWholeIsRefusedAndNothingChanges() throws Exception {
    Files.writeString(next.resolve("encoder.onnx"), "half");

    assertRefused(() -> ServedFolder.serve(served, next), "model_digest");

    assertThat(files(served))
        .containsExactlyInAnyOrder("model.json", "encoder.onnx", "decoder.onnx");
  }

  @Test
  void aKeptModelThatIsDamagedIsNotServedAgain() throws Exception {
    Path kept = ServedFolder.serve(served, next).folder();
    ServedFolder.serve(served, TinyModels.copy(folder.resolve("old")));
    Files.writeString(kept.resolve("encoder.onnx"), "half");

    assertRefused(() -> ServedFolder.serve(served, next), "model_digest")
        .withMessageContaining("is not whole any more; delete it");

    assertThat(digest(served)).isEqualTo(before);
  }

  @Test
  void aFolderThatServesNoModelIsNamed() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));

    assertRefused(() -> ServedFolder.serve(other, next), "model_missing")
        .withMessageContaining("riada model import");

    assertThat(other).isEmptyDirectory();
  }

  @Test
  void twoSwapsAtATimeAreRefused() throws Exception {
    try (FileChannel other =
        FileChannel.open(
            served.resolve("swap.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      other.lock();

      assertRefused(() -> ServedFolder.serve(served, next), "model_swap_busy");
    }
  }

  @Test
  void aTrialStandsBesideTheServedModelUntilASwap() throws Exception {
    ServedFolder.Placed placed = ServedFolder.tryOut(served, next);
    Path tried = ServedFolder.shadow(served).orElseThrow();
    String stillServed = digest(served);
    ServedFolder.serve(served, tried);

    assertThat(placed.folder()).isEqualTo(tried);
    assertThat(stillServed).isEqualTo(before);
    assertThat(digest(served)).isEqualTo(after);
    assertThat(ServedFolder.shadow(served)).isEmpty();
  }

  @Test
  void aTrialIsEndedOnce() throws Exception {
    ServedFolder.tryOut(served, next);

    assertThat(ServedFolder.endTrial(served)).isTrue();
    assertThat(ServedFolder.endTrial(served)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../next", "", "/etc", "a/b", ".hidden"})
  void aPointerThatLeadsElsewhereIsNotFollowed(String name) throws Exception {
    Files.writeString(served.resolve("current"), name);
    Files.delete(served.resolve("model.json"));

    assertRefused(() -> ModelFolder.open(served), "model_pointer");
  }

  @Test
  void aLookChangesWithAFileAndNotWithWhatLiesBeside() throws Exception {
    String first = ServedFolder.look(served);
    ServedFolder.tryOut(served, next);
    String withATrial = ServedFolder.look(served);
    Files.writeString(served.resolve("encoder.onnx"), "half");

    String changed = ServedFolder.look(served);

    assertThat(withATrial).isEqualTo(first);
    assertThat(changed).isNotEqualTo(first);
    assertThat(ServedFolder.look(folder.resolve("nowhere"))).contains("NoSuchFile");
  }

  private static String digest(Path model) throws BadInput {
    return ModelFolder.open(model).ref().getDigest();
  }

  private static Stream<String> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(path -> path.getFileName().toString()).toList().stream();
    }
  }

  private static ThrowableAssertAlternative<BadInput> assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String counter) {
    return assertThatExceptionOfType(BadInput.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.counter()).isEqualTo(counter));
  }
}
