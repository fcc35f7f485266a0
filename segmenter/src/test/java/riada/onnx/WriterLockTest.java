package riada.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import riada.proto.BadInput;

class WriterLockTest {
  private static final int BUSY = 7; // exit status of Worker

  @TempDir Path folder;

  @Test
  void aRefusedSecondTakeLeavesTheFirst() throws Exception {
    Path file = folder.resolve("lock");
    Path sameFile = folder.resolve("../" + folder.getFileName() + "/lock");
    int status;
    Throwable refused;
    try (WriterLock first = take(file)) {
      refused = catchThrowable(() -> take(sameFile));

      status = worker(1, false).waitFor();
    }

    assertThat(refused)
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "Another is under way (process "
                + ProcessHandle.current().pid()
                + "); wait for its end.");
    assertThat(status).isEqualTo(BUSY);
  }

  @Test
  void whatWasClosedIsDeletedAndTakenAgain() throws Exception {
    Path file = folder.resolve("lock");
    WriterLock first = take(file);
    first.close();
    boolean left = Files.exists(file);

    try (WriterLock second = take(file)) {
      first.close(); // once more: it is no longer its own

      assertThat(left).isFalse();
      assertThat(file).hasContent(String.valueOf(ProcessHandle.current().pid()));
    }
  }

  /** A file that is deleted while others have it open is no lock any more. */
  @Test
  void processesThatDeleteTheFileGoOneByOne() throws Exception {
    List<Process> workers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      workers.add(worker(300, true));
    }

    for (Process worker : workers) {
      assertThat(worker.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(worker.exitValue()).isZero();
    }
  }

  private static WriterLock take(Path file) throws BadInput, IOException {
    return WriterLock.take(file, true, "busy", "Another");
  }

  private Process worker(int turns, boolean patient) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder command =
        new ProcessBuilder(
                java,
                "-Xmx64m",
                Worker.class.getName(),
                folder.toString(),
                String.valueOf(turns),
                String.valueOf(patient))
            .inheritIO();
    command.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    return command.start();
  }

  /** Takes the lock so many times, and does what two cannot do at a time. */
  static final class Worker {
    private Worker() {}

    public static void main(String[] args) throws IOException {
      Path folder = Path.of(args[0]);
      int left = Integer.parseInt(args[1]);
      while (left > 0) {
        try (WriterLock lock = take(folder.resolve("lock"))) {
          Files.createFile(folder.resolve("inside"));
          Files.delete(folder.resolve("inside"));
          left--;
        } catch (BadInput e) {
          if (!Boolean.parseBoolean(args[2])) {
            System.exit(BUSY);
          }
        }
      }
    }
  }
}
