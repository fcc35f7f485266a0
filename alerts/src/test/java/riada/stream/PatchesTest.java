package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import riada.mask.Mask;

class PatchesTest {
  private static final int SIDE = 1024; // two tiles by two

  /**
   * Against filling cell by cell, over the borders of four tiles; the western ones end the world.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void patchesAreThoseOfFillingCellByCell(int seed) {
    Random random = new Random(seed);
    boolean[] wet = new boolean[SIDE * SIDE];
    for (int i = 0; i < 400; i++) {
      int x = random.nextInt(SIDE);
      int y = random.nextInt(SIDE);
      int width = 1 + random.nextInt(90);
      int height = 1 + random.nextInt(30);
      for (int cell = 0; cell < width * height; cell++) {
        int column = x + cell % width;
        int row = y + cell / width;
        if (column < SIDE && row < SIDE) {
          wet[row * SIDE + column] = true;
        }
      }
    }
    long min = seed * 20_000_000L;

    long mapped = mapped(contributions(wet, min), min);

    assertThat(mapped).isEqualTo(filled(wet.clone(), min)).isPositive();
  }

  @Test
  void twoContactsOfOnePatchDoNotTouchWhatLiesBetweenThem() {
    boolean[] wet = new boolean[SIDE * SIDE];
    for (int y = 100; y < 140; y++) { // a horseshoe that opens to the border
      for (int x = 480; x < 512; x++) {
        wet[y * SIDE + x] = y < 105 || y >= 135 || x < 485;
      }
    }
    wet[120 * SIDE + 512] = true; // across the border, between its ends

    long min = 1_000_000;

    assertThat(mapped(contributions(wet, min), min)).isEqualTo(filled(wet.clone(), min));
  }

  private static long mapped(List<Contribution> tiles, long min) {
    Patches.Joined joined = new Patches.Joined();
    tiles.forEach(joined::add);
    return tiles.stream().mapToLong(Contribution::getMappedCm2).sum() + joined.largeCm2(min);
  }

  private static List<Contribution> contributions(boolean[] wet, long min) {
    List<Contribution> contributions = new ArrayList<>();
    for (int tile = 0; tile < 4; tile++) {
      Mask mask = new Mask(512, 512);
      for (int i = 0; i < 512 * 512; i++) {
        if (wet[(tile / 2 * 512 + i / 512) * SIDE + tile % 2 * 512 + i % 512]) {
          mask.set(i % 512, i / 512);
        }
      }
      Patches.Found found = Patches.of(mask, RowAreas.of(14, 5448 + tile / 2), min);
      contributions.add(
          Contribution.newBuilder()
              .setTile("14/" + (16383 + tile % 2) % 16384 + "/" + (5448 + tile / 2))
              .setMappedCm2(found.mappedCm2())
              .addAllOpen(found.open())
              .build());
    }
    return contributions;
  }

  private static long filled(boolean[] wet, long min) {
    RowAreas[] areas = {RowAreas.of(14, 5448), RowAreas.of(14, 5449)};
    long sum = 0;
    for (int start = 0; start < wet.length; start++) {
      long patch = 0;
      Deque<Integer> open = new ArrayDeque<>(List.of(start));
      while (!open.isEmpty()) {
        int cell = open.pop();
        if (cell >= 0 && cell < wet.length && wet[cell]) {
          wet[cell] = false;
          patch += areas[cell / SIDE / 512].cellCm2(cell / SIDE % 512);
          open.push(cell - SIDE);
          open.push(cell + SIDE);
          if (cell % SIDE > 0) {
            open.push(cell - 1);
          }
          if (cell % SIDE < SIDE - 1) {
            open.push(cell + 1);
          }
        }
      }
      sum += patch >= min ? patch : 0;
    }
    return sum;
  }
}
