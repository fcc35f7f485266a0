package riada.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import riada.proto.BadInput;
import riada.segmenter.WaterModel;

class OnnxModelTest {
  private static final Path TINY = Path.of("src/test/resources/tiny");

  @RepeatedTest(200)
  void closingWaitsForTheRunThatIsUnderWay() throws Exception {
    WaterModel model = WaterModel.open(TINY, Device.Choice.CPU, 1);
    CountDownLatch running = new CountDownLatch(3);
    FutureTask<String> runs = new FutureTask<>(() -> runUntilClosed(model, running));
    new Thread(runs, "runs").start();
    running.await();

    model.close();

    assertThat(runs.get(30, TimeUnit.SECONDS)).endsWith("encoder.onnx is closed");
  }

  private static String runUntilClosed(WaterModel model, CountDownLatch running)
      throws OrtException {
    while (true) {
      try {
        model.encode();
        running.countDown();
      } catch (IllegalStateException e) {
        return e.getMessage();
      }
    }
  }

  @Test
  void whatIsClosedRunsNoMore() throws BadInput {
    WaterModel model = WaterModel.open(TINY, Device.Choice.CPU, 1);
    model.close();

    assertThatThrownBy(model::encode)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageEndingWith("is closed");
  }
}
