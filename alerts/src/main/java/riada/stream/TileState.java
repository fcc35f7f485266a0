package riada.stream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.EdgeCode;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;
import riada.proto.MaskRuns;

/**
 * What the picture of one analysis tile is made of: its planes of observations, its reference and
 * the regions on it. A value of its inputs alone: no order of arrival shows in it. Owned by one
 * thread.
 */
final class TileState {
  /** How long hidden layers are kept where no region says so. */
  static final Duration DEFAULT_MAX_AGE = Duration.ofDays(7);

  /**
   * The most planes of a tile. Beyond it the two oldest are folded into one, and what comes later
   * but is older than that has no place any more.
   */
  static final int MAX_PLANES = 256;

  private final TileId tile;
  private final TreeSet<Plane> planes = new TreeSet<>(LayerOrder.NEWEST_FIRST);
  private final SortedMap<String, RegionTile> regions = new TreeMap<>();
  private final SortedMap<String, ReferencePart> references = new TreeMap<>();
  private final Map<String, Tally> tallies = new HashMap<>(); // by region

  TileState(TileId tile) {
    this.tile = tile;
  }

  void add(TileInput input) {
    switch (input.getInputCase()) {
      case PLANE -> {
        planes.remove(input.getPlane()); // as it was before
        planes.add(input.getPlane());
        tallies.values().forEach(tally -> tally.forget(PassKey.of(input.getPlane())));
      }
      case REGION -> regions.put(input.getRegion().getRegionId(), input.getRegion());
      case REGION_GONE -> {
        regions.remove(input.getRegionGone());
        tallies.remove(input.getRegionGone());
      }
      case REFERENCE -> {
        references.put(input.getReference().getSourceTile(), input.getReference());
        tallies.clear();
      }
      case REFERENCE_GONE -> {
        references.remove(input.getReferenceGone());
        tallies.clear();
      }
      default -> throw new IllegalArgumentException("no state: " + input.getInputCase());
    }
  }

  /** The plane that stands where {@code alike} would. */
  @Nullable Plane plane(Plane alike) {
    Plane at = planes.ceiling(alike);
    return at != null && LayerOrder.NEWEST_FIRST.compare(at, alike) == 0 ? at : null;
  }

  /** What the sights add to {@code region}, as far as it is still known. */
  Tally tally(RegionTile region) {
    Tally known = tallies.get(region.getRegionId());
    if (known == null || !known.isOf(region)) {
      known = new Tally(region);
      tallies.put(region.getRegionId(), known);
    }
    return known;
  }

  /** About the memory that it takes, in bytes. */
  long bytes() {
    long bytes = 1000;
    for (Plane plane : planes) {
      bytes += plane.getWater().size() + plane.getValid().size() + 600 + 200L * tallies.size();
    }
    for (RegionTile region : regions.values()) {
      bytes += region.getClip().getRuns().size() + 500;
    }
    for (ReferencePart part : references.values()) {
      bytes += part.getWet().getRuns().size() + part.getKnown().getRuns().size() + 500;
    }
    return bytes;
  }

  boolean hasReference() {
    return !references.isEmpty();
  }

  TileId tile() {
    return tile;
  }

  /** Newest first. */
  Collection<Plane> planes() {
    return planes;
  }

  Collection<RegionTile> regions() {
    return regions.values();
  }

  /** The largest max_age of the regions on the tile, or {@link #DEFAULT_MAX_AGE}. */
  long maxAgeMs() {
    return regions.values().stream()
        .mapToLong(RegionTile::getMaxAgeMs)
        .max()
        .orElse(DEFAULT_MAX_AGE.toMillis());
  }

  /** Sensing time of the newest plane; there must be one. */
  long newestMs() {
    return planes.first().getAcquiredAtMs();
  }

  /** Planes that went away, and one that changed. */
  record Pruned(List<Plane> gone, @Nullable Plane folded) {}

  /**
   * Takes away the planes that no picture needs any more. Needed is what is younger than the
   * largest max_age, and what was on top when that window began: so each picture within the window
   * can still be told exactly, and a flood stays until it is validly seen dry.
   */
  Pruned prune() {
    List<Plane> gone = new ArrayList<>();
    if (planes.isEmpty()) {
      return new Pruned(gone, null);
    }
    Plane oldest = planes.last();
    for (Plane plane : planes) {
      if (plane != oldest && plane.getAcquiredAtMs() <= oldest.getFoldedUntilMs()) {
        gone.add(plane);
      }
    }
    gone.forEach(planes::remove);
    if (!gone.isEmpty()) {
      tallies.clear();
    }
    List<Plane> hidden = hidden();
    if (!hidden.isEmpty()) {
      hidden.forEach(planes::remove);
      gone.addAll(hidden);
      tallies.values().forEach(tally -> tally.forgetBefore(newestMs() - maxAgeMs()));
    }
    Plane folded = null;
    while (planes.size() > MAX_PLANES) {
      Plane older = planes.pollLast();
      Plane newer = planes.pollLast();
      folded = Planes.fold(newer, older);
      gone.add(newer);
      planes.add(folded);
      tallies.clear();
    }
    return new Pruned(gone, folded);
  }

  /** Planes before the window of which nothing showed when it began. */
  private List<Plane> hidden() {
    List<Plane> hidden = new ArrayList<>();
    long from = newestMs() - maxAgeMs();
    if (planes.last().getAcquiredAtMs() >= from) {
      return hidden;
    }
    Mask seen = new Mask(TileGrid.SIZE, TileGrid.SIZE);
    Mask valid = new Mask(TileGrid.SIZE, TileGrid.SIZE);
    for (Plane plane : planes) {
      if (plane.getAcquiredAtMs() < from) {
        EdgeCode.decode(plane.getValid(), valid.clear());
        if (seen.covers(valid)) {
          hidden.add(plane);
        }
        seen.or(valid);
      }
    }
    return hidden;
  }

  /** Where a reference tells of the ground. */
  Mask referenceKnown() {
    Mask known = new Mask(TileGrid.SIZE, TileGrid.SIZE);
    references.values().forEach(part -> fill(part.getKnown(), known));
    return known;
  }

  /** Normally wet cells: of several references the one with the finest cells decides. */
  Mask reference() {
    Mask wet = new Mask(TileGrid.SIZE, TileGrid.SIZE);
    Map<Integer, List<ReferencePart>> byZoom = new TreeMap<>();
    for (ReferencePart part : references.values()) {
      byZoom.computeIfAbsent(Planes.zoom(part.getSourceTile()), z -> new ArrayList<>()).add(part);
    }
    for (List<ReferencePart> parts : byZoom.values()) { // parts of one zoom never overlap
      for (ReferencePart part : parts) {
        erase(part.getKnown(), wet);
        fill(part.getWet(), wet);
      }
    }
    return wet;
  }

  /** The versions of the references in use, each once, in order. */
  SortedSet<String> referenceVersions() {
    return new TreeSet<>(references.values().stream().map(ReferencePart::getVersion).toList());
  }

  /** Sets in {@code mask} the cells that {@code runs}, of our own making, mark. */
  static void fill(MaskRuns runs, Mask mask) {
    try {
      RunLength.fill(runs, mask);
    } catch (BadInput e) {
      throw broken(e);
    }
  }

  /** Clears in {@code mask} the cells that {@code runs}, of our own making, mark. */
  static void erase(MaskRuns runs, Mask mask) {
    try {
      RunLength.erase(runs, mask);
    } catch (BadInput e) {
      throw broken(e);
    }
  }

  private static IllegalStateException broken(BadInput e) {
    return new IllegalStateException("a mask that an intake let pass is broken", e);
  }
}
