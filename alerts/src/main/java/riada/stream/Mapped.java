package riada.stream;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The mapped flood of a region, with its tiles' patches in memory. Whether it reaches a limit is
 * mostly told by what is certain: the patches that are large enough by themselves, or that even all
 * together would be too small. Only between the two the patches are put together. Owned by one
 * thread.
 */
final class Mapped {
  private final long minCm2;
  private final Map<String, Contribution> tiles = new HashMap<>(); // the patches of each alone
  private long leastCm2; // in patches that are large enough whatever lies beyond their tile
  private long mostCm2; // if all that go on beyond their tile were large enough
  private long exactCm2 = -1; // -1: to be reckoned

  /**
   * @param minCm2 the least patch that counts; 0: patches are not asked for
   */
  Mapped(long minCm2) {
    this.minCm2 = minCm2;
  }

  /** Takes one contribution of a tile for another; null: there was, or is, none. */
  void replace(@Nullable Contribution before, @Nullable Contribution after) {
    if (minCm2 == 0) {
      return;
    }
    if (before != null) {
      count(before, -1);
      tiles.remove(before.getTile());
    }
    if (after != null) {
      count(after, 1);
      tiles.put(
          after.getTile(),
          Contribution.newBuilder()
              .setTile(after.getTile())
              .setMappedCm2(after.getMappedCm2())
              .addAllOpen(after.getOpenList())
              .build());
    }
    exactCm2 = -1;
  }

  private void count(Contribution tile, int sign) {
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
      exactCm2 = Patches.mappedCm2(tiles.values(), minCm2);
    }
    return exactCm2;
  }
}
