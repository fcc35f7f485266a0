package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A row of tiles over the antimeridian, each with some patches that reach from its western to its
 * eastern side or touch one of them, against a walk from patch to patch.
 */
class MappedTest {
  private static final int TILES = 7;
  private static final int LANES = 6; // rows of cells in which patches lie
  private static final long MIN_CM2 = 50;

  /** One patch: where it touches its tile's sides, and how large it is. */
  private record Lane(boolean west, boolean east, long cm2) {}

  private final Map<String, Contribution> kept = new HashMap<>(); // as the store would

  @ParameterizedTest
  @CsvSource({"1, 0", "2, 0", "3, 4", "4, 8", "5, 12", "6, 1000"})
  void whatStaysInMemoryDecidesNothing(int seed, int inMemory) {
    Random random = new Random(seed);
    Map<Integer, Lane[]> tiles = new HashMap<>();
    Mapped mapped = new Mapped(MIN_CM2, taker -> kept.values().forEach(taker), inMemory);
    for (int step = 0; step < 500; step++) {
      int tile = random.nextInt(TILES);
      Contribution before = kept.remove(name(tile));
      tiles.remove(tile);
      Contribution after = null;
      if (random.nextInt(5) > 0) {
        Lane[] lanes = lanes(random);
        tiles.put(tile, lanes);
        after = contribution(tile, lanes);
        kept.put(name(tile), after);
      }
      long limit = 1 + random.nextInt(900);

      mapped.replace(before, after);

      long exact = walked(tiles);
      assertThat(mapped.cm2(limit) >= limit).as("step %s", step).isEqualTo(exact >= limit);
      if (exact > 0) { // between what is certain it is the sum itself
        assertThat(mapped.cm2(exact)).isGreaterThanOrEqualTo(exact);
        assertThat(mapped.cm2(exact + 1)).isLessThanOrEqualTo(exact);
      }
      assertThat(mapped.inMemory()).isLessThanOrEqualTo(inMemory);
    }
  }

  @Test
  void whereTheLimitLiesBeyondWhatIsCertainNoPatchIsRead() {
    Mapped mapped =
        new Mapped(
            MIN_CM2,
            taker -> {
              throw new AssertionError("read in vain");
            },
            0);
    mapped.replace(null, contribution(0, new Lane[] {new Lane(true, false, 60)}));
    mapped.replace(null, contribution(1, new Lane[] {new Lane(false, true, 40)}));

    assertThat(List.of(mapped.cm2(60), mapped.cm2(101))).containsExactly(60L, 100L);
  }

  private static Lane[] lanes(Random random) {
    Lane[] lanes = new Lane[LANES];
    for (int lane = 0; lane < LANES; lane++) {
      if (random.nextInt(3) > 0) {
        lanes[lane] = new Lane(random.nextBoolean(), random.nextBoolean(), 1 + random.nextInt(60));
      }
    }
    return lanes;
  }

  private static Contribution contribution(int tile, Lane[] lanes) {
    Contribution.Builder contribution = Contribution.newBuilder().setTile(name(tile));
    for (int lane = 0; lane < lanes.length; lane++) {
      Lane one = lanes[lane];
      if (one == null) {
        continue;
      }
      if (!one.west && !one.east) {
        contribution.setMappedCm2(contribution.getMappedCm2() + (one.cm2 >= MIN_CM2 ? one.cm2 : 0));
        continue;
      }
      Patch.Builder patch = Patch.newBuilder().setCm2(one.cm2);
      if (one.west) {
        patch.addContacts(contact(Patch.Side.WEST, lane));
      }
      if (one.east) {
        patch.addContacts(contact(Patch.Side.EAST, lane));
      }
      contribution.addOpen(patch);
    }
    return contribution.build();
  }

  private static Patch.Contact.Builder contact(Patch.Side side, int lane) {
    return Patch.Contact.newBuilder().setSide(side).setFrom(10 * lane).setTo(10 * lane + 5);
  }

  private static long walked(Map<Integer, Lane[]> tiles) {
    Set<List<Integer>> seen = new HashSet<>();
    long sum = 0;
    for (int tile : tiles.keySet()) {
      for (int lane = 0; lane < LANES; lane++) {
        long patch = 0;
        Deque<List<Integer>> open = new ArrayDeque<>(List.of(List.of(tile, lane)));
        while (!open.isEmpty()) {
          List<Integer> at = open.pop();
          Lane here = lane(tiles, at.get(0), lane);
          if (here != null && seen.add(at)) {
            patch += here.cm2;
            Lane east = lane(tiles, at.get(0) + 1, lane);
            Lane west = lane(tiles, at.get(0) - 1, lane);
            if (here.east && east != null && east.west) {
              open.push(List.of(at.get(0) + 1, lane));
            }
            if (here.west && west != null && west.east) {
              open.push(List.of(at.get(0) - 1, lane));
            }
          }
        }
        sum += patch >= MIN_CM2 ? patch : 0;
      }
    }
    return sum;
  }

  private static Lane lane(Map<Integer, Lane[]> tiles, int tile, int lane) {
    Lane[] lanes = tiles.get(tile);
    return lanes == null ? null : lanes[lane];
  }

  private static String name(int tile) {
    return "14/" + (16381 + tile) % 16384 + "/5448";
  }
}
