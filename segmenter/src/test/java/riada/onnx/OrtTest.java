package riada.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OrtTest {
  /** In a process of its own, for the crash that this is about cannot be caught. */
  @Test
  void aLongCommandLineDoesNotKillTheProcess() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder command =
        new ProcessBuilder(java, "-Xmx128m", Start.class.getName(), "x".repeat(100_000))
            .inheritIO();
    command.environment().put("CLASSPATH", System.getProperty("java.class.path"));

    Process process = command.start();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  /** Chooses a device and makes a tensor, which starts the runtime. */
  static final class Start {
    private Start() {}

    public static void main(String[] args) throws Exception {
      Device.choose(Device.Choice.AUTO);
      new FloatTensor(1).close();
    }
  }
}
