package riada.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Rectangle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import riada.eval.LabelledFolder;
import riada.eval.LabelledFolder.Pair;
import riada.proto.BadInput;

class SplitTest {
  private static final Rectangle POND = new Rectangle(16, 16, 64, 32);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"3, 1, 1, 1", "4, 2, 1, 1", "12, 6, 2, 4", "20, 12, 3, 5", "40, 25, 5, 10"})
  void someTeachSomeChooseAndOthersJudge(int pairs, int train, int choose, int judge)
      throws Exception {
    paint(pairs);
    LabelledFolder data = LabelledFolder.open(folder, 0);

    Split split = Split.of(data, 5);

    assertThat(List.of(split.train().size(), split.choose().size(), split.judge().size()))
        .containsExactly(train, choose, judge);
    assertThat(Stream.of(split.train(), split.choose(), split.judge()).flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(data.pairs());
  }

  @Test
  void theSameSeedSplitsAlike() throws Exception {
    paint(12);
    LabelledFolder data = LabelledFolder.open(folder, 0);

    Split again = Split.of(data, 7);

    assertThat(again).isEqualTo(Split.of(data, 7)).isNotEqualTo(Split.of(data, 8));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 4, 5})
  void whatLooksAlikeIsForOneThing(long seed) throws Exception {
    paint(12);
    copy("2", "13"); // no neighbours by name
    LabelledFolder data = LabelledFolder.open(folder, 0);

    Split split = Split.of(data, seed);

    assertThat(Stream.of(split.train(), split.choose(), split.judge()))
        .filteredOn(part -> part.stream().map(Pair::name).anyMatch(List.of("2", "13")::contains))
        .hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"1, There is one pair", "2, There are two pairs"})
  void fewerThanThreeAreTooFew(int pairs, String sentence) throws Exception {
    paint(pairs);
    LabelledFolder data = LabelledFolder.open(folder, 0);

    assertThatThrownBy(() -> Split.of(data, 0))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void copiesOfOnePictureJudgeNothing() throws Exception {
    paint(1);
    for (int i = 1; i < 8; i++) {
      copy("0", String.valueOf(i));
    }
    LabelledFolder data = LabelledFolder.open(folder, 0);

    assertThatThrownBy(() -> Split.of(data, 0))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("look so much alike");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3})
  void manyFramesOfFewScenesAreStillForOneThingEach(long seed) throws Exception {
    paint(4);
    for (int i = 0; i < 36; i++) {
      copy(String.valueOf(i % 4), String.valueOf(4 + i));
    }

    Split split = Split.of(LabelledFolder.open(folder, 0), seed);

    assertThat(List.of(split.train().size(), split.choose().size(), split.judge().size()))
        .containsExactly(20, 10, 10);
    assertThat(split.judgeGroups()).hasSize(10).containsOnly(0);
  }

  @Test
  void aJudgeLikeNoOtherIsAGroupByItself() throws Exception {
    paint(20);

    Split split = Split.of(LabelledFolder.open(folder, 0), 5);

    assertThat(split.judgeGroups()).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void oneSceneAndManyFramesOfAnotherTeachNothing() throws Exception {
    paint(2);
    copy("1", "2");
    LabelledFolder data = LabelledFolder.open(folder, 0);

    assertThatThrownBy(() -> Split.of(data, 0))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("look so much alike");
  }

  @Test
  void halfOfElsewhereJudgesAndNoneChooses() throws Exception {
    paint(7);

    Split split = Split.halves(LabelledFolder.open(folder, 0), 3);

    assertThat(split.train()).hasSize(4);
    assertThat(split.choose()).isEmpty();
    assertThat(split.judge()).hasSize(3);
  }

  private void paint(int pairs) throws Exception {
    for (int i = 0; i < pairs; i++) {
      Painted.pair(folder, String.valueOf(i), POND);
    }
  }

  private void copy(String name, String as) throws Exception {
    for (String part : List.of("image", "mask")) {
      Files.copy(
          folder.resolve(part + "/" + name + ".png"), folder.resolve(part + "/" + as + ".png"));
    }
  }
}
