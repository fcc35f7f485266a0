package riada.stream;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import riada.geo.TileGrid;
import riada.mask.Mask;

/**
 * The sights of a tile laid over each other: a cell shows the newest in which it is valid. Measures
 * what shows, and what each sight adds to each region. Pure but for the tallies of its tile, and
 * short-lived: made for one change of the tile. From the newest down it goes no further than
 * anything can still show, and of what the sights add by themselves it reckons what the tallies do
 * not know. It keeps the masks of few sights: a tile may hold any number of layers.
 */
final class Composite {
  private static final int KEPT = 4; // sights whose masks are kept: the newest
  private static final int ALL = TileGrid.SIZE * TileGrid.SIZE;

  private final TileState state;
  private final RowAreas areas;
  private final Mask reference;
  private final List<Sight> sights; // newest first
  private final List<Clip> clips = new ArrayList<>();
  private final Mask known = blank(); // validly seen within max_age of the newest
  private final Mask flood = blank(); // where what shows is flood
  private final Cells[] kept = new Cells[KEPT];
  private final Cells other = new Cells(blank(), blank());

  /**
   * A sight's cells.
   *
   * @param valid where it saw anything
   * @param flooded water where none is normal
   */
  private record Cells(Mask valid, Mask flooded) {}

  /** A region's cells and what each sight adds to it. */
  static final class Clip {
    private final RegionTile region;
    private final Mask cells = blank();
    private final List<PassSums.Builder> passes = new ArrayList<>(); // as the sights
    private final List<Tally.Sums> sums = new ArrayList<>(); // likewise

    private Clip(RegionTile region, Tally tally, List<Sight> sights) {
      this.region = region;
      TileState.fill(region.getClip(), cells);
      for (Sight sight : sights) {
        sums.add(tally.of(sight.pass()));
        passes.add(
            PassSums.newBuilder()
                .setPublisher(sight.pass().publisher())
                .setScene(sight.pass().scene())
                .setAcquiredAtMs(sight.pass().acquiredAtMs()));
      }
    }

    RegionTile region() {
      return region;
    }

    Mask cells() {
      return cells;
    }

    /** What each sight adds, newest first. */
    List<PassSums.Builder> passes() {
      return passes;
    }
  }

  /**
   * @param reference the cells that are normally wet; not written to
   * @param regions that are measured
   */
  Composite(TileState state, RowAreas areas, Mask reference, Collection<RegionTile> regions) {
    this.state = state;
    this.areas = areas;
    this.reference = reference;
    this.sights = Sight.of(state.planes());
    regions.forEach(region -> clips.add(new Clip(region, state.tally(region), sights)));
    lookDown();
    lookAside();
    lookBack();
    for (Clip clip : clips) {
      for (int i = 0; i < sights.size(); i++) {
        Tally.Sums sums = clip.sums.get(i);
        clip.passes
            .get(i)
            .setValidCm2(sums.validCm2())
            .setWetCm2(sums.wetCm2())
            .setFloodChangeCm2(sums.changeCm2());
      }
    }
  }

  /** Newest first. */
  List<Sight> sights() {
    return sights;
  }

  /** In the order of the regions that were given. */
  List<Clip> clips() {
    return clips;
  }

  /** The cells that were validly seen within max_age of the newest; not to be written to. */
  Mask known() {
    return known;
  }

  /** The cells where what shows is flood, however old; not to be written to. */
  Mask flood() {
    return flood;
  }

  /** What shows, from the newest down until nothing can show any more. */
  private void lookDown() {
    Mask seen = blank();
    Mask part = blank();
    for (int i = 0; i < sights.size() && seen.count() < ALL; i++) {
      Cells sight = cells(i);
      part.set(sight.valid).andNot(seen); // hidden by no newer sight
      seen.or(sight.valid);
      if (state.newestMs() - sights.get(i).pass().acquiredAtMs() <= state.maxAgeMs()) {
        known.set(seen);
      }
      if (!part.isEmpty()) {
        for (Clip clip : clips) {
          clip.passes.get(i).setVisibleCm2(areas.of(part, clip.cells));
        }
        flood.or(part.and(sight.flooded));
        for (Clip clip : clips) {
          clip.passes.get(i).setFloodCm2(areas.of(part, clip.cells));
        }
      }
    }
  }

