package riada.simulate;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;

/**
 * The flooded area according to exact masks: pixel by pixel the newest observation that saw it, as
 * plainly as it can be written. It shares nothing with the stream that it is held against but the
 * grid and the area of a cell. Not thread-safe.
 */
public final class TruthGround {
  private final List<Corner> ring;
  private final Map<TileId, Mask> references = new LinkedHashMap<>();
  private final Map<TileId, List<Layer>> layers = new LinkedHashMap<>();

  private record Layer(Instant acquiredAt, Mask water, Mask valid) {}

  /**
   * @param ring the corners of the region's polygon, at least three
   */
  public TruthGround(List<Corner> ring) {
    if (ring.size() < 3) {
      throw new IllegalArgumentException("a polygon of " + ring.size() + " corners");
    }
    this.ring = List.copyOf(ring);
  }

  /** Sets a tile's normal water; without it there is none. */
  public void reference(TileId tile, Mask wet) {
    references.put(tile, wet.copy());
  }

  /** Adds what was seen in a tile, in any order; the same again changes nothing. */
  public void observe(TileId tile, Instant acquiredAt, Mask water, Mask valid) {
    List<Layer> seen = layers.computeIfAbsent(tile, key -> new ArrayList<>());
    if (seen.stream().noneMatch(layer -> layer.acquiredAt.equals(acquiredAt))) {
      seen.add(new Layer(acquiredAt, water.copy(), valid.copy()));
    }
  }

  /** Flooded area of the region in km2 when everything that was observed counts. */
  public double floodedKm2() {
    return floodedKm2(Instant.MAX);
  }

  /** The same, of observations up to and including {@code asOf}. */
  public double floodedKm2(Instant asOf) {
    double m2 = 0;
    for (Map.Entry<TileId, List<Layer>> entry : layers.entrySet()) {
      TileId tile = entry.getKey();
      for (int row = 0; row < TileGrid.SIZE; row++) {
        double cell = TileGrid.cellAreaM2(tile, row);
        double lat = TileGrid.latitude(tile.z(), tile.y() + (row + 0.5) / TileGrid.SIZE);
        for (int column = 0; column < TileGrid.SIZE; column++) {
          double lon = TileGrid.longitude(tile.z(), tile.x() + (column + 0.5) / TileGrid.SIZE);
          if (flooded(tile, entry.getValue(), column, row, asOf) && inside(lon, lat)) {
            m2 += cell;
          }
        }
      }
    }
    return m2 / 1e6;
  }

  private boolean flooded(TileId tile, List<Layer> seen, int column, int row, Instant asOf) {
    Mask reference = references.get(tile);
    if (reference != null && reference.get(column, row)) {
      return false;
    }
    Instant newest = Instant.MIN;
    boolean wet = false;
    for (Layer layer : seen) {
      if (layer.acquiredAt.isAfter(newest)
          && !layer.acquiredAt.isAfter(asOf)
          && layer.valid.get(column, row)) {
        newest = layer.acquiredAt;
        wet = layer.water.get(column, row);
      }
    }
    return wet;
  }

  /** Whether a ray to the east crosses the ring an odd number of times. */
  private boolean inside(double lon, double lat) {
    boolean odd = false;
    Corner from = ring.get(ring.size() - 1);
    for (Corner to : ring) {
      if (from.lat() > lat != to.lat() > lat) {
        double crossing =
            from.lon() + (lat - from.lat()) / (to.lat() - from.lat()) * (to.lon() - from.lon());
        odd ^= lon < crossing;
      }
      from = to;
    }
    return odd;
  }
}
