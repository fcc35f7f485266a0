package riada.stream;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The sums of a region's passes as its alerts look at them: by scene what it saw, whenever it saw
 * it, and by instant how the whole flood changed. Owned by one thread.
 */
final class Scenes {
  private record Name(String publisher, String scene) {}

  private static final class Scene {
    private final Name name;
    private final NavigableMap<Long, Integer> instants =
        new TreeMap<>(); // contributions by instant
    private long lastMs; // as it stands in the order
    private long validCm2;
    private long wetCm2;

    private Scene(Name name) {
      this.name = name;
    }
  }

  private static final Comparator<Scene> NEWEST_FIRST =
      Comparator.comparingLong((Scene scene) -> scene.lastMs)
          .reversed()
          .thenComparing(scene -> scene.name.publisher)
          .thenComparing(scene -> scene.name.scene);

  private final Map<Name, Scene> byName = new HashMap<>();
  private final TreeSet<Scene> newestFirst = new TreeSet<>(NEWEST_FIRST);
  private long[] instants = new long[16]; // epoch ms, ascending
  private long[] changes = new long[16]; // of the whole flood in cm2, by instant
  private int[] contributions = new int[16]; // by instant
  private int count; // instants in use

  /** Adds a tile's sums of one pass, or takes them away. */
  void count(PassSums pass, int sign) {
    countInstant(pass.getAcquiredAtMs(), sign, sign * pass.getFloodChangeCm2());
    Name name = new Name(pass.getPublisher(), pass.getScene());
    Scene scene = byName.get(name);
    if (scene == null) {
      scene = new Scene(name);
      byName.put(name, scene);
    } else {
      newestFirst.remove(scene);
    }
    scene.validCm2 += sign * pass.getValidCm2();
    scene.wetCm2 += sign * pass.getWetCm2();
    scene.instants.merge(pass.getAcquiredAtMs(), sign, (a, b) -> a + b == 0 ? null : a + b);
    if (scene.instants.isEmpty()) {
      byName.remove(name);
    } else {
      scene.lastMs = scene.instants.lastKey();
      newestFirst.add(scene);
    }
  }

  private void countInstant(long ms, int sign, long change) {
    int at = Arrays.binarySearch(instants, 0, count, ms);
    if (at < 0) {
      at = -at - 1;
      insert(at, ms);
    }
    changes[at] += change;
    contributions[at] += sign;
    if (contributions[at] == 0) {
      count--;
      System.arraycopy(instants, at + 1, instants, at, count - at);
      System.arraycopy(changes, at + 1, changes, at, count - at);
      System.arraycopy(contributions, at + 1, contributions, at, count - at);
    }
  }

  private void insert(int at, long ms) {
    if (count == instants.length) {
      instants = Arrays.copyOf(instants, 2 * count);
      changes = Arrays.copyOf(changes, 2 * count);
      contributions = Arrays.copyOf(contributions, 2 * count);
    }
    System.arraycopy(instants, at, instants, at + 1, count - at);
    System.arraycopy(changes, at, changes, at + 1, count - at);
    System.arraycopy(contributions, at, contributions, at + 1, count - at);
    instants[at] = ms;
    changes[at] = 0;
    contributions[at] = 0;
    count++;
  }

  /** What each scene that saw anything since {@code fromMs} found, newest first. */
  List<Look> looks(long fromMs) {
    List<Look> looks = new ArrayList<>();
    long shown = 0; // in the picture of the instants before upTo
    for (int i = 0; i < count; i++) {
      shown += changes[i];
    }
    int upTo = count;
    for (Scene scene : newestFirst) {
      if (scene.lastMs < fromMs) {
        break;
      }
      while (instants[upTo - 1] > scene.lastMs) {
        shown -= changes[--upTo];
      }
      looks.add(
          new Look(
              scene.name.publisher,
              scene.name.scene,
              scene.instants.firstKey(),
              scene.lastMs,
              scene.validCm2,
              scene.wetCm2,
              shown));
    }
    return looks;
  }
}
