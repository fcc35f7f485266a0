package riada.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.sam.Prompts;
import riada.segmenter.WaterModel;

/** In processes of their own, for the crashes that this is about cannot be caught. */
class OrtTest {
  private static final Path LITE = Path.of("models/riada-lite");

  @TempDir Path folder;

  @Test
  void aLongCommandLineDoesNotKillTheProcess() throws Exception {
    Process process = start(Start.class, "x".repeat(100_000));

    process.inputReader().lines().forEach(System.out::println);

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  /** A graph that runs when the process is told to end crashed one in three. */
  @ParameterizedTest
  @CsvSource({"encoder, 1", "encoder, 2", "decoder, 1", "decoder, 2"})
  void endingWhileAGraphRunsIsNoCrash(String graph, String threads) throws Exception {
    Process process = start(Run.class, graph, threads);
    BufferedReader out = process.inputReader();
    assertThat(out.lines().anyMatch("running"::equals)).isTrue();

    process.destroy(); // SIGTERM

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(128 + 15); // the signal ended it, and nothing else
    assertThat(folder.resolve("crash")).doesNotExist();
  }

  private Process start(Class<?> main, String... arguments) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> line = new ArrayList<>(List.of(java, "-Xmx256m"));
    line.add("-XX:ErrorFile=" + folder.resolve("crash"));
    line.add(main.getName());
    line.addAll(List.of(arguments));
    ProcessBuilder command = new ProcessBuilder(line).redirectErrorStream(true);
    command.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    return command.start();
  }

  /** Runs a graph until the process ends. */
  static final class Run {
    private Run() {}

    public static void main(String[] args) throws Exception {
      try (WaterModel model = WaterModel.open(LITE, Device.Choice.CPU, Integer.parseInt(args[1]))) {
        List<Prompts> questions = List.of(model.detect().prompts());
        System.out.println("running");
        while (true) {
          if (args[0].equals("encoder")) {
            model.encode();
          } else {
            model.decode(questions);
          }
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
