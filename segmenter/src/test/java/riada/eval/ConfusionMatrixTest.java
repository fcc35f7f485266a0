package riada.eval;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import riada.mask.Mask;

class ConfusionMatrixTest {
  @Test
  void countsCellsOfEachKind() {
    ConfusionMatrix matrix = ConfusionMatrix.of(columns(0, 6), columns(4, 9));

    assertThat(matrix).isEqualTo(new ConfusionMatrix(20, 40, 30, 10));
    assertThat(matrix.iou()).isEqualTo(20 / 90.0);
    assertThat(matrix.dice()).isEqualTo(40 / 110.0);
    assertThat(matrix.precision()).isEqualTo(20 / 60.0);
    assertThat(matrix.recall()).isEqualTo(20 / 50.0);
  }

  @Test
  void countsOnlyValidCells() {
    ConfusionMatrix matrix = ConfusionMatrix.of(columns(0, 6), columns(4, 9), columns(5, 10));

    assertThat(matrix).isEqualTo(new ConfusionMatrix(10, 0, 30, 10));
  }

  @Test
  void twoEmptyMasksAgree() {
    ConfusionMatrix matrix = ConfusionMatrix.of(new Mask(10, 10), new Mask(10, 10));

    assertThat(matrix.iou()).isEqualTo(1);
    assertThat(matrix.trueNegative()).isEqualTo(100);
  }

  @Test
  void matricesAddUpToThePooledOne() {
    ConfusionMatrix pooled =
        new ConfusionMatrix(1, 2, 3, 4).plus(new ConfusionMatrix(10, 20, 30, 40));

    assertThat(pooled).isEqualTo(new ConfusionMatrix(11, 22, 33, 44));
  }

  private static Mask columns(int from, int to) {
    Mask mask = new Mask(10, 10);
    for (int y = 0; y < 10; y++) {
      mask.setRow(y, from, to);
    }
    return mask;
  }
}
