package riada.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import riada.proto.BadInput;

class LabelledFolderTest {
  @TempDir Path folder;

  @BeforeEach
  void makeFolders() throws IOException {
    Files.createDirectories(folder.resolve("image"));
    Files.createDirectories(folder.resolve("mask"));
  }

  @Test
  void pairsComeInTheOrderOfTheirNumbers() throws IOException, BadInput {
    touch("image/10.jpg", "image/9.JPEG", "image/b2.png", "mask/9.png", "mask/10.png");
    touch("mask/b2.png", "image/Thumbs.db", "image/.DS_Store");

    LabelledFolder labelled = LabelledFolder.open(folder, 0);

    assertThat(labelled.change()).isFalse();
    assertThat(labelled.pairs())
        .extracting(LabelledFolder.Pair::name)
        .containsExactly("9", "10", "b2");
  }

  @Test
  void theLimitTakesTheFirst() throws IOException, BadInput {
    touch("image/1.jpg", "mask/1.png", "image/2.jpg", "mask/2.png");

    assertThat(LabelledFolder.open(folder, 1).pairs()).hasSize(1);
    assertThat(LabelledFolder.open(folder, 7).pairs()).hasSize(2);
  }

  @Test
  void beforeAndAfterMakeChangePairs() throws IOException, BadInput {
    Files.createDirectories(folder.resolve("before"));
    Files.createDirectories(folder.resolve("after"));
    touch("before/1.jpg", "after/1.jpg", "mask/1.png");

    LabelledFolder labelled = LabelledFolder.open(folder, 0);

    assertThat(labelled.change()).isTrue();
    assertThat(labelled.pairs().get(0).before()).contains(folder.resolve("before/1.jpg"));
    assertThat(labelled.pairs().get(0).image()).isEqualTo(folder.resolve("after/1.jpg"));
  }

  @Test
  void filesWithoutCounterpartAreNamed() throws IOException {
    touch("image/1.jpg", "image/2.jpg", "mask/1.png", "mask/3.png");

    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> LabelledFolder.open(folder, 0))
        .withMessageContaining("2 files have no counterpart")
        .withMessageContaining("image/2.jpg, mask/3.png");
  }

  @Test
  void noPairAndNoFolderAreSaid() {
    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> LabelledFolder.open(folder, 0))
        .withMessageContaining("no pair");
    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> LabelledFolder.open(folder.resolve("mask"), 0))
        .withMessageContaining("There is no folder " + folder.resolve("mask/image"));
  }

  private void touch(String... names) throws IOException {
    for (String name : names) {
      Files.createFile(folder.resolve(name));
    }
  }
}
