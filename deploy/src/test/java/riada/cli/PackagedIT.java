package riada.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged program as a shell starts it: its exit status, and that a signal ends all of it. */
@Timeout(120)
class PackagedIT {
  private static final Path RIADA = Path.of("target", "riada", "bin", "riada");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | --version",
        "0 | serve --help",
        "2 | serve",
        "2 | serve dashboard --port 70000",
        "2 | publish good.png --dry-run",
        "0 | publish good.png --publisher p --bounds=0.1,45.0,0.2,45.1 --dry-run",
        "3 | publish text.png --publisher p --bounds=0.1,45.0,0.2,45.1 --dry-run",
        "3 | publish none.png --publisher p --bounds=0.1,45.0,0.2,45.1 --dry-run",
        "3 | publish good.png --publisher p --bounds=0.2,45.0,0.1,45.1 --dry-run",
        "3 | segment good.png --model nowhere --out mask.png"
      })
  void theExitStatusTellsWhatBecameOfACommand(int status, String line) throws Exception {
    ImageIO.write(
        new BufferedImage(300, 300, BufferedImage.TYPE_INT_RGB),
        "png",
        folder.resolve("good.png").toFile());
    Files.writeString(folder.resolve("text.png"), "no picture");

    Process process = start(line.split(" "));

    assertThat(process.waitFor()).as(read("err")).isEqualTo(status);
    assertThat(read("err")).doesNotContain("\tat ");
    assertThat(read(status == 0 ? "out" : "err")).isNotEmpty();
  }

  @Test
  void aDryRunCountsTilesAndNeedsNoBroker() throws Exception {
    ImageIO.write(
        new BufferedImage(300, 300, BufferedImage.TYPE_INT_RGB),
        "png",
        folder.resolve("good.png").toFile());

    Process process =
        start(
            ("publish good.png --publisher p --bounds=0.1,45.0,0.2,45.1 --zoom 12 --dry-run"
                    + " --bootstrap-servers 127.0.0.1:1")
                .split(" "));

    assertThat(process.waitFor()).as(read("err")).isZero();
    assertThat(read("out"))
        .matches(
            "\\{\"tiles_published\":0,\"tiles_checked\":[1-9]\\d*,\"tiles_skipped\":0,\"scenes\":1}\\s*");
    assertThat(read("err")).contains("nothing was sent");
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void aSignalEndsTheDemoWithItsBrokerSoon(String signal) throws Exception {
    Process demo =
        start(
            "demo",
            "--headless",
            "--port",
            "0",
            "--duration",
            "10m",
            "--dir",
            folder.resolve("demo").toString());
    await().atMost(Duration.ofSeconds(90)).until(() -> read("err").contains("Page: "));
    List<ProcessHandle> children = demo.descendants().toList();
    assertThat(children).as("the broker").isNotEmpty();
    long start = System.nanoTime();

    new ProcessBuilder("kill", "-" + signal, Long.toString(demo.pid())).start().waitFor();

    assertThat(demo.waitFor(20, TimeUnit.SECONDS)).isTrue();
    await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> children.stream().noneMatch(PackagedIT::runs));
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf("SIG%s ended the demo within %.1f s%n", signal, seconds);
    assertThat(seconds).isLessThan(10);
    assertThat(read("out")).isEmpty();
    assertThat(read("err")).doesNotContain("bug", "\tat ");
  }

  private static boolean runs(ProcessHandle process) {
    return process.isAlive();
  }

  /** In the test's folder, heeding SIGINT also where the build runs in the background. */
  private Process start(String... args) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("env", "--default-signal=INT", RIADA.toAbsolutePath().toString()));
    command.addAll(List.of(args));
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectOutput(folder.resolve("out").toFile())
        .redirectError(folder.resolve("err").toFile())
        .start();
  }

  private String read(String name) {
    try {
      return Files.readString(folder.resolve(name), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
