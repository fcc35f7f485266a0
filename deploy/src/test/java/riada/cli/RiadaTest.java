package riada.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class RiadaTest {
  private final Shell shell = new Shell();
  @TempDir Path folder;

  @Test
  void helpAnswersOnStdoutWithTheVerbs() {
    Shell.Result help = shell.run("--help");

    assertThat(help.status()).isZero();
    assertThat(help.err()).isEmpty();
    assertThat(help.out()).contains("topics", "tail", "region", "dlq");
  }

  @ParameterizedTest
  @ValueSource(ints = {80, 100, 120})
  void noHelpBreaksAWordOrIsWiderThanTheTerminal(int width) {
    List<CommandLine> verbs = new ArrayList<>();
    addVerbs(verbs, WholeWords.in(new CommandLine(new Riada())));

    assertThat(verbs)
        .hasSizeGreaterThan(30)
        .allSatisfy(
            verb -> {
              String help = help(verb, width);
              assertThat(help.lines()).allMatch(line -> line.length() < width);
              assertThat(words(help)).isEqualTo(words(help(verb, 1000)));
            });
  }

  private static String help(CommandLine verb, int width) {
    return verb.setUsageHelpWidth(width).getUsageMessage(CommandLine.Help.Ansi.OFF);
  }

  private static List<String> words(String help) {
    return Arrays.stream(help.trim().split("\\s+")).sorted().toList();
  }

  private static void addVerbs(List<CommandLine> verbs, CommandLine verb) {
    verbs.add(verb);
    verb.getSubcommands().values().forEach(one -> addVerbs(verbs, one));
  }

  @ParameterizedTest
  @CsvSource({
    "frobnicate",
    "--nonsense",
    "topics",
    "topics create --partitions twelve",
    "tail",
    "tail a b",
    "region set",
    "dlq show",
    "topics create -o xml",
    "topics create --partitions -1",
    "topics create --replication 0",
    "tail flood.alerts.v1 --max -1",
    "publish a.png --publisher p --dry-run --acquired-at yesterday",
    "publish a.png --publisher p --dry-run --bounds a,b,c,d",
    "segment a.png --out m.png --point 1e9,NaN",
    "segment a.png --out m.png --prior p.png",
    "segment a.png --out m.png --prior p.png --point 1,1 --box 0,0,9,9",
    "demo --device gpu",
    "model swap new",
    "model swap --model served",
    "model swap new --model served --end-shadow"
  })
  void wrongUsageExitsWith2AndASentence(String line) {
    Shell.Result wrong = shell.run(line.split(" "));

    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.out()).isEmpty();
    assertThat(wrong.err()).startsWith("riada: ").contains("--help").doesNotContain("\tat ");
  }

  @Test
  void aTopicWithoutDeadLettersIsBadInputWithThoseThatHaveThem() {
    Shell.Result failed = shell.run("dlq", "show", "flood.alerts.v1");

    assertThat(failed.status()).isEqualTo(3);
    assertThat(failed.err()).contains("flood.tiles.v1, flood.masks.v1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-2h", "8d"})
  void aSilenceLastsUpToAWeek(String lasts) {
    Shell.Result wrong = shell.run("alert", "silence", "valley-20260301T120000Z", "--for", lasts);

    assertThat(wrong.status()).isEqualTo(3);
    assertThat(wrong.err()).contains("--for \"" + lasts + "\" is not from 0h to 7d");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ack", "silence"})
  void whoActsIsSaidBeforeItIsSent(String verb) {
    Shell.Result wrong = shell.run("alert", verb, "valley-20260301T120000Z", "--who", " ");

    assertThat(wrong.status()).isEqualTo(3);
    assertThat(wrong.err()).contains("--who must say who acts");
  }

  @ParameterizedTest
  @CsvSource({"ack, ''", "silence, ''", "ack, valley", "silence, valley-2026"})
  void whatIsNoIncidentsIdIsNotActedOn(String verb, String incident) {
    Shell.Result wrong = shell.run("alert", verb, incident);

    assertThat(wrong.status()).isEqualTo(3);
    assertThat(wrong.err()).contains("\"" + incident + "\" is no incident's id");
  }

  @Test
  void aFolderIsNoReference() {
    Shell.Result wrong = shell.run("reference", "import", folder.toString());

    assertThat(wrong.status()).isEqualTo(3);
    assertThat(wrong.err()).contains(folder + " is a folder");
  }

  @Test
  void aReferenceThatNoMemoryHoldsIsToBeCut() throws Exception {
    Path large = folder.resolve("large.tif");
    try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
      file.setLength((256L << 20) + 1);
    }

    Shell.Result wrong = shell.run("reference", "import", large.toString());

    assertThat(wrong.status()).isEqualTo(3);
    assertThat(wrong.err()).contains(large + " has more than 256 MiB; cut it into parts");
  }

  @Test
  void anEmptyPathIsNotTheCurrentFolder() {
    Shell.Result wrong = shell.run("publish", "", "--publisher", "p", "--dry-run");

    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err()).contains("A PATH is empty");
  }

  @Test
  void anArgumentThatBeginsWithAnAtSignIsNoFileOfArguments() throws Exception {
    Path arguments = Files.writeString(folder.resolve("arguments"), "--version");

    Shell.Result wrong = shell.run("@" + arguments);

    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.out()).isEmpty();
  }

  @Test
  void anAbsentBrokerIsASentenceThatSaysWhatToDo() {
    shell.environment.put("RIADA_KAFKA_DEFAULT_API_TIMEOUT_MS", "1500");
    shell.environment.put("RIADA_KAFKA_REQUEST_TIMEOUT_MS", "1000");

    Shell.Result failed = shell.run("topics", "describe", "--bootstrap-servers", "127.0.0.1:1");

    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.err()).contains("No Kafka broker answers").contains("--bootstrap-servers");
    assertThat(failed.err()).doesNotContain("\tat ");
  }

  @Test
  void aStateFolderThatIsAFileIsASentence() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");

    Shell.Result failed = shell.run("serve", "alerts", "--dir", file.resolve("state").toString());

    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.err()).contains("for the state cannot be made", "--dir");
  }

  @Test
  void aMissingSettingsFileIsBadInput() {
    Shell.Result failed = shell.run("topics", "describe", "--config", "/nowhere/riada.properties");

    assertThat(failed.status()).isEqualTo(3);
    assertThat(failed.err()).contains("/nowhere/riada.properties does not exist");
    assertThat(failed.err()).doesNotContain("Exception");
  }

  @Test
  void aMistypedSettingIsBadInput() throws Exception {
    Path file = folder.resolve("riada.properties");
    Files.writeString(file, "riada.bootstrap-server=somewhere:9092\n");

    Shell.Result failed = shell.run("topics", "describe", "--config", file.toString());

    assertThat(failed.status()).isEqualTo(3);
    assertThat(failed.err()).contains("sets riada.bootstrap-server,", "riada.bootstrap-servers,");
  }

  @Test
  void aMaskThatCannotBeWrittenIsASentenceBeforeTheWork() {
    Shell.Result failed = shell.run("segment", "a.png", "--out", folder.resolve("no/m.png") + "");

    assertThat(failed.status()).isEqualTo(3);
    assertThat(failed.err()).contains("The folder " + folder.resolve("no")).doesNotContain("\tat ");
  }

  @ParameterizedTest
  @CsvSource({"import, neither a GeoTIFF nor GeoJSON", "correct, no GeoJSON"})
  void aBrokenRasterIsNotCalledJson(String verb, String said) throws Exception {
    byte[] broken = {'I', 'x', '*', 0, (byte) 0xff, (byte) 0xfe};
    Path file = Files.write(folder.resolve("water.tif"), broken);

    Shell.Result failed = shell.run("reference", verb, file.toString());

    assertThat(failed.status()).isEqualTo(3);
    assertThat(failed.err()).contains("water.tif is " + said).doesNotContain("JSON:");
  }

  @Test
  void aMaskThatWouldReplaceAFolderIsASentence() {
    Shell.Result failed = shell.run("segment", "a.png", "--out", folder.toString());

    assertThat(failed.status()).isEqualTo(3);
    assertThat(failed.err()).contains(folder + " is a folder;").doesNotContain("\tat ");
  }

  @Test
  void debugShowsTheStackTrace() {
    shell.environment.put("RIADA_DEBUG", "1");

    Shell.Result failed = shell.run("region", "set", folder.resolve("none.geojson").toString());

    assertThat(failed.status()).isEqualTo(3);
    assertThat(failed.err()).contains("\tat ").contains("does not exist");
  }

  @Test
  void settingsComeFromDefaultsThenFileThenEnvironmentThenFlags() throws Exception {
    Path file = folder.resolve("riada.properties");
    Files.writeString(file, "riada.bootstrap-servers=file:1\nriada.kafka.client.id=from-file\n");
    Map<String, String> environment = Map.of("RIADA_BOOTSTRAP_SERVERS", "environment:1");

    assertThat(bootstrapServers(Map.of())).isEqualTo("127.0.0.1:9092");
    assertThat(bootstrapServers(Map.of(), "--config", file.toString())).isEqualTo("file:1");
    assertThat(bootstrapServers(environment, "--config", file.toString()))
        .isEqualTo("environment:1");
    assertThat(bootstrapServers(environment, "--bootstrap-servers", "flag:1")).isEqualTo("flag:1");
  }

  private static String bootstrapServers(Map<String, String> environment, String... args)
      throws Exception {
    TailVerb verb = new TailVerb();
    CommandLine line = new CommandLine(verb);
    Settings settings = Settings.read(List.of(args), environment);
    line.setDefaultValueProvider(settings);
    String[] withTopic = Arrays.copyOf(args, args.length + 1);
    withTopic[args.length] = "topic";
    line.parseArgs(withTopic);
    return verb.kafka.bootstrapServers;
  }

  @Test
  void kafkaSettingsReachTheClientsFromFileAndEnvironment() throws Exception {
    Path file = folder.resolve("riada.properties");
    Files.writeString(file, "riada.kafka.client.id=from-file\nriada.kafka.acks=1\n");

    Settings settings =
        Settings.read(
            List.of("--config", file.toString()),
            Map.of("RIADA_KAFKA_SECURITY_PROTOCOL", "SSL", "RIADA_KAFKA_ACKS", "all"));

    assertThat(settings.kafka())
        .containsEntry("client.id", "from-file")
        .containsEntry("security.protocol", "SSL")
        .containsEntry("acks", "all");
  }
}
