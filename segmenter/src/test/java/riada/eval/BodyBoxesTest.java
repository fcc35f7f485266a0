package riada.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
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

  /** The training code's own boxes: see {@code detector/make.py}. */
  @ParameterizedTest
  @MethodSource("masks")
  void marksTheBodiesThatTheTrainingCodeDoes(JsonNode test) {
    Detection head = found(bodies(test.get("boxes")).toArray(Body[]::new));
    LogitPlane plane =
        LogitPlane.of(
            logits(
                test.get("seed").intValue(),
                test.get("shift").intValue(),
                test.get("block").intValue()),
            64);

    List<Body> bodies = BodyBoxes.of(head, plane);

    assertThat(bodies)
        .usingElementComparator(BodyBoxesTest::compareBoxes)
        .containsExactlyElementsOf(bodies(test.get("bodies")));
  }

  private static Stream<JsonNode> masks() throws IOException {
    JsonNode masks =
        new ObjectMapper().readTree(BodyBoxesTest.class.getResource("/detector/bodies.json"));
    return StreamSupport.stream(masks.spliterator(), false);
  }

  private static float[] logits(int seed, int shift, int block) {
    float[] logits = new float[64 * 64];
    for (int cell = 0; cell < logits.length; cell++) {
      int i = cell / 64 / block * 64 + cell % 64 / block;
      logits[cell] = ((i * 7919 + seed * 104729) % (97 + seed) - shift) / 16f;
    }
    return logits;
  }

  private static List<Body> bodies(JsonNode rows) {
    return StreamSupport.stream(rows.spliterator(), false)
        .map(
            row ->
                new Body(
                    row.get(0).doubleValue(),
                    row.get(1).doubleValue(),
                    row.get(2).doubleValue(),
                    row.get(3).doubleValue(),
                    row.get(4).floatValue()))
        .toList();
  }

  /** Boxes are to be the same; scores are sums in another order. */
  private static int compareBoxes(Body a, Body b) {
    boolean alike =
        a.x0() == b.x0()
            && a.y0() == b.y0()
            && a.x1() == b.x1()
            && a.y1() == b.y1()
            && Math.abs(a.score() - b.score()) < 1e-6;
    return alike ? 0 : 1;
  }

  /** Who changes one of the two files is told of the other. */
  @Test
  void theConstantsAreThoseOfTheTrainingCode() throws IOException {
    String training = Files.readString(Path.of("training/detector.py"));

    assertThat(training)
        .contains(
            "\nLEVELS, BODY_LEAST, BODY_POWER, OTHER_LEVEL, HEAD_SHARE, BODIES ="
                + " (0.2, 0.35, 0.5, 0.65, 0.8), 0.001, 0.3, 0.7, 0.1, 24\n",
            ", BOX_NMS = 12, 0.15, 0.5\n",
            " times OTHER_LEVEL unless the level is 0.5;");
    assertThat(BodyBoxes.LEVELS).containsExactly(0.2, 0.35, 0.5, 0.65, 0.8);
    assertThat(BodyBoxes.LEAST_AREA).isEqualTo(0.001);
    assertThat(BodyBoxes.AREA_POWER).isEqualTo(0.3);
    assertThat(BodyBoxes.OTHER_LEVEL).isEqualTo(0.7);
    assertThat(BodyBoxes.HEAD_SHARE).isEqualTo(0.1);
    assertThat(BodyBoxes.MOST).isEqualTo(24);
    assertThat(BodyBoxes.MEETS).isEqualTo(0.5);
    assertThat(BodyBoxes.MAIN_LEVEL).isEqualTo(0.5);
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
