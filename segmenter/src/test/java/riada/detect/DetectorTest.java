package riada.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import riada.sam.Prompts;
import riada.sam.Prompts.Box;
import riada.sam.Prompts.Point;

class DetectorTest {
  private static final int N = 32;
  private static final Detector DETECTOR =
      new Detector(new Detector.Settings(0.35f, 5, 0.2f, 6, 3, 0.1f, 2, 8, 12, 0.15f, 0.5), 16 * N);

  /** The training code's own answers on maps full of ties: see {@code detector/make.py}. */
  @ParameterizedTest
  @MethodSource("cases")
  void asksAsTheTrainingCodeDoes(JsonNode test) {
    Detection found =
        DETECTOR.detect(
            maps(
                test.get("seed").intValue(),
                test.get("shift").intValue(),
                test.get("block").intValue()),
            N,
            N);

    assertThat(found.hasWater()).isEqualTo(test.get("has_water").booleanValue());
    assertThat(found.prompts()).isEqualTo(prompts(test));
    assertThat(found.bodies()).hasSize(test.get("boxes").size());
    for (int i = 0; i < found.bodies().size(); i++) {
      Detection.Body body = found.bodies().get(i);
      double[] ours = {body.x0(), body.y0(), body.x1(), body.y1(), body.score()};
      for (int k = 0; k < 5; k++) {
        assertThat(ours[k]).isCloseTo(test.get("boxes").get(i).get(k).doubleValue(), within(1e-6));
      }
    }
  }

  @Test
  void aDryPictureHasNoWater() {
    Detection found = DETECTOR.detect(even(-8, -8), N, N);

    assertThat(found.hasWater()).isFalse();
    assertThat(found.largestWet()).isCloseTo(0.000335f, within(1e-6f));
    assertThat(found.bodies()).isEmpty();
  }

  @Test
  void whenAllIsDryDryPointsSpreadFromTheFirstCorner() {
    Detection found = DETECTOR.detect(even(-8, -8), N, N);

    assertThat(found.prompts())
        .isEqualTo(
            Prompts.points(
                List.of(
                    new Point(7.5f, 7.5f, false),
                    new Point(135.5f, 7.5f, false),
                    new Point(263.5f, 7.5f, false))));
  }

  @Test
  void aDoubtfulPictureIsAskedForAsAWhole() {
    Detection found = DETECTOR.detect(even(-0.5f, -8), N, N);

    assertThat(found.hasWater()).isTrue();
    assertThat(found.prompts()).isEqualTo(Prompts.box(new Box(0, 0, 511, 511)));
  }

  @Test
  void theWettestCellComesFirstAndItsNeighboursNotAtAll() {
    float[] maps = even(-0.5f, -0.5f); // neither wet nor dry
    put(maps, 10, 10, 3);
    put(maps, 10, 15, 4); // five cells away
    put(maps, 10, 16, 2); // six from the first, one from the second
    put(maps, 20, 10, 1);

    Detection found = DETECTOR.detect(maps, N, N);

    assertThat(found.prompts().points())
        .containsExactly(
            new Point(16 * 15 + 7.5f, 16 * 10 + 7.5f, true),
            new Point(16 * 10 + 7.5f, 16 * 20 + 7.5f, true));
  }

  private static void put(float[] maps, int row, int column, float logit) {
    maps[row * N + column] = logit;
    maps[N * N + row * N + column] = logit;
  }

  private static float[] even(float wet, float heat) {
    float[] maps = new float[6 * N * N];
    for (int i = 0; i < N * N; i++) {
      maps[i] = wet;
      maps[N * N + i] = heat;
    }
    return maps;
  }

  private static float[] maps(int seed, int shift, int block) {
    float[] maps = new float[6 * N * N];
    for (int p = 0; p < 6; p++) {
      for (int cell = 0; cell < N * N; cell++) {
        int i = cell / N / block * N + cell % N / block;
        int k = (i * 7919 + p * 31 + seed * 104729) % (97 + seed);
        maps[p * N * N + cell] = p < 2 ? (k - shift) / 8f : k % 64 / 128f;
      }
    }
    return maps;
  }

  static Stream<JsonNode> cases() throws IOException {
    JsonNode all =
        new ObjectMapper().readTree(DetectorTest.class.getResource("/detector/cases.json"));
    return StreamSupport.stream(all.spliterator(), false);
  }

  private static Prompts prompts(JsonNode test) {
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < test.get("labels").size(); i++) {
      int label = test.get("labels").get(i).intValue();
      if (label == 2) {
        return Prompts.box(new Box(0, 0, 511, 511));
      }
      JsonNode at = test.get("points").get(i);
      points.add(new Point(at.get(0).floatValue(), at.get(1).floatValue(), label == 1));
    }
    return Prompts.points(points);
  }
}
