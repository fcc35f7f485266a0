package riada.stream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;
import riada.proto.MaskRuns;

/**
 * All that counts of one analysis tile: its layers of observations, its reference, the regions on
 * it. A value of its inputs alone: no order of arrival shows in it. Owned by one thread.
 */
final class TileState {
  /** How long hidden layers are kept where no region says so. */
  static final Duration DEFAULT_MAX_AGE = Duration.ofDays(7);

  private final TileId tile;
  private final TreeSet<Layer> layers = new TreeSet<>(LayerOrder.NEWEST_FIRST);
  private final SortedMap<String, RegionTile> regions = new TreeMap<>();
  private final SortedMap<String, ReferencePart> references = new TreeMap<>();

  TileState(TileId tile) {
    this.tile = tile;
  }

  void add(TileInput input) {
    switch (input.getInputCase()) {
      case LAYER -> layers.add(input.getLayer());
      case REGION -> regions.put(input.getRegion().getRegionId(), input.getRegion());
      case REFERENCE -> references.put(input.getReference().getSourceTile(), input.getReference());
      default -> throw new IllegalArgumentException("no state: " + input.getInputCase());
    }
  }

  TileId tile() {
    return tile;
  }

  /** Newest first. */
  Collection<Layer> layers() {
    return layers;
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

  /** Sensing time of the newest layer; there must be one. */
  long newestMs() {
    return layers.first().getAcquiredAtMs();
  }

  /**
   * Takes away the layers that no picture needs any more, and returns them. Needed is what is
   * younger than the largest max_age, and what was on top when that window began: so each picture
   * within the window can still be told exactly, and a flood stays until it is validly seen dry.
   */
  List<Layer> prune() {
    List<Layer> gone = new ArrayList<>();
    if (layers.isEmpty()) {
      return gone;
    }
    long from = newestMs() - maxAgeMs();
    Mask seen = new Mask(TileGrid.SIZE, TileGrid.SIZE);
    Mask valid = new Mask(TileGrid.SIZE, TileGrid.SIZE);
    for (Layer layer : layers) {
      if (layer.getAcquiredAtMs() < from) {
        fill(layer.getValid(), valid.clear());
        if (seen.covers(valid)) {
          gone.add(layer);
        }
        seen.or(valid);
      }
    }
    gone.forEach(layers::remove);
    return gone;
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
      String source = part.getSourceTile();
      int zoom = Integer.parseInt(source.substring(0, source.indexOf('/')));
      byZoom.computeIfAbsent(zoom, z -> new ArrayList<>()).add(part);
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