  /** What each sight saw that no newer one of its pass did. */
  private void lookAside() {
    Mask part = blank();
    Set<List<String>> asked = new HashSet<>();
    for (int i = 0; i < sights.size(); i++) {
      if (!isKnown(i, Tally.Sums::isSeenKnown)) {
        asked.add(name(i));
      }
    }
    Map<List<String>, Mask> seenByPass = passesOfManyInstants(asked);
    for (int i = 0; i < sights.size(); i++) {
      if (asked.contains(name(i))) {
        Cells sight = cells(i);
        part.set(sight.valid);
        Mask before = seenByPass.get(name(i));
        if (before != null) {
          part.andNot(before);
          before.or(sight.valid);
        }
        for (Clip clip : clips) {
          clip.sums.get(i).valid(areas.of(part, clip.cells));
        }
        part.and(sight.flooded);
        for (Clip clip : clips) {
          clip.sums.get(i).wet(areas.of(part, clip.cells));
        }
      }
    }
  }

  /** An empty mask for each pass that saw the tile more than once: only these need one. */
  private Map<List<String>, Mask> passesOfManyInstants(Set<List<String>> asked) {
    Set<List<String>> once = new HashSet<>();
    Map<List<String>, Mask> often = new HashMap<>();
    for (int i = 0; i < sights.size() && !asked.isEmpty(); i++) {
      if (!once.add(name(i)) && asked.contains(name(i))) {
        often.computeIfAbsent(name(i), pass -> blank());
      }
    }
    return often;
  }

  /** How each sight changed the whole flood, from the oldest up. */
  private void lookBack() {
    Mask shown = blank(); // flood in the picture before the sight at hand
    boolean isShown = true;
    for (int i = sights.size() - 1; i >= 0; i--) {
      if (isKnown(i, Tally.Sums::isChangeKnown)) {
        isShown = false;
        continue;
      }
      if (!isShown) {
        picture(i + 1, shown);
        isShown = true;
      }
      long[] before = new long[clips.size()];
      for (int c = 0; c < before.length; c++) {
        before[c] = areas.of(shown, clips.get(c).cells);
      }
      Cells sight = cells(i);
      shown.andNot(sight.valid).or(sight.flooded);
      for (int c = 0; c < before.length; c++) {
        clips.get(c).sums.get(i).change(areas.of(shown, clips.get(c).cells) - before[c]);
      }
    }
  }

  /** Makes {@code shown} the flood in the picture of the sights from {@code first} back. */
  private void picture(int first, Mask shown) {
    Mask seen = blank();
    Mask part = blank();
    shown.clear();
    for (int i = first; i < sights.size() && seen.count() < ALL; i++) {
      Cells sight = cells(i);
      shown.or(part.set(sight.flooded).andNot(seen));
      seen.or(sight.valid);
    }
  }

  private boolean isKnown(int sight, Predicate<Tally.Sums> known) {
    for (Clip clip : clips) {
      if (!known.test(clip.sums.get(sight))) {
        return false;
      }
    }
    return true;
  }

  private List<String> name(int sight) {
    return List.of(sights.get(sight).pass().publisher(), sights.get(sight).pass().scene());
  }

  /** Stays as it is until the next call: nobody writes there. */
  private Cells cells(int sight) {
    if (sight < KEPT && kept[sight] != null) {
      return kept[sight];
    }
    Cells cells = sight < KEPT ? new Cells(blank(), blank()) : other;
    sights.get(sight).paint(cells.valid, cells.flooded);
    cells.flooded.andNot(reference);
    if (sight < KEPT) {
      kept[sight] = cells;
    }
    return cells;
  }

  private static Mask blank() {
    return new Mask(TileGrid.SIZE, TileGrid.SIZE);
  }
}
