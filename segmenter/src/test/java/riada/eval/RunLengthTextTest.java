package riada.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import riada.mask.Mask;
import riada.proto.BadInput;

class RunLengthTextTest {
  /** Cells are numbered down the columns: the second column is 4, 5, 6. */
  @Test
  void kaggleCountsDownTheColumnsFromOne() throws BadInput {
    Mask mask = WaterBodiesTest.drawn("#...", "#.#.", ".##.");

    assertThat(RunLengthText.kaggle(mask)).isEqualTo("1 2 6 1 8 2");
    assertThat(RunLengthText.kaggle("1 2 6 1 8 2", 4, 3)).isEqualTo(mask);
    assertThat(RunLengthText.kaggle(new Mask(4, 3))).isEmpty();
    assertThat(RunLengthText.kaggle("", 4, 3)).isEqualTo(new Mask(4, 3));
  }

  /**
   * {@code pycocotools.mask.encode(numpy.asfortranarray(mask))["counts"]} of 2.0.11 of these masks.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "empty S1",
        "full 0S1",
        "checkers 112010N00000110OO0000020O010N0000010",
        "stripes 777O0001O01O01O01O00010O00010O0001O00010O0001O01O01O01",
        "blocks U4U4[80jKlK0T40lK",
        "late k^1k^1m^10UaN"
      })
  void cocoIsAsPycocotoolsHasIt(String shape, String expected) throws BadInput {
    Mask mask = shaped(shape);

    assertThat(RunLengthText.coco(mask)).isEqualTo(expected);
    assertThat(RunLengthText.coco(expected, mask.width(), mask.height())).isEqualTo(mask);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void bothComeBackAsTheyWere(int seed) throws BadInput {
    Random random = new Random(seed);
    Mask mask = new Mask(1 + random.nextInt(90), 1 + random.nextInt(90));
    for (int i = random.nextInt(400); i > 0; i--) {
      int x = random.nextInt(mask.width());
      mask.setRow(random.nextInt(mask.height()), x, x + 1 + random.nextInt(mask.width() - x));
    }

    Mask throughKaggle =
        RunLengthText.kaggle(RunLengthText.kaggle(mask), mask.width(), mask.height());
    Mask throughCoco = RunLengthText.coco(RunLengthText.coco(mask), mask.width(), mask.height());

    assertThat(throughKaggle).isEqualTo(mask);
    assertThat(throughCoco).isEqualTo(mask);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "0 2", "1 13", "3 2 4 1", "1 x", "1 -1"})
  void kaggleTextThatDoesNotFitIsRefused(String text) {
    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> RunLengthText.kaggle(text, 4, 3))
        .withMessageStartingWith("The run lengths cannot be read: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "P", "<<", "=", "!", "\u0090"})
  void cocoTextThatDoesNotFitIsRefused(String text) {
    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> RunLengthText.coco(text, 4, 3))
        .withMessageStartingWith("The run lengths cannot be read: ");
  }

  private static Mask shaped(String shape) {
    return switch (shape) {
      case "empty" -> new Mask(7, 5);
      case "full" -> Mask.full(7, 5);
      case "checkers" -> where(8, 6, 2);
      case "stripes" -> where(9, 40, 60);
      case "blocks" -> where(3, 400, 399);
      default -> where(2, 3000, 2998);
    };
  }

  /** Cells whose number, row by row, has an odd quotient by {@code n} after {@code % (2 n + 1)}. */
  private static Mask where(int width, int height, int n) {
    Mask mask = new Mask(width, height);
    for (int i = 0; i < width * height; i++) {
      if (i % (2 * n + 1) / n % 2 == 1) {
        mask.set(i % width, i / width);
      }
    }
    return mask;
  }
}
