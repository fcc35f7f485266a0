package riada.stream;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;

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

  /** Runs of flooded cells, numbered as their sets. */
  private static final class Runs {
    private int[] rows = new int[64];
    private int[] from = new int[64];
    private int[] to = new int[64]; // exclusive
    private int size;

    void add(int row, int first, int end) {
      if (size == rows.length) {
        rows = Arrays.copyOf(rows, 2 * size);
        from = Arrays.copyOf(from, 2 * size);
        to = Arrays.copyOf(to, 2 * size);
      }
      rows[size] = row;
      from[size] = first;
      to[size++] = end;
    }
  }

  /** The patches of {@code flood}, which is clipped to the region. */
  static Found of(Mask flood, RowAreas areas, long minCm2) {
    Sets sets = new Sets();
    Runs runs = new Runs();
    int first = 0; // the first run of this row
    for (int y = 0; y < TileGrid.SIZE; y++) {
      int above = first; // the first run of the row above that may reach this far
      int end = runs.size; // of the row above
      first = end;
      for (int x = flood.next(y, 0, true); x < TileGrid.SIZE; ) {
        int to = flood.next(y, x, false);
        int run = sets.add();
        runs.add(y, x, to);
        while (above < end && runs.to[above] <= x) {
          above++;
        }
        for (int i = above; i < end && runs.from[i] < to; i++) {
          sets.join(i, run);
        }
        x = flood.next(y, to, true);
      }
    }
    long[] cm2 = new long[runs.size];
    Map<Integer, Patch.Builder> open = new HashMap<>();
    for (int i = 0; i < runs.size; i++) {
      int patch = sets.find(i);
      cm2[patch] += (long) (runs.to[i] - runs.from[i]) * areas.cellCm2(runs.rows[i]);
      contacts(runs.rows[i], runs.from[i], runs.to[i], patch, open);
    }
    long mapped = 0;
    for (int i = 0; i < cm2.length; i++) {
      Patch.Builder cut = cm2[i] == 0 ? null : open.get(i);
      if (cut != null) {
        cut.setCm2(cm2[i]);
      } else if (cm2[i] >= minCm2) { // 0 for those that are not the first of their patch
        mapped += cm2[i];
      }
    }
    return new Found(mapped, open.values().stream().map(Patch.Builder::build).toList());
  }

  private static void contacts(
      int row, int from, int to, int patch, Map<Integer, Patch.Builder> open) {
    if (from == 0) {
      contact(open, patch, Patch.Side.WEST, row, row + 1);
    }
    if (to == TileGrid.SIZE) {
      contact(open, patch, Patch.Side.EAST, row, row + 1);
    }
    if (row == 0) {
      contact(open, patch, Patch.Side.NORTH, from, to);
    }
    if (row == TileGrid.SIZE - 1) {
      contact(open, patch, Patch.Side.SOUTH, from, to);
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
    Map<Border, List<Touch>> touches = new HashMap<>();
    long mapped = 0;
    for (Contribution tile : contributions) {
      mapped += tile.getMappedCm2();
      TileId id = TileStates.tileId(tile.getTile());
      for (Patch patch : tile.getOpenList()) {
        int number = sets.add();
        cm2.add(patch.getCm2());
        for (Patch.Contact contact : patch.getContactsList()) {
          meet(id, contact, number, touches, sets);
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
      TileId tile, Patch.Contact contact, int number, Map<Border, List<Touch>> touches, Sets sets) {
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

  /**
   * A side of tiles: the western one of the tile to its east, or the northern one of that below.
   */
  private record Border(boolean upright, int x, int y) {}

  private static Border border(TileId tile, boolean upright, boolean far) {
    int step = far ? 1 : 0;
    int columns = 1 << tile.z();
    return upright
        ? new Border(true, (tile.x() + step) % columns, tile.y()) // over the antimeridian too
        : new Border(false, tile.x(), tile.y() + step);
  }
}
