package riada.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final Evaluation.Scores NONE = new Evaluation.Scores(0, 0, 0, 0);

  @Test
  void whatIsBetterOnEveryPictureIsBetter() {
    Comparison comparison =
        Comparison.of(evaluation(0.2, 0.5, 0.8, 0.9), evaluation(0.3, 0.6, 0.9, 1.0), 0);

    assertThat(comparison.verdict()).isEqualTo("b");
    assertThat(comparison.differenceOfMean()).isEqualTo(0.1);
    assertThat(comparison.bBetter()).isEqualTo(4);
    assertThat(comparison.aBetter()).isZero();
  }

  @Test
  void whatWinsHereAndLosesThereIsNot() {
    Comparison comparison =
        Comparison.of(evaluation(0.2, 0.5, 0.8, 0.9), evaluation(0.3, 0.6, 0.6, 0.9), 0);

    assertThat(comparison.verdict()).isEqualTo("neither");
    assertThat(comparison.interval95().low()).isNegative();
    assertThat(comparison.interval95().high()).isPositive();
  }

  @Test
  void picturesThatLookAlikeCountOnce() {
    Evaluation before = evaluation(0.5, 0.5, 0.5, 0.5, 0.5);
    Evaluation after = evaluation(0.7, 0.7, 0.7, 0.7, 0.4);

    Comparison alike = Comparison.of(before, after, List.of(0, 0, 0, 0, 1), 0);

    assertThat(alike.differenceOfMean()).isEqualTo(0.14);
    assertThat(alike.interval95()).isEqualTo(new Bootstrap.Interval(-0.1, 0.2));
    assertThat(alike.verdict()).isEqualTo("neither");
  }

  @Test
  void otherPicturesDoNotCompare() {
    assertThatThrownBy(() -> Comparison.of(evaluation(0.2), evaluation(0.2, 0.3), 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Evaluation evaluation(double... ious) {
    List<Evaluation.PerImage> rows = new ArrayList<>();
    for (double iou : ious) {
      rows.add(
          new Evaluation.PerImage(
              "picture" + rows.size(), iou, 0, 0, 0, 0, 0, "rgb", 0, null, null, null));
    }
    return new Evaluation(
        "data",
        "detector",
        rows.size(),
        new Evaluation.Model("m", "1", "fp32", "", "cpu"),
        NONE,
        NONE,
        NONE,
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
