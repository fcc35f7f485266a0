package riada.segmenter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.onnx.Device;
import riada.segmenter.TileWorker.State;

class WorkerHealthTest {
  private static final Device CPU = new Device("cpu", Optional.empty());
  private static final Device GPU = new Device("cuda:0", Optional.of("It is hot."));

  private final WorkerHealth health = new WorkerHealth();

  @ParameterizedTest
  @CsvSource({"11, WORKING", "12, WAITING"})
  void theBrokerIsAwayAfterTwelvePollsWithoutAConnection(int polls, State state) {
    health.polled(true, CPU);

    polledWithoutConnection(polls);

    assertThat(health.with("").state()).isEqualTo(state);
  }

  @Test
  void theFirstPollWithAConnectionShowsThatTheBrokerIsBack() {
    polledWithoutConnection(12);

    health.polled(true, CPU);

    assertThat(health.with("").state()).isEqualTo(State.WORKING);
  }

  @Test
  void anotherModelChangesTheDeviceAndNotTheState() {
    health.polled(true, CPU);

    health.runsOn(GPU);

    assertThat(health.with(""))
        .isEqualTo(
            new TileWorker.Health(
                State.WORKING, "The segmenter is working.", "cuda:0", Optional.of("It is hot.")));
  }

  @Test
  void aNoteFollowsTheWords() {
    health.stopped(CPU);

    assertThat(health.with("A model was refused.").words())
        .isEqualTo("The segmenter was stopped. A model was refused.");
  }

  private void polledWithoutConnection(int times) {
    for (int i = 0; i < times; i++) {
      health.polled(false, CPU);
    }
  }
}
