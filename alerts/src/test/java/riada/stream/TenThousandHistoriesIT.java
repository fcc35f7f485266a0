package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;
import riada.proto.Ground;
import riada.proto.MaskRuns;
import riada.proto.ModelRef;
import riada.proto.Region;

/**
 * Ten thousand random histories, in random order and with repeats, against a model in another
 * style: for each block of 64 x 64 cells the one observation is looked up that shows there, among
 * all of them at once.
 */
class TenThousandHistoriesIT {
  private static final int HISTORIES = 10_000;
  private static final int BLOCKS = 8; // along a side: masks are made of blocks
  private static final TileId TILE = new TileId(14, 8185, 5448);
  private static final RowAreas AREAS = RowAreas.of(TILE.z(), TILE.y());
  private static final long MAX_AGE = 100;

  /** One version of one observation; bit 8 y + x of water and valid is block x, y. */
  private record Seen(
      String scene, int zoom, int part, long at, int version, long water, long valid) {
    String id() {
      return scene + "/" + zoom + "/" + part;
    }
  }

  @Test
  void groundAndSumsAreThoseOfTheModelForEveryOrder() throws BadInput {
    for (int seed = 0; seed < HISTORIES; seed++) {
      Random random = new Random(seed);
      List<Seen> history = history(random);
      long clip = random.nextLong() | 1;

      List<Object> expected = model(history, clip);

      List<Seen> arrivals = new ArrayList<>(history);
      history.stream().filter(seen -> random.nextInt(10) < 3).forEach(arrivals::add);
      Collections.shuffle(arrivals, random);
      assertThat(play(arrivals, clip)).as("history %s", seed).isEqualTo(expected);
    }
  }

  /**
   * Either within max_age and with later versions, or over a longer time: see RandomHistoriesIT.
   */
  private static List<Seen> history(Random random) {
    boolean again = random.nextBoolean();
    List<Seen> history = new ArrayList<>();
    for (int scene = 1 + random.nextInt(5); scene > 0; scene--) {
      long at = 1000 + random.nextInt(again ? (int) MAX_AGE : 400);
      int zoom = 14 + random.nextInt(3);
      for (int n = 1 + random.nextInt(zoom == 14 ? 1 : 3); n > 0; n--) {
        int part = random.nextInt(1 << 2 * (zoom - 14));
        long within = part(zoom, part);
        for (int version = again ? 1 + random.nextInt(3) : 1; version > 0; version--) {
          long most = random.nextLong();
          long valid = (most | random.nextLong()) & within;
          Seen seen =
              new Seen("s" + scene, zoom, part, at, version, random.nextLong() & valid, valid);
          if (history.stream()
              .noneMatch(s -> s.id().equals(seen.id()) && s.version() == seen.version())) {
            history.add(seen);
          }
        }
      }
    }
    return history;
  }

  private static long part(int zoom, int part) {
    int side = BLOCKS >> (zoom - 14);
    int columns = 1 << (zoom - 14);
    long blocks = 0;
    for (int i = 0; i < side * side; i++) {
      int x = part % columns * side + i % side;
      int y = part / columns * side + i / side;
      blocks |= 1L << (8 * y + x);
    }
    return blocks;
  }

