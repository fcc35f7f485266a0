package riada.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import riada.mask.Mask;

class BoundaryScoreTest {
  @Test
  void equalMasksAgree() {
    Mask mask = WaterBodiesTest.drawn(".....", ".###.", ".###.", ".....");

    assertThat(BoundaryScore.of(mask, mask)).isEqualTo(1);
  }

  @Test
  void theFramesEdgeIsNoBoundary() {
    Mask mask = WaterBodiesTest.drawn("###..", "###..", "###..");

    assertThat(BoundaryScore.boundary(mask))
        .isEqualTo(WaterBodiesTest.drawn("..#..", "..#..", "..#.."));
  }

  @Test
  void oneCellAsideIsWithinReach() {
    Mask mask = WaterBodiesTest.drawn("##...", "##...");
    Mask truth = WaterBodiesTest.drawn("###..", "###..");

    assertThat(BoundaryScore.of(mask, truth)).isEqualTo(1);
  }

  /** One of two boundary columns is far: precision 1/2, recall 1. */
  @Test
  void aBoundaryInTheWrongPlaceCostsPrecision() {
    Mask mask = WaterBodiesTest.drawn("##......#", "##......#");
    Mask truth = WaterBodiesTest.drawn("##.......", "##.......");

    assertThat(BoundaryScore.of(mask, truth)).isCloseTo(2.0 / 3, within(1e-9));
  }

  @Test
  void nothingAgainstNothingIsPerfectAndAgainstSomethingIsWorthless() {
    Mask none = new Mask(5, 2);

    assertThat(BoundaryScore.of(none, none)).isEqualTo(1);
    assertThat(BoundaryScore.of(none, WaterBodiesTest.drawn("##...", "##..."))).isZero();
  }
}
