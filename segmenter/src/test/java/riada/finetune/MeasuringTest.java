package riada.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.eval.Bootstrap;
import riada.eval.Evaluation;
import riada.eval.LabelledFolder;

class MeasuringTest {
  @ParameterizedTest
  @CsvSource({"5, 0.1, better", "4, 0.1, neither", "5, -0.1, worse", "4, -0.1, neither"})
  void fewerThanFiveGroupsShowNeither(int groups, double gain, String verdict) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < groups; i++) {
      numbers.add(i);
    }

    Tuned.Row row = row(numbers, gain);

    assertThat(row.verdict()).isEqualTo(verdict);
  }

  @Test
  void framesThatLookAlikeAreOneGroup() {
    Tuned.Row row = row(List.of(0, 0, 0, 0, 0, 0, 0, 0), 0.1);

    assertThat(row.images()).isEqualTo(8);
    assertThat(row.groups()).isEqualTo(1);
    assertThat(row.interval95()).isEqualTo(new Bootstrap.Interval(0.1, 0.1));
    assertThat(row.verdict()).isEqualTo("neither");
  }

  private static Tuned.Row row(List<Integer> groups, double gain) {
    LabelledFolder mine = new LabelledFolder(Path.of("mine"), false, List.of());
    Measuring.HeldOut what = new Measuring.HeldOut(mine, List.of(), groups, Optional.empty());
    return Measuring.row(
        what, evaluation(groups.size(), 0.5), evaluation(groups.size(), 0.5 + gain), 1);
  }

  private static Evaluation evaluation(int images, double iou) {
    List<Evaluation.PerImage> rows = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      rows.add(new Evaluation.PerImage("" + i, iou, 0, 0, 0, 0, 0, "rgb", 0, null, null, null));
    }
    Evaluation.Scores scores = new Evaluation.Scores(iou, 0, 0, 0);
    return new Evaluation(
        "mine",
        "detector",
        images,
        new Evaluation.Model("m", "1", "fp32", "", "cpu"),
        scores,
        scores,
        scores,
        Map.of(),
        0,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        List.of(),
        List.of(),
        0,
        rows);
  }
}
