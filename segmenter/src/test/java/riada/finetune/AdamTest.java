package riada.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import riada.proto.BadInput;

class AdamTest {
  private NDManager manager;
  private NDArray row;

  @BeforeEach
  void start() throws BadInput {
    Torch.start(1);
    manager = NDManager.newBaseManager();
    row = manager.create(new float[] {1, 1, 1});
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void theFirstStepHasTheSizeOfTheRateWhateverTheGradient() {
    step(new Adam(manager, 3), 0.5f, -20, 0);

    assertThat(row.toFloatArray()).containsExactly(new float[] {0.9f, 1.1f, 1}, within(1e-6f));
  }

  @Test
  void theSecondStepRemembersTheFirst() {
    Adam adam = new Adam(manager, 3);

    step(adam, 1, 1, 1);
    step(adam, 1, 0, -1);

    // means 0.19, 0.09, -0.01 over 1 - 0.81; squares 0.001999, 0.000999, 0.001999 over 1 - 0.998001
    float half = (float) (0.9 - 0.1 * (0.09 / 0.19) / Math.sqrt(0.000999 / 0.001999));
    float back = (float) (0.9 + 0.1 * (0.01 / 0.19));
    assertThat(row.toFloatArray()).containsExactly(new float[] {0.8f, half, back}, within(1e-5f));
  }

  @Test
  void restoredMomentsGoOnAsIfNothingHadHappened() {
    Adam whole = new Adam(manager, 3);
    step(whole, 1, 2, 3);
    float[] between = row.toFloatArray();
    Adam second = new Adam(manager, 3);
    second.restore(whole.steps(), whole.mean(), whole.square());
    step(whole, -1, 2, 5);
    float[] expected = row.toFloatArray();
    row.set(between);

    step(second, -1, 2, 5);

    assertThat(row.toFloatArray()).isEqualTo(expected);
  }

  private void step(Adam adam, float... gradient) {
    try (NDManager scratch = manager.newSubManager()) {
      adam.step(row, manager.create(gradient), 0.1, scratch);
    }
  }
}
