package riada.local;

import java.time.Instant;
import java.util.Locale;
import riada.geo.Bounds;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.proto.ModelRef;
import riada.proto.Observation;
import riada.proto.Region;
import riada.proto.WaterMask;

/** Masks that no model made and regions of whole tiles, for who tests what is made of them. */
final class TestScenes {
  /** Of a degree; no cell's centre is so near to the edge of a tile. */
  private static final double INSET = 1e-7;

  private TestScenes() {}

  /** A mask but for its water and what is valid. */
  static WaterMask.Builder mask(String publisher, String scene, TileId tile, Instant at) {
    return WaterMask.newBuilder()
        .setTile(tile.toString())
        .setObservationId(Observation.id(publisher, scene, tile, at))
        .setPublisher(publisher)
        .setScene(scene)
        .setAcquiredAt(Observation.timestamp(at))
        .setModel(ModelRef.newBuilder().setName("none").setVersion("1").setDigest("0"));
  }

  /** The rows of a tile's cells from {@code from} to before {@code to}. */
  static Mask rows(int from, int to) {
    Mask mask = new Mask(TileGrid.SIZE, TileGrid.SIZE);
    for (int row = from; row < to; row++) {
      mask.setRow(row, 0, TileGrid.SIZE);
    }
    return mask;
  }

  /**
   * A region of all the cells of a rectangle of tiles, seen where four fifths are, changed by two
   * passes; its thresholds and its max_age are yet to be set.
   */
  static Region.Builder region(String id, TileId northWest, TileId southEast) {
    Bounds first = northWest.bounds();
    Bounds last = southEast.bounds();
    String ring =
        String.format(
            Locale.ROOT,
            "[[%1$.9f,%2$.9f],[%3$.9f,%2$.9f],[%3$.9f,%4$.9f],[%1$.9f,%4$.9f],[%1$.9f,%2$.9f]]",
            first.west() + INSET,
            last.south() + INSET,
            last.east() - INSET,
            first.north() - INSET);
    return Region.newBuilder()
        .setId(id)
        .setGeometry("{\"type\":\"Polygon\",\"coordinates\":[" + ring + "]}")
        .setMinObserved(0.8)
        .setPasses(2);
  }
}
