package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static riada.stream.FloodDriver.cells;
import static riada.stream.FloodDriver.mask;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;
import riada.proto.Ground;
import riada.proto.Observation;
import riada.proto.RegionStats;
import riada.proto.WaterMask;

/**
 * Random histories, shuffled and with repeats, against a model in another style: cell by cell, from
 * all masks at once, with no layers, regions or sums that are carried on.
 */
class RandomHistoriesIT {
  private static final int HISTORIES = 120;
  private static final Duration MAX_AGE = Duration.ofHours(6);

  @TempDir Path dir;

  private record History(TileId tile, int[] box, List<WaterMask> masks) {}

  @Test
  void everyOrderAndRepetitionGivesTheGroundAndSumsOfTheModel() throws BadInput {
    List<History> histories = new ArrayList<>();
    for (int seed = 0; seed < HISTORIES; seed++) {
      histories.add(history(seed));
    }

    Map<String, Object> first = play(histories, 1);
    Map<String, Object> second = play(histories, 2);

    assertThat(first).isEqualTo(second);
    for (int i = 0; i < HISTORIES; i++) {
      History history = histories.get(i);
      Model model = new Model(history);
      Ground ground = (Ground) first.get(history.tile.toString());
      RegionStats stats = (RegionStats) first.get("r" + i);
      assertThat(RunLength.decode(ground.getFlood())).as("flood of %s", i).isEqualTo(model.flood);
      assertThat(RunLength.decode(ground.getStale())).as("stale of %s", i).isEqualTo(model.stale);
      assertThat(RunLength.decode(ground.getUnknown()).not()).isEqualTo(model.known);
      assertThat(List.of(stats.getFloodedCm2(), stats.getFloodedStaleCm2(), stats.getObservedCm2()))
          .as("sums of %s", i)
          .containsExactly(model.floodedCm2, model.staleCm2, model.observedCm2);
    }
  }

  /**
   * The last ground of each tile and the last figures of each region, without wall-clock stamps.
   */
  private Map<String, Object> play(List<History> histories, long seed) {
    Random random = new Random(seed);
    List<Runnable> records = new ArrayList<>();
    Map<String, Object> last = new HashMap<>();
    try (FloodDriver flood = new FloodDriver(dir.resolve("order-" + seed))) {
      for (int i = 0; i < histories.size(); i++) {
        History history = histories.get(i);
        int[] box = history.box;
        var region =
            FloodDriver.region("r" + i, cells(history.tile, box[0], box[1], box[2], box[3]));
        records.add(() -> flood.send(region.build()));
        for (WaterMask mask : history.masks) {
          for (int n = random.nextInt(10) < 3 ? 2 : 1; n > 0; n--) {
            records.add(() -> flood.send(mask));
          }
        }
      }
      Collections.shuffle(records, random);
      records.forEach(Runnable::run);
      for (Ground g : flood.ground()) {
        last.put(g.getTile(), g.toBuilder().clearMeasuredAt().clearReceivedAt().build());
      }
      for (RegionStats s : flood.stats()) {
        // State, incident and times follow the order of the news; ground and sums do not.
        last.put(
            s.getRegionId(),
            s.toBuilder()
                .clearMeasuredAt()
                .clearReceivedAt()
                .clearState()
                .clearIncidentId()
                .clearPassesBelow()
                .clearTimeliness()
                .build());
      }
    }
    return last;
  }

  /**
   * Either all within max_age and some masks processed again, or over a longer time and each mask
   * once: what a hidden layer hid beyond max_age may be forgotten when it is processed again.
   */
  private static History history(int seed) {
    Random random = new Random(seed);
    TileId tile = new TileId(14, 1000 + seed, 500 + 75 * (seed % 100));
    boolean again = random.nextBoolean();
    int spanMinutes = again ? 350 : 2000;
    List<WaterMask> masks = new ArrayList<>();
    for (int i = 2 + random.nextInt(8); i > 0; i--) {
      Duration age = Duration.ofMinutes(random.nextInt(spanMinutes));
      int versions = again ? 1 + random.nextInt(3) : 1;
      for (int version = 1; version <= versions; version++) {
        masks.add(
            mask(tile, "scene" + i, age, boxes(random), boxes(random))
                .setProcessingVersion(version)
                .build());
      }
    }
    int x = random.nextInt(400);
    int y = random.nextInt(400);
    return new History(tile, new int[] {x, y, x + 100, y + 80}, masks);
  }

  private static Mask boxes(Random random) {
    Mask mask = new Mask(512, 512);
    for (int i = random.nextInt(5); i > 0; i--) {
      int x = random.nextInt(512);
      int y = random.nextInt(512);
      for (int row = y; row < Math.min(512, y + 300); row++) {
        mask.setRow(row, x, Math.min(512, x + 300));
      }
    }
    return mask;
  }

  private static final class Model {
    final Mask flood = new Mask(512, 512);
    final Mask stale = new Mask(512, 512);
    final Mask known = new Mask(512, 512);
    long floodedCm2;
    long staleCm2;
    long observedCm2;

    Model(History history) throws BadInput {
      Map<String, WaterMask> newestVersion = new HashMap<>();
      for (WaterMask mask : history.masks) {
        newestVersion.merge(
            mask.getObservationId(),
            mask,
            (a, b) -> a.getProcessingVersion() > b.getProcessingVersion() ? a : b);
      }
      long[] seen = new long[512 * 512];
      boolean[] wet = new boolean[512 * 512];
      long asOf = 0;
      List<WaterMask> masks = new ArrayList<>(newestVersion.values());
      masks.sort(
          Comparator.comparing(WaterMask::getScene)
              .thenComparing(WaterMask::getObservationId)
              .reversed());
      for (WaterMask mask : masks) {
        long at = Observation.instant(mask.getAcquiredAt()).toEpochMilli();
        asOf = Math.max(asOf, at);
        Mask valid = RunLength.decode(mask.getValid());
        Mask water = RunLength.decode(mask.getWater());
        for (int i = 0; i < seen.length; i++) {
          if (valid.get(i % 512, i / 512)
              && at >= seen[i]) { // on a tie the smaller scene is on top
            seen[i] = at;
            wet[i] = water.get(i % 512, i / 512);
          }
        }
      }
      for (int i = 0; i < seen.length; i++) {
        boolean current = seen[i] > 0 && asOf - seen[i] <= MAX_AGE.toMillis();
        cell(history, i % 512, i / 512, current, wet[i]);
      }
    }

    private void cell(History history, int x, int y, boolean current, boolean wet) {
      int[] box = history.box;
      long area = TileGrid.cellAreaCm2(history.tile, y);
      boolean inside = x >= box[0] && x < box[2] && y >= box[1] && y < box[3];
      if (current) {
        known.set(x, y);
        observedCm2 += inside ? area : 0;
      }
      if (wet) {
        (current ? flood : stale).set(x, y);
        floodedCm2 += inside && current ? area : 0;
        staleCm2 += inside && !current ? area : 0;
      }
    }
  }
}
