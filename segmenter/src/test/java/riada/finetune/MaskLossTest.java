package riada.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import riada.proto.BadInput;

/** Values worked out by hand: with ln 3 the sigmoid is 3/4. */
class MaskLossTest {
  private static final float LN3 = 1.0986123f;

  private NDManager manager;

  @BeforeEach
  void start() throws BadInput {
    Torch.start(1);
    manager = NDManager.newBaseManager();
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void crossEntropyIsTheMeanOfTheLogarithms() {
    NDArray loss = MaskLoss.crossEntropy(of(LN3, -LN3, 0, 0), of(1, 1, 0, 0.5f));

    // -ln 3/4, -ln 1/4, ln 2, ln 2
    assertThat(loss.getFloat())
        .isCloseTo(
            (float) ((Math.log(4.0 / 3) + 3 * Math.log(2) + Math.log(2)) / 4), within(1e-6f));
  }

  @Test
  void crossEntropyOfLargeLogitsIsFinite() {
    assertThat(MaskLoss.crossEntropy(of(200, -200), of(0, 1)).getFloat()).isEqualTo(200);
  }

  @Test
  void diceIsOneLessTwiceWhatBothHave() {
    NDArray loss = MaskLoss.dice(of(LN3, -LN3), of(1, 0));

    // 1 - (2 * 3/4 + 1) / (1 + 1 + 1)
    assertThat(loss.getFloat()).isCloseTo(1 - 2.5f / 3, within(1e-6f));
  }

  @Test
  void nothingIsWrongWithAnEmptyMaskOfDryGround() {
    assertThat(MaskLoss.dice(of(-100, -100), of(0, 0)).getFloat()).isZero();
  }

  @Test
  void theIouOfTheMaskIsWhatTheNetworkIsToPredict() {
    NDArray logits = of(1, 1, -1, -1);
    NDArray target = of(1, 0, 1, 0);

    assertThat(MaskLoss.trueIou(logits, target)).isEqualTo(1f / 3);
    assertThat(MaskLoss.trueIou(of(-1), of(0))).isEqualTo(1);
  }

  @Test
  void aWrongPredictionCostsATenthOfItsSquare() {
    NDArray logits = of(1, 1);
    NDArray target = of(1, 1);

    float right = MaskLoss.of(logits, of(1).get(0), target).getFloat();
    float wrong = MaskLoss.of(logits, of(0.5f).get(0), target).getFloat();

    assertThat(wrong - right).isCloseTo(0.025f, within(1e-6f));
  }

  private NDArray of(float... values) {
    return manager.create(values);
  }
}
