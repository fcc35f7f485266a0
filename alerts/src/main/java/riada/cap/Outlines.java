package riada.cap;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import riada.geo.TileId;

/**
 * The outer outlines of tiles of one zoom. Tiles that share a side or a corner have one outline;
 * what lies in a hole is part of what is around it. Pure: each edge between a tile and none is
 * walked once, and each outline held against those that are told.
 */
final class Outlines {
  private static final int[] EAST = {1, 0, -1, 0}; // of a heading: east, south, west, north
  private static final int[] SOUTH = {0, 1, 0, -1};

  private final Map<Long, Integer> edges = new HashMap<>(); // by vertex: the headings that leave it
  private final TreeMap<Long, Integer> unwalked = new TreeMap<>(); // the same, of edges still to go

  /**
   * Where an outline turns.
   *
   * @param x,y the corner of tiles, in tiles from the north-west of the world
   * @param east,south on which side of it the outside lies, -1 or 1 each
   */
  record Corner(int x, int y, int east, int south) {}

  private Outlines(Collection<TileId> tiles) {
    Set<Long> set = new HashSet<>();
    tiles.forEach(tile -> set.add(key(tile.x(), tile.y())));
    for (TileId tile : tiles) {
      int x = tile.x();
      int y = tile.y();
      for (int heading = 0; heading < 4; heading++) { // clockwise: the tile is to the right
        int outside = (heading + 3) % 4;
        if (!set.contains(key(x + EAST[outside], y + SOUTH[outside]))) {
          int fromX = x + (heading == 1 || heading == 2 ? 1 : 0);
          int fromY = y + (heading >= 2 ? 1 : 0);
          edges.merge(key(fromX, fromY), 1 << heading, (a, b) -> a | b);
        }
      }
    }
    unwalked.putAll(edges);
  }

  /**
   * The outlines of {@code tiles}, each clockwise on a map, the largest first.
   *
   * @param most when there are more, only one more than these is told
   */
  static List<List<Corner>> of(Collection<TileId> tiles, int most) {
    Outlines outlines = new Outlines(tiles);
    List<List<Corner>> rings = new ArrayList<>();
    while (!outlines.unwalked.isEmpty()) {
      List<Corner> ring = outlines.walk();
      if (area(ring) > 0) { // a hole's runs the other way round
        rings.add(ring);
      }
    }
    rings.sort(Comparator.comparingLong(Outlines::area).reversed());
    List<List<Corner>> outer = new ArrayList<>();
    for (List<Corner> ring : rings) {
      if (outer.size() <= most && outer.stream().noneMatch(around -> holds(around, ring))) {
        outer.add(ring);
      }
    }
    return outer;
  }

  /** One outline or rim of a hole, from an edge that is still to go. */
  private List<Corner> walk() {
    long start = unwalked.firstKey();
    int first = Integer.numberOfTrailingZeros(unwalked.getOrDefault(start, 0));
    List<Corner> corners = new ArrayList<>();
    int x = (int) (start >> 32);
    int y = (int) start;
    int heading = first;
    do {
      take(key(x, y), heading);
      x += EAST[heading];
      y += SOUTH[heading];
      int next = onward(edges.getOrDefault(key(x, y), 0), heading);
      if (next != heading) {
        corners.add(
            new Corner(
                x,
                y,
                EAST[left(heading)] + EAST[left(next)],
                SOUTH[left(heading)] + SOUTH[left(next)]));
      }
      heading = next;
    } while (key(x, y) != start || heading != first);
    return corners;
  }

  private void take(long vertex, int heading) {
    int rest = unwalked.getOrDefault(vertex, 0) & ~(1 << heading);
    if (rest == 0) {
      unwalked.remove(vertex);
    } else {
      unwalked.put(vertex, rest);
    }
  }

  /** To the left where that goes: over to the tile that touches at the corner. */
  private static int onward(int headings, int heading) {
    for (int next : new int[] {left(heading), heading}) {
      if ((headings >> next & 1) != 0) {
        return next;
      }
    }
    return (heading + 1) % 4;
  }

  private static int left(int heading) {
    return (heading + 3) % 4;
  }

  /** Twice the area; negative of a rim that is walked the other way round. */
  private static long area(List<Corner> ring) {
    long sum = 0;
    for (int i = 0; i < ring.size(); i++) {
      Corner a = ring.get(i);
      Corner b = ring.get((i + 1) % ring.size());
      sum += (long) a.x * b.y - (long) b.x * a.y;
    }
    return sum;
  }

  /** Whether {@code ring}, which crosses {@code around} nowhere, lies in it. */
  private static boolean holds(List<Corner> around, List<Corner> ring) {
    Corner at = ring.get(0);
    double x = at.x - at.east * 0.5; // off every line of the grid
    double y = at.y - at.south * 0.5;
    boolean in = false;
    for (int i = 0; i < around.size(); i++) {
      Corner a = around.get(i);
      Corner b = around.get((i + 1) % around.size());
      if (a.x == b.x && a.x > x && a.y > y != b.y > y) {
        in = !in;
      }
    }
    return in;
  }

  private static long key(int x, int y) {
    return (long) x << 32 | y & 0xFFFFFFFFL;
  }
}
