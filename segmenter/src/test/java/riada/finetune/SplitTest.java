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
  @TempDir Path elsewhere;

  @ParameterizedTest
  @CsvSource({"3, 1, 1, 1", "4, 2, 1, 1", "12, 6, 2, 4", "20, 12, 3, 5", "40, 25, 5, 10"})
  void someTeachSomeChooseAndOthersJudge(int pairs, int train, int choose, int judge)
      throws Exception {
    paint(pairs);
    LabelledFolder data = LabelledFolder.open(folder, 0);

    Split split = split(data, 5);

    assertThat(List.of(split.train().size(), split.choose().size(), split.judge().size()))
        .containsExactly(train, choose, judge);
    assertThat(Stream.of(split.train(), split.choose(), split.judge()).flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(data.pairs());
  }

  @Test
  void theSameSeedSplitsAlike() throws Exception {
    paint(12);
    LabelledFolder data = LabelledFolder.open(folder, 0);

    Split again = split(data, 7);

    assertThat(again).isEqualTo(split(data, 7)).isNotEqualTo(split(data, 8));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 4, 5})
  void whatLooksAlikeIsForOneThing(long seed) throws Exception {
    paint(12);
    copy("2", "13"); // no neighbours by name
    LabelledFolder data = LabelledFolder.open(folder, 0);

    Split split = split(data, seed);

    assertThat(Stream.of(split.train(), split.choose(), split.judge()))
        .filteredOn(part -> part.stream().map(Pair::name).anyMatch(List.of("2", "13")::contains))
        .hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"1, There is one pair", "2, There are two pairs"})
  void fewerThanThreeAreTooFew(int pairs, String sentence) throws Exception {
    paint(pairs);
    LabelledFolder data = LabelledFolder.open(folder, 0);

    assertThatThrownBy(() -> split(data, 0))
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

    assertThatThrownBy(() -> split(data, 0))
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

    Split split = split(LabelledFolder.open(folder, 0), seed);

    assertThat(List.of(split.train().size(), split.choose().size(), split.judge().size()))
        .containsExactly(20, 10, 10);
    assertThat(split.judgeGroups()).hasSize(10).containsOnly(0);
  }

  @Test
  void aJudgeLikeNoOtherIsAGroupByItself() throws Exception {
    paint(20);

    Split split = split(LabelledFolder.open(folder, 0), 5);

    assertThat(split.judgeGroups()).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void oneSceneAndManyFramesOfAnotherTeachNothing() throws Exception {
    paint(2);
    copy("1", "2");
    LabelledFolder data = LabelledFolder.open(folder, 0);

    assertThatThrownBy(() -> split(data, 0))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("look so much alike");
  }

  @Test
  void halfOfElsewhereJudgesAndNoneChooses() throws Exception {
    paint(3);
    LabelledFolder other = elsewhere(7);

    Split halves = Split.of(LabelledFolder.open(folder, 0), List.of(other), 3).get(1);

    assertThat(halves.train()).hasSize(4);
    assertThat(halves.choose()).isEmpty();
    assertThat(halves.judge()).hasSize(3);
  }

  @Test
  void onePairOfElsewhereIsTooFew() throws Exception {
    paint(3);
    LabelledFolder data = LabelledFolder.open(folder, 0);
    LabelledFolder other = elsewhere(1);

    assertThatThrownBy(() -> Split.of(data, List.of(other), 0))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("There is one pair");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 4, 5})
  void whatLooksLikeADataPictureIsForTheSameElsewhere(long seed) throws Exception {
    paint(12);
    LabelledFolder data = LabelledFolder.open(folder, 0);
    for (int i = 0; i < 12; i++) {
      copy(folder, String.valueOf(i), elsewhere, String.valueOf(i));
    }

    List<Split> splits = Split.of(data, List.of(LabelledFolder.open(elsewhere, 0)), seed);

    assertThat(names(splits.get(1).train())).isEqualTo(names(splits.get(0).train()));
    assertThat(splits.get(1).choose()).isEmpty();
    assertThat(names(splits.get(1).judge())).isEqualTo(names(splits.get(0).judge()));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 4, 5})
  void whatLooksLikeAJudgeOfTheDataDoesNotTeachElsewhere(long seed) throws Exception {
    paint(12);
    LabelledFolder data = LabelledFolder.open(folder, 0);
    elsewhere(6);
    for (Pair judge : split(data, seed).judge()) {
      copy(folder, judge.name(), elsewhere, judge.name());
    }

    List<Split> splits = Split.of(data, List.of(LabelledFolder.open(elsewhere, 0)), seed);

    // 4 of 10 judge in the data as well, so one of its own is enough
    assertThat(splits.get(0)).isEqualTo(split(data, seed));
    assertThat(splits.get(1).train()).hasSize(5);
    assertThat(splits.get(1).judge()).hasSize(5);
    assertThat(names(splits.get(1).judge())).containsAll(names(splits.get(0).judge()));
    assertThat(splits.get(1).judgeGroups()).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void picturesOfElsewhereLookAlikeAmongFoldersToo() throws Exception {
    paint(3);
    LabelledFolder first = elsewhere(8);
    Path other = folder.resolve("other");
    for (Pair pair : first.pairs()) {
      copy(elsewhere, pair.name(), other, pair.name());
    }

    List<Split> splits =
        Split.of(LabelledFolder.open(folder, 0), List.of(first, LabelledFolder.open(other, 0)), 1);

    assertThat(names(splits.get(2).judge())).isEqualTo(names(splits.get(1).judge()));
  }

  @Test
  void elsewhereThatIsNothingButWhatTeachesInTheDataIsRefused() throws Exception {
    paint(12);
    LabelledFolder data = LabelledFolder.open(folder, 0);
    for (Pair taught : split(data, 2).train()) {
      copy(folder, taught.name(), elsewhere, taught.name());
    }
    LabelledFolder other = LabelledFolder.open(elsewhere, 0);

    assertThatThrownBy(() -> Split.of(data, List.of(other), 2))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("pictures of " + elsewhere)
        .hasMessageContaining("or so much like those of other folders");
  }

  private static Split split(LabelledFolder data, long seed) throws BadInput {
    return Split.of(data, List.of(), seed).get(0);
  }

  private static List<String> names(List<Pair> pairs) {
    return pairs.stream().map(Pair::name).sorted().toList();
  }

  private void paint(int pairs) throws Exception {
    for (int i = 0; i < pairs; i++) {
      Painted.pair(folder, String.valueOf(i), POND);
    }
  }

  /** Pictures that look like none of {@link #paint}. */
  private LabelledFolder elsewhere(int pairs) throws Exception {
    for (int i = 0; i < pairs; i++) {
      Painted.pair(elsewhere, "other" + i, POND);
    }
    return LabelledFolder.open(elsewhere, 0);
  }

  private void copy(String name, String as) throws Exception {
    copy(folder, name, folder, as);
  }

  private static void copy(Path from, String name, Path to, String as) throws Exception {
    for (String part : List.of("image", "mask")) {
      Files.createDirectories(to.resolve(part));
      Files.copy(from.resolve(part + "/" + name + ".png"), to.resolve(part + "/" + as + ".png"));
    }
  }
}
