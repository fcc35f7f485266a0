package riada.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import riada.segmenter.WaterModel;

class OrtTest {
  private static final Path LITE = Path.of("models/riada-lite");

  @TempDir Path folder;

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

  /** As the one above; a graph that runs when the process is told to end crashed one in three. */
  @RepeatedTest(4)
  void endingWhileAGraphRunsIsNoCrash() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder command =
        new ProcessBuilder(
                java, "-Xmx256m", "-XX:ErrorFile=" + folder.resolve("crash"), Run.class.getName())
            .redirectErrorStream(true);
    command.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    Process process = command.start();
    BufferedReader out = process.inputReader();
    assertThat(out.lines().anyMatch("running"::equals)).isTrue();

    process.destroy(); // SIGTERM

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(128 + 15); // the signal ended it, and nothing else
    assertThat(folder.resolve("crash")).doesNotExist();
  }

  /** Runs a graph until the process ends. */
  static final class Run {
    private Run() {}

    public static void main(String[] args) throws Exception {
      try (WaterModel model = WaterModel.open(LITE, Device.Choice.CPU, 1)) {
        System.out.println("running");
        while (true) {
          model.encode();
        }
      }
    }
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
