package riada.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the documents name is there: commands, options, files. */
class ReadmeTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern FENCED = Pattern.compile("(?ms)^```\\w*\\n(.*?)^```");
  private static final Pattern INLINE = Pattern.compile("`([^`\\n]+)`");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]+)");

  @Test
  void everyCommandOfTheReadmeIsThereWithItsOptions() throws Exception {
    CommandLine riada = new CommandLine(new Riada());
    List<String> commands = commands(Files.readString(ROOT.resolve("README.md")));

    assertThat(commands).hasSizeGreaterThan(8).allSatisfy(line -> check(riada, line));
  }

  private static void check(CommandLine riada, String line) {
    CommandLine verb = riada;
    for (String word : line.split(" ")) {
      if (word.startsWith("--")) {
        assertThat(verb.getCommandSpec().optionsMap()).containsKey(word.split("=")[0]);
      } else if (!verb.getSubcommands().isEmpty()) {
        for (String one : word.split("\\|")) {
          assertThat(verb.getSubcommands()).containsKey(one);
        }
        verb = verb.getSubcommands().get(word.split("\\|")[0]);
      }
    }
  }

  /** The commands in the text's code, without the word riada: {@code region set FILE}. */
  private static List<String> commands(String text) {
    List<String> verbs = List.copyOf(new CommandLine(new Riada()).getSubcommands().keySet());
    List<String> commands = new ArrayList<>();
    Stream<String> blocks = FENCED.matcher(text).results().flatMap(m -> m.group(1).lines());
    Stream<String> spans =
        INLINE.matcher(FENCED.matcher(text).replaceAll("")).results().map(m -> m.group(1));
    Stream.concat(blocks, spans)
        .forEach(
            code -> {
              Matcher named = Pattern.compile("(?:^|/)riada (\\S.*)").matcher(code);
              if (named.find()) {
                commands.add(named.group(1));
              } else if (verbs.contains(code.split(" ")[0])) {
                commands.add(code);
              }
            });
    return commands;
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "ARCHITECTURE.md", "deploy/DEPENDENCIES.md"})
  void everyRelativeLinkLeadsToAFile(String document) throws Exception {
    Path file = ROOT.resolve(document);
    List<Path> targets =
        LINK.matcher(Files.readString(file))
            .results()
            .map(m -> m.group(1))
            .filter(target -> !target.contains(":"))
            .map(file::resolveSibling)
            .toList();

    assertThat(targets).isNotEmpty().allSatisfy(target -> assertThat(target).exists());
  }
}
