package riada.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import riada.detect.Detection;
import riada.mask.Mask;

/** On a frame of 100 x 100 cells: a body counts from 11 cells on and is large from 101 on. */
class DetectorScoreTest {
  @Test
  void aBoxMeetsABodyFromHalfAnOverlapOn() {
    Mask truth = frame(0, 0, 20, 20);

    // half of the body's box, and a little less
    assertThat(met(truth, box(0, 0, 20, 10, 0.9f))).containsExactly(true);
    assertThat(met(truth, box(0, 0, 20, 9, 0.9f))).containsExactly(false);
  }

  @Test
  void aBodyIsMetOnce() {
    Mask truth = frame(0, 0, 20, 20);

    assertThat(met(truth, box(0, 0, 20, 20, 0.9f), box(0, 0, 20, 18, 0.8f)))
        .containsExactly(true, false);
  }

  @Test
  void recallIsOfLargeBodiesAndSpecksDoNotCount() {
    Mask truth = frame(0, 0, 20, 20);
    truth.or(frame(40, 0, 60, 20)).or(frame(40, 40, 50, 50)).or(frame(80, 80, 85, 82));

    DetectorScore.Picture picture =
        DetectorScore.of(List.of(box(0, 0, 20, 20, 0.9f), box(40, 40, 50, 50, 0.8f)), truth);

    // 400, 400, 100 and 10 cells
    assertThat(picture.bodies()).isEqualTo(3);
    assertThat(picture.large()).isEqualTo(2);
    assertThat(picture.largeFound()).isEqualTo(1);
  }

  @Test
  void aBoxOnASpeckIsNeitherRightNorWrong() {
    Mask truth = frame(0, 0, 20, 20);
    truth.or(frame(80, 80, 85, 82)); // 10 of 10,000 cells

    assertThat(met(truth, box(0, 0, 20, 20, 0.9f), box(80, 80, 85, 82, 0.8f)))
        .containsExactly(true);
  }

  @Test
  void averagePrecisionRanksTheBoxesOfAllPictures() {
    DetectorScore.Picture first =
        new DetectorScore.Picture(List.of(found(0.9f, true), found(0.5f, true)), 2, 2, 2);
    DetectorScore.Picture second =
        new DetectorScore.Picture(List.of(found(0.8f, false), found(0.6f, true)), 2, 1, 0);

    Evaluation.DetectorFigures figures = DetectorScore.figures(List.of(first, second));

    // ranked: hit, miss, hit, hit; precision 1, 1/2, 2/3, 3/4, from the right 1, 3/4, 3/4, 3/4
    assertThat(figures).isEqualTo(new Evaluation.DetectorFigures(0.625, 0.6667, 4, 3));
  }

  @Test
  void withoutBodiesThereAreNoFigures() {
    DetectorScore.Picture dry = DetectorScore.of(List.of(), new Mask(100, 100));

    assertThat(DetectorScore.figures(List.of(dry)))
        .isEqualTo(new Evaluation.DetectorFigures(null, null, 0, 0));
  }

  private static List<Boolean> met(Mask truth, Detection.Body... boxes) {
    return DetectorScore.of(List.of(boxes), truth).found().stream()
        .map(DetectorScore.Found::meets)
        .toList();
  }

  private static DetectorScore.Found found(float score, boolean meets) {
    return new DetectorScore.Found(score, meets);
  }

  private static Detection.Body box(int x0, int y0, int x1, int y1, float score) {
    return new Detection.Body(x0 / 100.0, y0 / 100.0, x1 / 100.0, y1 / 100.0, score);
  }

  private static Mask frame(int x0, int y0, int x1, int y1) {
    Mask mask = new Mask(100, 100);
    for (int y = y0; y < y1; y++) {
      mask.setRow(y, x0, x1);
    }
    return mask;
  }
}
