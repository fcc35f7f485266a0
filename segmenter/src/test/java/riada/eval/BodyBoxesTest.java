package riada.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import riada.detect.Detection;
import riada.detect.Detection.Body;
import riada.sam.LogitPlane;
import riada.sam.Prompts;
import riada.sam.Prompts.Box;

/** On a plane of 10 x 10 cells whose area is 100, so that a cell is a hundredth of the picture. */
class BodyBoxesTest {
  private static final float DRY = -8;
  private static final float WET = 8;

  @Test
  void twoBodiesThatABridgeJoinsAreFoundAlsoApart() {
    float[] logits = dry();
    fill(logits, 0, 0, 4, 4, WET);
    fill(logits, 6, 0, 10, 4, WET);
    fill(logits, 4, 1, 6, 2, 0.3f); // probability 0.57: water at 0.5, not at 0.65

    List<Body> bodies = BodyBoxes.of(found(), plane(logits));

    assertThat(bodies)
        .extracting(Body::x0, Body::x1, Body::y1)
        .containsExactly(tuple(0, 1, 0.4), tuple(0, 0.4, 0.4), tuple(0.6, 1, 0.4));
    // 34 cells: 32 at 0.99966 and 2 at 0.57444; 0.34^0.3
    assertThat(bodies.get(0).score()).isCloseTo(0.7054f, within(1e-3f));
    // 16 cells at another level than 0.5
    assertThat(bodies.get(1).score()).isCloseTo(0.4038f, within(1e-3f));
  }

  @Test
  void aBoxOfTheDetectorStandsWhereTheMaskHasNone() {
    float[] logits = dry();
    fill(logits, 0, 0, 4, 4, WET);

    List<Body> bodies =
        BodyBoxes.of(
            found(new Body(0, 0, 0.4, 0.38, 0.9f), new Body(0.5, 0.5, 0.9, 0.9, 0.5f)),
            plane(logits));

    assertThat(bodies).hasSize(2);
    assertThat(bodies.get(0).y1()).isEqualTo(0.4); // the mask's, not the detector's beside it
    assertThat(bodies.get(1)).isEqualTo(new Body(0.5, 0.5, 0.9, 0.9, 0.05f));
  }

  @Test
  void aDryMaskHasNoBodies() {
    assertThat(BodyBoxes.of(found(), plane(dry()))).isEmpty();
  }

  private static org.assertj.core.groups.Tuple tuple(double x0, double x1, double y1) {
    return org.assertj.core.api.Assertions.tuple(x0, x1, y1);
  }

  private static Detection found(Body... boxes) {
    return new Detection(1, true, Prompts.box(new Box(0, 0, 9, 9)), List.of(boxes));
  }

  private static float[] dry() {
    float[] logits = new float[100];
    java.util.Arrays.fill(logits, DRY);
    return logits;
  }

  private static void fill(float[] logits, int x0, int y0, int x1, int y1, float value) {
    for (int y = y0; y < y1; y++) {
      java.util.Arrays.fill(logits, y * 10 + x0, y * 10 + x1, value);
    }
  }

  private static LogitPlane plane(float[] logits) {
    return LogitPlane.of(logits, 10);
  }
}
