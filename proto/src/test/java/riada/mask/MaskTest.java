package riada.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskTest {
  @ParameterizedTest
  @CsvSource({"1, 1", "63, 2", "64, 3", "65, 5", "512, 512", "4096, 1", "1, 4096"})
  void countsItsCells(int width, int height) {
    Mask full = Mask.full(width, height);

    assertThat(full.count()).isEqualTo(width * height);
    assertThat(full.countRow(height - 1)).isEqualTo(width);
    assertThat(full.not()).isEqualTo(new Mask(width, height));
    assertThat(full.not().isEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 0", "-1, 5", "4097, 1", "1, 4097"})
  void refusesSidesOutOfRange(int width, int height) {
    assertThatThrownBy(() -> new Mask(width, height))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sides are 1..4096");
  }

  /** Against a plain array of booleans. */
  @Test
  void doesWithBitsWhatSetsDo() {
    Random random = new Random(17);
    for (int i = 0; i < 200; i++) {
      int width = 1 + random.nextInt(200);
      int height = 1 + random.nextInt(20);
      boolean[][] a = random(random, width, height);
      boolean[][] b = random(random, width, height);
      Mask and = mask(a).and(mask(b));
      Mask or = mask(a).or(mask(b));
      Mask andNot = mask(a).andNot(mask(b));
      Mask not = mask(a).not();
      int wet = 0;
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          assertThat(and.get(x, y)).isEqualTo(a[y][x] && b[y][x]);
          assertThat(or.get(x, y)).isEqualTo(a[y][x] || b[y][x]);
          assertThat(andNot.get(x, y)).isEqualTo(a[y][x] && !b[y][x]);
          assertThat(not.get(x, y)).isEqualTo(!a[y][x]);
          wet += a[y][x] ? 1 : 0;
        }
        assertThat(mask(a).countRow(y, mask(b))).isEqualTo(and.countRow(y));
      }
      assertThat(or.covers(and)).isTrue();
      assertThat(mask(a).covers(mask(b))).isEqualTo(mask(b).andNot(mask(a)).isEmpty());
      assertThat(mask(a).set(mask(b))).isEqualTo(mask(b));
      assertThat(mask(a).clear().isEmpty()).isTrue();
      assertThat(mask(a).count()).isEqualTo(wet);
      assertThat(mask(a).count() + not.count()).isEqualTo(width * height);
    }
  }

  @Test
  void setsARangeOfARow() {
    Random random = new Random(23);
    for (int i = 0; i < 500; i++) {
      int width = 1 + random.nextInt(300);
      int from = random.nextInt(width + 1);
      int to = random.nextInt(width + 1);
      Mask mask = new Mask(width, 3);
      mask.setRow(1, from, to);

      assertThat(mask.countRow(1)).isEqualTo(Math.max(0, to - from));
      assertThat(mask.count()).isEqualTo(mask.countRow(1));
      for (int x = from; x < to; x++) {
        assertThat(mask.get(x, 1)).isTrue();
      }
    }
  }

  @Test
  void clearsOneCell() {
    Mask mask = Mask.full(65, 2);
    mask.clear(64, 1);

    assertThat(mask.count()).isEqualTo(129);
    assertThat(mask.get(64, 1)).isFalse();
  }

  @Test
  void aCopyIsItsOwn() {
    Mask mask = new Mask(10, 10);
    Mask copy = mask.copy();
    copy.set(3, 3);

    assertThat(mask.isEmpty()).isTrue();
    assertThat(copy).isNotEqualTo(mask);
    assertThat(mask).hasSameHashCodeAs(new Mask(10, 10)).isEqualTo(new Mask(10, 10));
    assertThat(mask).isNotEqualTo(new Mask(10, 11));
  }

  @Test
  void failsLoudlyOutsideItself() {
    Mask mask = new Mask(70, 4); // a row is two words: column 70 would be a bit of the second

    assertThatThrownBy(() -> mask.set(70, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> mask.get(-1, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> mask.clear(0, 4)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> mask.set(0, -1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> mask.setRow(0, 0, 71)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> mask.and(new Mask(70, 5))).hasMessageContaining("do not meet");
    assertThat(mask.isEmpty()).isTrue();
  }

  private static boolean[][] random(Random random, int width, int height) {
    boolean[][] cells = new boolean[height][width];
    for (boolean[] row : cells) {
      for (int x = 0; x < width; x++) {
        row[x] = random.nextBoolean();
      }
    }
    return cells;
  }

  private static Mask mask(boolean[][] cells) {
    Mask mask = new Mask(cells[0].length, cells.length);
    for (int y = 0; y < cells.length; y++) {
      for (int x = 0; x < cells[y].length; x++) {
        if (cells[y][x]) {
          mask.set(x, y);
        }
      }
    }
    return mask;
  }
}
