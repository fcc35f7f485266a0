package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static riada.stream.FloodDriver.full;
import static riada.stream.FloodDriver.mask;
import static riada.stream.FloodDriver.region;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.proto.WaterMask;

/** What a tile's state takes, and what a mask costs. The figures are printed. */
class FiguresIT {
  private static final int PASSES = 100;
  private static final Duration REVISIT = Duration.ofMinutes(30);
  private static final int COST_PASSES = 8;
  private static final int ROUNDS = 3;

  @TempDir Path dir;

  private int runs; // each has a folder of its own

  /**
   * A valley of its own for each seed: smooth ground, water up to a stage, shores with some noise.
   */
  private static final class Valley {
    private final float[] ground = new float[512 * 512];
    private final float[] cloud = new float[512 * 512];
    private final Random random;

    Valley(long seed) {
      random = new Random(seed);
      waves(ground);
      waves(cloud);
    }

    private void waves(float[] field) {
      for (int wave = 0; wave < 6; wave++) {
        double length = 60 + random.nextInt(240);
        double turn = random.nextDouble() * 2 * Math.PI;
        double phase = random.nextDouble() * 6;
        for (int y = 0; y < 512; y++) {
          for (int x = 0; x < 512; x++) {
            double along = x * Math.cos(turn) + y * Math.sin(turn);
            field[y * 512 + x] += (float) Math.sin(along / length * 2 * Math.PI + phase);
          }
        }
      }
    }

    Mask water(double stage) {
      Mask water = new Mask(512, 512);
      for (int i = 0; i < ground.length; i++) {
        if (ground[i] + random.nextInt(100) * 0.0003 < stage) {
          water.set(i % 512, i / 512);
        }
      }
      return water;
    }

    Mask clear(double limit) {
      Mask clear = new Mask(512, 512);
      for (int i = 0; i < cloud.length; i++) {
        if (cloud[i] < limit) {
          clear.set(i % 512, i / 512);
        }
      }
      return clear;
    }
  }

  @Test
  void theStateOfATileAfterAHundredPassesFitsSixteenKilobytesInTheMedian() {
    int tiles = 9;
    long[] bytes = new long[tiles];
    try (FloodDriver flood = new FloodDriver(dir)) {
      for (int t = 0; t < tiles; t++) {
        TileId tile = new TileId(14, 8185 + t, 5448);
        flood.send(region("r" + t, FloodDriver.cells(tile, 0, 0, 512, 512)).build());
        Valley valley = new Valley(t);
        for (int pass = 0; pass < PASSES; pass++) {
          Mask clear = pass % 3 == 0 ? valley.clear(1 + pass % 2) : full();
          Mask water = valley.water(-1.5 + Math.sin(pass / 20.0)).and(clear);
          Duration age = REVISIT.multipliedBy(PASSES - pass);
          flood.send(mask(tile, "scene" + pass, age, water, clear).build());
        }
        bytes[t] = flood.stateBytes(tile);
      }
    }

    Arrays.sort(bytes);

    System.out.printf(
        "state of a tile after %d passes, one each %s, max_age 6 h: median %.1f kB, largest %.1f"
            + " kB%n",
        PASSES, REVISIT, bytes[tiles / 2] / 1e3, bytes[tiles - 1] / 1e3);
    assertThat(bytes[tiles / 2]).isLessThanOrEqualTo(16_000);
  }

  @Test
  void tenTimesTheTilesTakeTenTimesTheProcessor() {
    cpuSeconds(60); // loads and compiles
    double[] ratios = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      double few = 0;
      for (int i = 0; i < 5; i++) {
        few += cpuSeconds(20) / 5;
      }

      double many = cpuSeconds(200);

      ratios[round] = many / few;
      System.out.printf(
          "processor time of the process, %d passes: %.2f s for 20 tiles (%.2f ms a mask), %.2f s"
              + " for 200 (%.2f ms a mask): 10x tiles take %.2fx%n",
          COST_PASSES,
          few,
          few * 1000 / (20 * COST_PASSES),
          many,
          many * 1000 / (200 * COST_PASSES),
          ratios[round]);
    }
    Arrays.sort(ratios);

    System.out.printf("10x tiles take %.2fx processor time in the median%n", ratios[ROUNDS / 2]);
    assertThat(ratios[ROUNDS / 2]).isLessThanOrEqualTo(10.5);
  }

  /**
   * The processor time that the whole process takes for the masks of so many tiles. They lie in one
   * region together, which waits for many passes and so looks at its patches each time, and by
   * twenties in regions of their own, which raise.
   */
  private double cpuSeconds(int tiles) {
    Valley valley = new Valley(1);
    List<Mask> waters = new ArrayList<>();
    for (int pass = 0; pass < COST_PASSES; pass++) {
      waters.add(valley.water(-1 + pass * 0.05));
    }
    OperatingSystemMXBean process =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long spent = 0;
    try (FloodDriver flood = new FloodDriver(dir.resolve("run" + runs++))) {
      String all = FloodDriver.cells(tile(0), 0, 0, 20 * 512, tiles / 20 * 512);
      flood.send(region("all", all).setMinPatchKm2(0.05).setRaisePasses(50).build());
      for (int t = 0; t < tiles; t += 20) {
        flood.send(region("r" + t, FloodDriver.cells(tile(t), 0, 0, 20 * 512, 512)).build());
      }
      for (int pass = 0; pass < waters.size(); pass++) {
        List<WaterMask> masks = new ArrayList<>();
        for (int t = 0; t < tiles; t++) {
          Duration age = REVISIT.multipliedBy(waters.size() - pass);
          masks.add(mask(tile(t), "scene" + pass, age, waters.get(pass), full()).build());
        }
        long before = process.getProcessCpuTime();
        masks.forEach(flood::send);
        spent += process.getProcessCpuTime() - before;
      }
      flood.ground();
    }
    return spent / 1e9;
  }

  private static TileId tile(int t) {
    return new TileId(14, 8000 + t % 20, 5448 + t / 20);
  }
}