  private static List<Object> play(List<Seen> arrivals, long clip) throws BadInput {
    Map<String, Layer> layers = new HashMap<>();
    TileState state = new TileState(TILE);
    state.add(TileInput.newBuilder().setRegion(region(clip)).build());
    for (Seen seen : arrivals) {
      Layer layer = layer(seen);
      Layer before = layers.get(seen.id());
      if (before == null || LayerOrder.SUCCESSION.compare(layer, before) > 0) {
        layers.put(seen.id(), layer);
        Plane alone = Planes.with(TILE, null, layer, null);
        Optional<Plane> plane =
            state.planes().stream()
                .filter(p -> LayerOrder.NEWEST_FIRST.compare(p, alone) == 0)
                .findFirst();
        plane.ifPresent(state.planes()::remove);
        state.add(
            TileInput.newBuilder()
                .setPlane(Planes.with(TILE, plane.orElse(null), layer, before))
                .build());
        state.prune();
      }
    }
    GroundPicture picture = new GroundPicture(state, AREAS, state.regions());
    Ground ground = picture.ground(List.of(Layer.getDefaultInstance()), 0, 1);
    RegionState region =
        new RegionState(
            RegionDefinition.newBuilder()
                .setRegion(
                    Region.newBuilder()
                        .setMaxAge(Duration.newBuilder().setNanos((int) MAX_AGE * 1_000_000)))
                .build(),
            taker -> {}); // no patches asked for
    region.add(picture.contributions(Origin.getDefaultInstance(), plane -> List.of()).get(0));
    Figures figures = region.at(state.newestMs());
    return List.of(
        RunLength.decode(ground.getFlood()),
        RunLength.decode(ground.getStale()),
        RunLength.decode(ground.getUnknown()),
        figures.floodedCm2(),
        figures.staleCm2(),
        figures.observedCm2());
  }

  private static List<Object> model(List<Seen> history, long clip) {
    long asOf = history.stream().mapToLong(Seen::at).max().orElseThrow();
    Map<String, Seen> newest = new HashMap<>();
    for (Seen seen : history) {
      newest.merge(seen.id(), seen, (a, b) -> a.version() > b.version() ? a : b);
    }
    long flood = 0;
    long stale = 0;
    long unknown = 0;
    for (int i = 0; i < 64; i++) {
      long block = 1L << i;
      Optional<Seen> top =
          newest.values().stream()
              .filter(seen -> (seen.valid() & block) != 0)
              .min(
                  Comparator.comparingLong((Seen seen) -> -seen.at())
                      .thenComparing(Seen::scene)
                      .thenComparing(seen -> -seen.zoom()));
      boolean known = top.isPresent() && asOf - top.get().at() <= MAX_AGE;
      unknown |= known ? 0 : block;
      if (top.isPresent() && (top.get().water() & block) != 0) {
        flood |= known ? block : 0;
        stale |= known ? 0 : block;
      }
    }
    return List.of(
        mask(flood),
        mask(stale),
        mask(unknown),
        areaCm2(flood & clip),
        areaCm2(stale & clip),
        areaCm2(~unknown & clip));
  }

  private static long areaCm2(long blocks) {
    long sum = 0;
    for (int row = 0; row < 512; row++) {
      sum += 64L * Long.bitCount(blocks >>> row / 64 * 8 & 0xff) * AREAS.cellCm2(row);
    }
    return sum;
  }

  private static Mask mask(long blocks) {
    Mask mask = new Mask(512, 512);
    for (int row = 0; row < 512; row++) {
      for (int x = 0; x < BLOCKS; x++) {
        if ((blocks >>> (row / 64 * 8 + x) & 1) != 0) {
          mask.setRow(row, 64 * x, 64 * x + 64);
        }
      }
    }
    return mask;
  }

  private static MaskRuns runs(long blocks) {
    return RunLength.encode(mask(blocks));
  }

  private static RegionTile region(long clip) {
    return RegionTile.newBuilder()
        .setRegionId("r")
        .setClip(runs(clip))
        .setMaxAgeMs(MAX_AGE)
        .build();
  }

  private static Layer layer(Seen seen) {
    int levels = seen.zoom() - TILE.z();
    int columns = 1 << levels;
    TileId source = TILE.descendant(levels, seen.part() % columns, seen.part() / columns);
    return Layer.newBuilder()
        .setObservationId(seen.id())
        .setPublisher("p")
        .setScene(seen.scene())
        .setAcquiredAtMs(seen.at())
        .setProcessingVersion(seen.version())
        .setSourceTile(source.toString())
        .setModel(ModelRef.newBuilder().setDigest("d"))
        .setMaskDigest(ByteString.copyFromUtf8("" + seen.water()))
        .setWater(runs(seen.water()))
        .setValid(runs(seen.valid()))
        .build();
  }
}
