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

  /**
   * The open patches of a region put together, tile by tile in any order. Of a patch it keeps
   * twelve bytes and its contacts, and forgets the contacts of a border once both its tiles were
   * there.
   */
  static final class Joined {
    private final Sets sets = new Sets();
    private long[] cm2 = new long[64];
    private final Map<Border, List<Touch>> touches = new HashMap<>();

    /** Takes the open patches of a tile: each tile once. */
    void add(Contribution tile) {
      if (tile.getOpenCount() == 0) {
        return;
      }
      TileId id = TileStates.tileId(tile.getTile());
      Map<Border, List<Touch>> own = new HashMap<>();
      for (Patch patch : tile.getOpenList()) {
        int number = sets.add();
        if (number == cm2.length) {
          cm2 = Arrays.copyOf(cm2, 2 * number);
        }
        cm2[number] = patch.getCm2();
        for (Patch.Contact contact : patch.getContactsList()) {
          Border border = border(id, contact.getSide());
          own.computeIfAbsent(border, b -> new ArrayList<>()).add(new Touch(number, contact));
        }
      }
      own.forEach(this::meet);
    }

    /** Joins the patches of one tile to those that touch the same border from its other side. */
    private void meet(Border border, List<Touch> own) {
      List<Touch> others = touches.remove(border);
      if (others == null) {
        touches.put(border, own);
        return;
      }
      for (Touch here : own) {
        for (Touch there : others) {
          if (there.contact().getFrom() < here.contact().getTo()
              && there.contact().getTo() > here.contact().getFrom()) {
            sets.join(there.number(), here.number());
          }
        }
      }
    }

    /** The sum of those that are at least {@code minCm2} large together. */
    long largeCm2(long minCm2) {
      long[] whole = new long[sets.size];
      for (int i = 0; i < sets.size; i++) {
        whole[sets.find(i)] += cm2[i];
      }
      return Arrays.stream(whole).filter(sum -> sum >= minCm2).sum();
    }
  }

  /** Where a patch touches a border. */
  private record Touch(int number, Patch.Contact contact) {}

  /**
   * A side of tiles: the western one of the tile to its east, or the northern one of that below.
   */
  private record Border(boolean upright, int x, int y) {}

  private static Border border(TileId tile, Patch.Side side) {
    boolean upright = side == Patch.Side.EAST || side == Patch.Side.WEST;
    int step = side == Patch.Side.EAST || side == Patch.Side.SOUTH ? 1 : 0;
    int columns = 1 << tile.z();
    return upright
        ? new Border(true, (tile.x() + step) % columns, tile.y()) // over the antimeridian too
        : new Border(false, tile.x(), tile.y() + step);
  }
}
