package riada.local;

import com.google.protobuf.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.RunLength;
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
    return TestScenes.mask(PUBLISHER, "pass" + pass, tile(tile), at)
        .setWater(RunLength.encode(TestScenes.rows(0, Math.min(wetTo, cloudFrom))))
        .setValid(RunLength.encode(TestScenes.rows(0, cloudFrom)))
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
    return TestScenes.region(id, tile(from), tile(to))
        .setName(id)
        .setRaiseKm2(raiseKm2)
        .setClearKm2(clearKm2)
        .setMaxAge(Duration.newBuilder().setSeconds(1800))
        .build();
  }

  private static TileId tile(int tile) {
    return new TileId(14, 8185 + tile, 5448);
  }
}
