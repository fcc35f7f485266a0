package riada.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.onnxruntime.OrtException;
import org.junit.jupiter.api.Test;
import riada.proto.BadInput;

class DeviceTest {
  @Test
  void theCpuThatWasAskedForNeedsNoWarning() throws BadInput {
    Device device = Device.choose(Device.Choice.CPU);

    assertThat(device.name()).isEqualTo("cpu");
    assertThat(device.warning()).isEmpty();
  }

  /** Holds with a CUDA device and without. */
  @Test
  void autoWarnsExactlyWhenItFallsBack() throws BadInput {
    Device device = Device.choose(Device.Choice.AUTO);

    assertThat(device.warning().isPresent()).isEqualTo(!device.cuda());
    assertThat(device.name()).isIn("cpu", "cuda:0");
  }

  @Test
  void theWarningSaysWhyAndWhatItMeans() {
    Device device = Device.fallback(new OrtException("CUDA failure 35: driver too old\nat line 7"));

    assertThat(device.warning())
        .hasValue(
            "No CUDA device can be used (CUDA failure 35: driver too old), so tiles are segmented"
                + " on the CPU, which is several times slower.");
  }

  @Test
  void anUnknownDeviceIsRefusedWithTheKnownOnes() {
    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> Device.Choice.parse("gpu"))
        .withMessage("The device \"gpu\" is unknown; write auto, cpu or cuda.");
  }
}
