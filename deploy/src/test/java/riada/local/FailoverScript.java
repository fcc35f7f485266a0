package riada.local;

import com.google.protobuf.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import riada.geo.Bounds;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.ModelRef;
import riada.proto.Observation;
import riada.proto.Region;
import riada.proto.WaterMask;

/**
 * Floods that come and go on a row of tiles, for as long as it is asked: one pass after the other,
 * each tile by itself. Which mask comes as the n-th depends on the seed alone.
 */
final class FailoverScript {
  static final int TILES = 12;

  /** Id of the region that looks at patches. */
  static final String PATCHES = "patches";

  private static final String PUBLISHER = "test";
  private static final int WET_PASSES = 6; // of each episode; as many dry ones follow
  private static final Instant START =
      Instant.now().minusSeconds(2 * 86_400).truncatedTo(java.time.temporal.ChronoUnit.MINUTES);

  private final Random random;
  private int next;

  FailoverScript(long seed) {
    this.random = new Random(seed);
  }

  /** The next mask: of pass n / TILES, tile n % TILES. */
  WaterMask next() {
    int tile = next % TILES;
    int pass = next / TILES;
    next++;
    boolean wet = (pass + tile) % (2 * WET_PASSES) < WET_PASSES; // not all at once
    int cloudFrom = random.nextInt(6) == 0 ? random.nextInt(TileGrid.SIZE) : TileGrid.SIZE;
    int wetTo = wet ? 100 + random.nextInt(TileGrid.SIZE - 100) : random.nextInt(4);
    Instant at = START.plusSeconds(60L * pass);
    String scene = "pass" + pass;
    return WaterMask.newBuilder()
        .setTile(tile(tile).toString())
        .setObservationId(Observation.id(PUBLISHER, scene, tile(tile), at))
        .setPublisher(PUBLISHER)
        .setScene(scene)
        .setAcquiredAt(Observation.timestamp(at))
        .setWater(RunLength.encode(rows(Math.min(wetTo, cloudFrom))))
        .setValid(RunLength.encode(rows(cloudFrom)))
        .setModel(ModelRef.newBuilder().setName("none").setVersion("1").setDigest("0"))
        .build();
  }

  /**
   * A region on each tile, one on all of them that never raises, and one on the first that looks at
   * patches. Those that raise have one tile each: over several the history hangs on which of their
   * masks comes first, and that on the partitions.
   */
  static List<Region> regions() {
    List<Region> regions = new ArrayList<>();
    for (int tile = 0; tile < TILES; tile++) {
      regions.add(region("tile" + tile, tile, tile, 1.5, 0.2));
    }
    regions.add(region("all", 0, TILES - 1, 10_000, 1));
    regions.add(region(PATCHES, 0, 0, 1, 0.2).toBuilder().setMinPatchKm2(1.5).build());
    return regions;
  }

  private static Region region(String id, int from, int to, double raiseKm2, double clearKm2) {
    Bounds west = tile(from).bounds();
    Bounds east = tile(to).bounds();
    double inset = 1e-7; // no cell's centre is so near to the edge
    String ring =
        String.format(
            Locale.ROOT,
            "[[%1$.9f,%2$.9f],[%3$.9f,%2$.9f],[%3$.9f,%4$.9f],[%1$.9f,%4$.9f],[%1$.9f,%2$.9f]]",
            west.west() + inset,
            west.south() + inset,
            east.east() - inset,
            west.north() - inset);
    return Region.newBuilder()
        .setId(id)
        .setName(id)
        .setGeometry("{\"type\":\"Polygon\",\"coordinates\":[" + ring + "]}")
        .setRaiseKm2(raiseKm2)
        .setClearKm2(clearKm2)
        .setMinObserved(0.8)
        .setPasses(2)
        .setMaxAge(Duration.newBuilder().setSeconds(1800))
        .build();
  }

  private static TileId tile(int tile) {
    return new TileId(14, 8185 + tile, 5448);
  }

  private static Mask rows(int to) {
    Mask mask = new Mask(TileGrid.SIZE, TileGrid.SIZE);
    for (int row = 0; row < to; row++) {
      mask.setRow(row, 0, TileGrid.SIZE);
    }
    return mask;
  }
}
