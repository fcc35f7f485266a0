package riada.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;
import riada.mask.Mask;
import riada.onnx.Fit;
import riada.proto.BadInput;
import riada.sam.Frame;

class CoveredTest {
  @Test
  void sharesAreOfEachCell() {
    Mask water = new Mask(4, 4);
    water.setRow(0, 0, 2);
    water.set(0, 1);
    water.set(3, 3);
    Covered all = Covered.of(Frame.of(4, 4, 8, Fit.SQUASH), 2);

    float[] shares = all.shares(water);

    assertThat(shares).containsExactly(0.75f, 0, 0, 0.25f);
  }

  @Test
  void ofAPictureSmallerThanTheAnswerEachCellHasAPixel() {
    Covered all = Covered.of(Frame.of(2, 2, 8, Fit.SQUASH), 4);

    float[] shares = all.shares(Mask.full(2, 2));

    assertThat(shares).hasSize(16).containsOnly(1);
  }

  @Test
  void aWidePictureCoversTheUpperRows() {
    Mask water = new Mask(8, 4);
    water.setRow(3, 0, 4);
    Covered upper = Covered.of(Frame.of(8, 4, 16, Fit.LONGEST_SIDE), 4);

    float[] shares = upper.shares(water);

    // 4 x 2 cells of 2 x 2 pixels
    assertThat(shares).containsExactly(0, 0, 0, 0, 0.5f, 0.5f, 0, 0);
  }

  @Test
  void ofAnAnswerOnlyTheCellsOnThePictureAreTaken() throws BadInput {
    Torch.start(1);
    Covered left = Covered.of(Frame.of(2, 4, 16, Fit.LONGEST_SIDE), 4);
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray answer = manager.arange(16f).reshape(new Shape(16));

      NDArray taken = left.of(answer);

      assertThat(taken.toFloatArray()).containsExactly(0, 1, 4, 5, 8, 9, 12, 13);
    }
  }
}
