package riada.sam;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.onnx.Fit;
import riada.sam.Prompts.Box;
import riada.sam.Prompts.Point;

class FrameTest {
  /** The sizes of {@code ResizeLongestSide.get_preprocess_shape} of segment-anything 1.0. */
  @ParameterizedTest
  @CsvSource({
    "1500, 1000, 1024, 683",
    "1000, 1500, 683, 1024",
    "1024, 1024, 1024, 1024",
    "640, 427, 1024, 683",
    "3, 2, 1024, 683",
    "12000, 1, 1024, 1"
  })
  void theLongestSideFillsTheInput(int width, int height, int columns, int rows) {
    Frame frame = Frame.of(width, height, 1024, Fit.LONGEST_SIDE);

    assertThat(frame.columns()).isEqualTo(columns);
    assertThat(frame.rows()).isEqualTo(rows);
  }

  /** {@code apply_coords} multiplies by 1024 / 1500 and 683 / 1000. */
  @Test
  void segmentAnythingScalesWholeNumbers() {
    Frame frame = Frame.of(1500, 1000, 1024, Fit.LONGEST_SIDE);

    assertThat(frame.onInput(new Point(0, 0, true))).isEqualTo(new Point(0, 0, true));
    assertThat(frame.onInput(new Point(750, 500, false))).isEqualTo(new Point(512, 341.5f, false));
    assertThat(frame.onInput(new Box(0, 0, 1500, 1000))).isEqualTo(new Box(0, 0, 1024, 683));
    assertThat(frame.wetAt(0.5, 0.5)).isEqualTo(new Point(512, 341.5f, true));
  }

  @Test
  void aSquashedPictureFillsTheInputCentreOnCentre() {
    Frame frame = Frame.of(1024, 256, 512, Fit.SQUASH);

    assertThat(frame.onInput(new Point(0, 0, true))).isEqualTo(new Point(-0.25f, 0.5f, true));
    assertThat(frame.onInput(new Point(1023, 255, true)))
        .isEqualTo(new Point(511.25f, 510.5f, true));
    assertThat(frame.wetAt(0.5, 0.5)).isEqualTo(new Point(255.5f, 255.5f, true));
  }

  @Test
  void placesCanBeGivenInPixelsOfAnotherSize() {
    Frame frame = Frame.of(1500, 1000, 1024, Fit.LONGEST_SIDE).inPixelsOf(150, 100);

    assertThat(frame.onInput(new Point(75, 50, true))).isEqualTo(new Point(512, 341.5f, true));
  }
}
