package riada.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import riada.cli.Riada;
import riada.stream.StreamsSettings;

/**
 * {@code riada serve alerts} in a child JVM, to be killed: it ends by itself when the test does,
 * and keeps its folder, so that it can be started again where it was killed.
 */
final class AlertsProcess implements AutoCloseable {
  private final Path folder;
  private final String bootstrapServers;
  private Process process;

  AlertsProcess(Path folder, String bootstrapServers) throws IOException {
    this.folder = folder;
    this.bootstrapServers = bootstrapServers;
    this.process = launch();
  }

  /** The child: the test's process id, then the command. */
  public static void main(String[] args) {
    ProcessHandle.of(Long.parseLong(args[0]))
        .orElseThrow()
        .onExit()
        .thenRun(() -> Runtime.getRuntime().halt(1));
    Riada.main(Arrays.copyOfRange(args, 1, args.length));
  }

  private Process launch() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(
        List.of(
            AlertsProcess.class.getName(),
            Long.toString(ProcessHandle.current().pid()),
            "serve",
            "alerts",
            "--standbys",
            "1",
            "--dir",
            folder.resolve("state").toString(),
            "--bootstrap-servers",
            bootstrapServers));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().put("MALLOC_ARENA_MAX", "2");
    File log = folder.resolve("alerts.log").toFile();
    log.getParentFile().mkdirs();
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
        .start();
  }

  /** As {@code kill -9} does. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  void startAgain() throws IOException {
    process = launch();
  }

  /** The id that Kafka Streams keeps in the state folder and puts into its clients' names. */
  String streamsId() throws IOException {
    Path metadata =
        folder
            .resolve("state")
            .resolve(StreamsSettings.APPLICATION_ID)
            .resolve("kafka-streams-process-metadata");
    return new ObjectMapper().readTree(metadata.toFile()).required("processId").textValue();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
