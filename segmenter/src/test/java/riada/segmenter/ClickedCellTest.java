package riada.segmenter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import riada.mask.Mask;
import riada.onnx.Fit;
import riada.sam.Frame;
import riada.sam.Prompts.Point;

/** Pictures on an input of 128 pixels and 32 cells. */
class ClickedCellTest {
  private static final int SIDE = 32;

  @Test
  void aDiagonalLineIsCutInTheClickedCellAlone() {
    Mask mask = new Mask(256, 256); // 8 pixels a cell
    for (int i = 0; i < 256; i++) {
      mask.set(i, i);
    }
    mask.set(23, 16); // of the same cell, connected to nothing

    ClickedCell.obey(mask, frame(256, 256), SIDE, new Point(20, 20, false));

    assertThat(mask.count()).isEqualTo(256 + 1 - 8);
    assertThat(mask.get(15, 15)).isTrue();
    assertThat(mask.get(16, 16)).isFalse();
    assertThat(mask.get(23, 23)).isFalse();
    assertThat(mask.get(24, 24)).isTrue();
    assertThat(mask.get(23, 16)).isTrue();
  }

  @Test
  void aPixelThatIsAsAskedTurnsNothing() {
    Mask mask = new Mask(256, 256);

    ClickedCell.obey(mask, frame(256, 256), SIDE, new Point(20, 20, false));

    assertThat(mask.isEmpty()).isTrue();
  }

  @Test
  void aPictureSmallerThanTheCellsTurnsThePixel() {
    Mask mask = new Mask(16, 16);

    ClickedCell.obey(mask, frame(16, 16), SIDE, new Point(15.6f, 3, true));

    assertThat(mask.get(15, 3)).isTrue();
    assertThat(mask.count()).isEqualTo(1);
  }

  @Test
  void aCellOfAPictureThatCoversAPartOfTheInputHasTheSameSides() {
    Mask mask = new Mask(256, 64); // 8 pixels a cell, 8 rows of cells
    Frame frame = Frame.of(256, 64, 128, Fit.LONGEST_SIDE);

    ClickedCell.obey(mask, frame, SIDE, new Point(255, 63, true));

    assertThat(mask.count()).isEqualTo(64);
    assertThat(mask.get(248, 56)).isTrue();
  }

  private static Frame frame(int width, int height) {
    return Frame.of(width, height, 128, Fit.SQUASH);
  }
}
