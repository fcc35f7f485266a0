package riada.stream;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.proto.BadInput;

/**
 * Connected flood. A patch is a set of flooded cells that hang together by their sides, over the
 * borders of tiles too, and is measured exactly; what is hidden now belongs to it as it was last
 * seen. Only patches of a region's min_patch and more count as mapped: speckle, however much of it,
 * does not.
 */
final class Patches {
  /** A tile's part: the sum of the patches that are whole and large enough, and those cut off. */
  record Found(long mappedCm2, List<Patch> open) {
    Found {
      open = List.copyOf(open);
    }
  }

  /** Sets of numbers that grow together; the smallest stands for the set. */
  private static final class Sets {
    private int[] parent = new int[64];
    private int size;

    int add() {
      if (size == parent.length) {
        parent = Arrays.copyOf(parent, 2 * size);
      }
      parent[size] = size;
      return size++;
    }

    int find(int i) {
      int root = i;
      while (parent[root] != root) {
        root = parent[root] = parent[parent[root]]; // halves the path
      }
      return root;
    }

    void join(int a, int b) {
      int rootA = find(a);
      int rootB = find(b);
      parent[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
    }
  }

  private Patches() {}

  /** The patches of {@code flood}, which is clipped to the region. */
  static Found of(Mask flood, RowAreas areas, long minCm2) {
    Sets sets = new Sets();
    List<int[]> runs = new ArrayList<>(); // [row, from, to], one for each number of the sets
    int above = 0; // the first run of the row above
    int first = 0; // the first run of this row
    for (int y = 0; y < TileGrid.SIZE; y++) {
      above = y == 0 ? 0 : first;
      first = runs.size();
      for (int x = flood.next(y, 0, true); x < TileGrid.SIZE; ) {
        int end = flood.next(y, x, false);
        int run = sets.add();
        runs.add(new int[] {y, x, end});
        for (int i = above; i < first; i++) {
          if (runs.get(i)[0] == y - 1 && runs.get(i)[1] < end && runs.get(i)[2] > x) {
            sets.join(i, run);
          }
        }
        x = flood.next(y, end, true);
      }
    }
    long[] cm2 = new long[runs.size()];
    Map<Integer, Patch.Builder> open = new HashMap<>();
    for (int i = 0; i < runs.size(); i++) {
      int[] run = runs.get(i);
      int patch = sets.find(i);
      cm2[patch] += (long) (run[2] - run[1]) * areas.cellCm2(run[0]);
      contacts(run, patch, open);
    }
    long mapped = 0;
    for (int i = 0; i < cm2.length; i++) {
      if (open.containsKey(i)) {
        open.get(i).setCm2(cm2[i]);
      } else if (cm2[i] >= minCm2) { // 0 for those that are not the first of their patch
        mapped += cm2[i];
      }
    }
    return new Found(mapped, open.values().stream().map(Patch.Builder::build).toList());
  }

  private static void contacts(int[] run, int patch, Map<Integer, Patch.Builder> open) {
    int row = run[0];
    if (run[1] == 0) {
      contact(open, patch, Patch.Side.WEST, row, row + 1);
    }
    if (run[2] == TileGrid.SIZE) {
      contact(open, patch, Patch.Side.EAST, row, row + 1);
    }
    if (row == 0) {
      contact(open, patch, Patch.Side.NORTH, run[1], run[2]);
    }
    if (row == TileGrid.SIZE - 1) {
      contact(open, patch, Patch.Side.SOUTH, run[1], run[2]);
    }
  }

  /** Adds a contact; one that goes on where another ends becomes one with it. */
  private static void contact(
      Map<Integer, Patch.Builder> open, int patch, Patch.Side side, int from, int to) {
    Patch.Builder builder = open.computeIfAbsent(patch, p -> Patch.newBuilder());
    for (Patch.Contact.Builder before : builder.getContactsBuilderList()) {
      if (before.getSide() == side && before.getTo() == from) {
        before.setTo(to);
        return;
      }
    }
    builder.addContacts(Patch.Contact.newBuilder().setSide(side).setFrom(from).setTo(to));
  }

  /** The mapped flood of a region: its tiles' whole patches, and the cut ones put together. */
  static long mappedCm2(Iterable<Contribution> contributions, long minCm2) {
    Sets sets = new Sets();
    List<Long> cm2 = new ArrayList<>();
    Map<String, List<Touch>> touches = new HashMap<>();
    long mapped = 0;
    for (Contribution tile : contributions) {
      mapped += tile.getMappedCm2();
      for (Patch patch : tile.getOpenList()) {
        int number = sets.add();
        cm2.add(patch.getCm2());
        for (Patch.Contact contact : patch.getContactsList()) {
          meet(tile.getTile(), contact, number, touches, sets);
        }
      }
    }
    Map<Integer, Long> whole = new HashMap<>();
    for (int i = 0; i < cm2.size(); i++) {
      whole.merge(sets.find(i), cm2.get(i), Long::sum);
    }
    return mapped + whole.values().stream().filter(sum -> sum >= minCm2).mapToLong(s -> s).sum();
  }

  /** Where a patch touches a border, and from which side. */
  private record Touch(int number, boolean far, Patch.Contact contact) {}

  /** Joins a patch to those that touch the same border from its other side. */
  private static void meet(
      String tile, Patch.Contact contact, int number, Map<String, List<Touch>> touches, Sets sets) {
    boolean upright = contact.getSide() == Patch.Side.EAST || contact.getSide() == Patch.Side.WEST;
    boolean far = contact.getSide() == Patch.Side.EAST || contact.getSide() == Patch.Side.SOUTH;
    List<Touch> border =
        touches.computeIfAbsent(border(tile, upright, far), b -> new ArrayList<>());
    for (Touch there : border) {
      if (there.far() != far
          && there.contact().getFrom() < contact.getTo()
          && there.contact().getTo() > contact.getFrom()) {
        sets.join(there.number(), number);
      }
    }
    border.add(new Touch(number, far, contact));
  }

  private static String border(String tile, boolean upright, boolean far) {
    TileId id;
    try {
      id = TileId.parse(tile);
    } catch (BadInput e) {
      throw new IllegalStateException("a contribution of a tile that is none", e);
    }
    int step = far ? 1 : 0;
    int columns = 1 << id.z();
    return upright
        ? "x" + (id.x() + step) % columns + "/" + id.y() // over the antimeridian too
        : "y" + id.x() + "/" + (id.y() + step);
  }
}
