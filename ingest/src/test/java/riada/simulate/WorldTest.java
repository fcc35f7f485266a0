package riada.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.awt.image.BufferedImage;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import riada.geo.TileId;

class WorldTest {
  private static final TileId ORIGIN = new TileId(14, 8147, 6101);
  private static final int SIZE = 512;

  private final World world = new World(4, ORIGIN, 2, 2, Scenario.RISING);
  private final TileId west = world.tiles().get(2);
  private final TileId east = world.tiles().get(3);

  @Test
  void tilesMeetWithoutAnEdge() {
    // Steps between neighbouring columns: across the edge they are no larger than beside it.
    TileGround left = world.ground(west);
    TileGround right = world.ground(east);
    double across = 0;
    double beside = 0;
    for (int row = 0; row < SIZE; row++) {
      int last = row * SIZE + SIZE - 1;
      across += step(left.land[last], right.land[row * SIZE]);
      beside += step(left.land[last - 1], left.land[last]);
    }
    assertThat(across).isLessThan(1.3 * beside);
  }

  @Test
  void cloudsMeetWithoutAnEdge() {
    TilePainter painter = new TilePainter(world);
    Moment cloudy = Scenario.RISING.at(4, 0.5).under(0.55f, 0);
    Truth left = painter.truth(west, cloudy);
    Truth right = painter.truth(east, cloudy);
    int differ = 0;
    for (int row = 0; row < SIZE; row++) {
      differ += left.cloud().get(SIZE - 1, row) != right.cloud().get(0, row) ? 1 : 0;
    }
    assertThat(left.cloud().count() + right.cloud().count()).isGreaterThan(20_000);
    assertThat(differ).isLessThan(SIZE / 16);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8})
  void aFloodHangsTogetherWithTheRiver(int seed) {
    World one = new World(seed, ORIGIN, 2, 1, Scenario.RISING);
    int stage = Math.round(Scenario.peakM(seed) * 100);
    int width = 2 * SIZE;
    boolean[] wet = new boolean[width * SIZE];
    boolean[] reached = new boolean[width * SIZE];
    ArrayDeque<Integer> ahead = new ArrayDeque<>();
    int flooded = 0;
    for (int at = 0; at < wet.length; at++) {
      int level = level(one, at % width, at / width);
      wet[at] = level < stage;
      flooded += wet[at] ? 1 : 0;
      // From the river, and from the world's edge, where water comes in from outside.
      boolean edge =
          at % width == 0 || at % width == width - 1 || at < width || at >= wet.length - width;
      if (wet[at] && (level < 0 || edge)) {
        reached[at] = true;
        ahead.add(at);
      }
    }
    int found = 0;
    while (!ahead.isEmpty()) {
      int at = ahead.remove();
      found++;
      for (int step :
          new int[] {-1, 1, -width, width, -width - 1, width + 1, 1 - width, width - 1}) {
        int next = at + step;
        if (next >= 0 && next < wet.length && wet[next] && !reached[next]) {
          reached[next] = true;
          ahead.add(next);
        }
      }
    }
    // Roofs and crowns cut off puddles; no more than that.
    assertThat(found).isGreaterThan((int) (0.97 * flooded));
  }

  private static int level(World one, int x, int y) {
    return one.ground(one.tiles().get(x / SIZE)).level[y * SIZE + x % SIZE];
  }

  @Test
  void aPassAllocatesNothingForItsPixels() {
    TilePainter painter = new TilePainter(world);
    BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
    Moment moment = Scenario.CLOUD.at(4, 0.4);
    painter.paint(west, moment, image);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    long before = threads.getCurrentThreadAllocatedBytes();
    painter.paint(west, moment, image);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(allocated).isLessThan(20_000);
  }

  @Test
  void onlyItsOwnTilesArePainted() {
    assertThatThrownBy(() -> world.ground(new TileId(14, 8149, 6101)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tile 14/8149/6101 is not in this world");
  }

  @Test
  void aSpillLevelIsNeverBelowTheGround() {
    Drainage drainage = world.drainage();
    for (int y = 0; y < 2 * SIZE; y += 8) {
      for (int x = 0; x < 2 * SIZE; x += 8) {
        assertThat(drainage.spill(x, y)).isGreaterThanOrEqualTo(drainage.ground(x, y));
      }
    }
  }

  private static int step(int a, int b) {
    return Math.abs((a >> 16 & 255) - (b >> 16 & 255))
        + Math.abs((a >> 8 & 255) - (b >> 8 & 255))
        + Math.abs((a & 255) - (b & 255));
  }
}
