package riada.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.mask.Mask;

class DistanceFieldTest {
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "7, 1, 2", "1, 9, 3", "13, 11, 4", "40, 23, 5", "40, 23, 200"})
  void distancesAreThoseOfTryingAllCells(int width, int height, int cells) {
    Random random = new Random(cells);
    Mask mask = new Mask(width, height);
    for (int i = 0; i < cells; i++) {
      mask.set(random.nextInt(width), random.nextInt(height));
    }

    long[] squared = DistanceField.squaredTo(mask);

    for (int i = 0; i < squared.length; i++) {
      assertThat(squared[i]).isEqualTo(nearest(mask, i % width, i / width));
    }
  }

  @Test
  void withoutCellsAllIsFar() {
    assertThat(DistanceField.squaredTo(new Mask(3, 2))).containsOnly(25);
  }

  private static long nearest(Mask mask, int x, int y) {
    long nearest = Long.MAX_VALUE;
    for (int v = 0; v < mask.height(); v++) {
      for (int u = 0; u < mask.width(); u++) {
        if (mask.get(u, v)) {
          nearest = Math.min(nearest, (long) (x - u) * (x - u) + (long) (y - v) * (y - v));
        }
      }
    }
    return nearest;
  }
}
