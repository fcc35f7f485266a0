package riada.eval;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import riada.mask.Mask;

class WaterBodiesTest {
  @Test
  void cornersConnect() {
    Mask mask = drawn("##...", "..#..", "....#");

    WaterBodies bodies = new WaterBodies(mask);

    assertThat(bodies.largestFirst())
        .containsExactly(
            new WaterBodies.Body(1, 3, 0, 0, 3, 2), new WaterBodies.Body(2, 1, 4, 2, 5, 3));
    assertThat(bodies.cells(bodies.largestFirst().get(0)))
        .isEqualTo(drawn("##...", "..#..", "....."));
  }

  @Test
  void thePoleIsFarthestFromTheShore() {
    Mask mask = drawn(".........", ".#######.", ".#######.", ".#######.", ".........");
    mask.set(1, 4);

    WaterBodies bodies = new WaterBodies(mask);

    assertThat(bodies.pole(bodies.largestFirst().get(0))).isEqualTo(new WaterBodies.Cell(2, 2));
  }

  @Test
  void theEdgeOfTheFrameIsAShore() {
    Mask full = Mask.full(5, 5);

    WaterBodies bodies = new WaterBodies(full);

    assertThat(bodies.pole(bodies.largestFirst().get(0))).isEqualTo(new WaterBodies.Cell(2, 2));
  }

  @Test
  void aHoleIsAShoreToo() {
    Mask mask = Mask.full(9, 5);
    mask.clear(2, 2);

    WaterBodies bodies = new WaterBodies(mask);

    assertThat(bodies.pole(bodies.largestFirst().get(0))).isEqualTo(new WaterBodies.Cell(5, 2));
  }

  @Test
  void dryLandHasNoBodies() {
    assertThat(new WaterBodies(new Mask(4, 4)).largestFirst()).isEmpty();
  }

  static Mask drawn(String... rows) {
    Mask mask = new Mask(rows[0].length(), rows.length);
    for (int y = 0; y < rows.length; y++) {
      for (int x = 0; x < rows[y].length(); x++) {
        if (rows[y].charAt(x) == '#') {
          mask.set(x, y);
        }
      }
    }
    return mask;
  }
}
