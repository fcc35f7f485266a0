package riada.stream;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The mapped flood of a region. Whether it reaches a limit is mostly told by what is certain: the
 * patches that are large enough by themselves, or that even all together would be too small. Only
 * between the two the patches are put together. Of few patches they stay in memory for that; once
 * they are more they are read from where the contributions are kept. Owned by one thread.
 */
final class Mapped {
  /**
   * The most open patches of a region that stay in memory: about 16 MiB. Beyond them each sum that
   * is not certain reads all contributions of the region.
   */
  static final int KEPT = 65_536;

  /** Hands each contribution of the region, as they are now, to its taker. */
  interface Contributions extends Consumer<Consumer<Contribution>> {}

  private final long minCm2;
  private final Contributions contributions;
  private final int kept;
  private @Nullable Map<String, Contribution> few; // the patches alone, by tile; null: too many
  private int patches; // open ones
  private long wholeCm2; // in patches that lie within one tile and are large enough
  private long leastCm2; // in patches that are large enough whatever lies beyond their tile
  private long mostCm2; // if all that go on beyond their tile were large enough
  private long exactCm2 = -1; // -1: to be reckoned

  /**
   * @param minCm2 the least patch that counts; 0: patches are not asked for
   * @param contributions asked when the patches are too many for memory
   * @param kept the most open patches that stay in memory
   */
  Mapped(long minCm2, Contributions contributions, int kept) {
    this.minCm2 = minCm2;
    this.contributions = contributions;
    this.kept = kept;
    this.few = new HashMap<>();
  }

  /** Takes one contribution of a tile for another; null: there was, or is, none. */
  void replace(@Nullable Contribution before, @Nullable Contribution after) {
    if (minCm2 == 0) {
      return;
    }
    if (before != null) {
      count(before, -1);
    }
    if (after != null) {
      count(after, 1);
    }
    if (few != null && before != null) {
      few.remove(before.getTile());
    }
    if (few != null && after != null && after.getOpenCount() > 0) {
      few.put(after.getTile(), patchesOf(after));
    }
    few = patches > kept ? null : few;
    exactCm2 = -1;
  }

  private void count(Contribution tile, int sign) {
    patches += sign * tile.getOpenCount();
    wholeCm2 += sign * tile.getMappedCm2();
    leastCm2 += sign * tile.getMappedCm2();
    mostCm2 += sign * tile.getMappedCm2();
    for (Patch patch : tile.getOpenList()) {
      mostCm2 += sign * patch.getCm2();
      leastCm2 += patch.getCm2() >= minCm2 ? sign * patch.getCm2() : 0;
    }
  }

  /** A sum that reaches {@code limitCm2} if, and only if, the mapped flood does. */
  long cm2(long limitCm2) {
    if (Limits.reaches(leastCm2, limitCm2)) {
      return leastCm2;
    }
    if (!Limits.reaches(mostCm2, limitCm2)) {
      return mostCm2;
    }
    if (exactCm2 < 0) {
      exactCm2 = reckoned();
    }
    return exactCm2;
  }

  /** How many patches are in memory; 0 when they are too many for it. */
  int inMemory() {
    return few == null ? 0 : patches;
  }

  private long reckoned() {
    Patches.Joined joined = new Patches.Joined();
    if (few == null) {
      boolean fit = patches <= kept; // again
      Map<String, Contribution> read = new HashMap<>();
      contributions.accept(
          tile -> {
            joined.add(tile);
            if (fit && tile.getOpenCount() > 0) {
              read.put(tile.getTile(), patchesOf(tile));
            }
          });
      few = fit ? read : null;
    } else {
      few.values().forEach(joined::add);
    }
    return wholeCm2 + joined.largeCm2(minCm2);
  }

  private static Contribution patchesOf(Contribution tile) {
    return Contribution.newBuilder().setTile(tile.getTile()).addAllOpen(tile.getOpenList()).build();
  }
}
