package riada.cli;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Help that breaks its lines between words alone. Picocli breaks them by Unicode's rules, which
 * allow it within {@code HOST:PORT}, {@code riada.kafka.*} and {@code X0,Y0,X1,Y1}.
 */
final class WholeWords {
  private static final int UNBROKEN = 2000; // characters: more than any line has

  /** What a further line stands below: an option or a command with the gap that follows. */
  private static final Pattern LABEL = Pattern.compile(" *\\S.*? {2,}(?=\\S)| {4,}");

  /** Colours take no room. */
  private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;]*m");

  private WholeWords() {}

  /** Sets it for a command and all below it. */
  static CommandLine in(CommandLine line) {
    Map<String, IHelpSectionRenderer> sections = new HashMap<>(line.getHelpSectionMap());
    sections.replaceAll(
        (section, renderer) ->
            help ->
                section.equals(UsageMessageSpec.SECTION_KEY_SYNOPSIS)
                    ? render(renderer, help, "Usage: ".length(), synopsisIndent(help))
                    : render(renderer, help, 0, -1));
    return line.setHelpSectionMap(sections);
  }

  private static int synopsisIndent(Help help) {
    return "Usage: ".length() + help.commandSpec().qualifiedName().length() + 1;
  }

  /**
   * @param before characters that stand on the first line already
   * @param indent of further lines; -1: each below its own line's text
   */
  private static String render(IHelpSectionRenderer renderer, Help help, int before, int indent) {
    UsageMessageSpec usage = help.commandSpec().usageMessage();
    int width = usage.width();
    boolean auto = usage.autoWidth();
    usage.autoWidth(false).width(UNBROKEN);
    String wide = renderer.render(help);
    usage.autoWidth(auto).width(width);
    return wide.lines()
            .map(line -> wrapped(line, width - 1, before, indent < 0 ? indent(line) : indent))
            .collect(Collectors.joining("\n"))
        + (wide.endsWith("\n") ? "\n" : "");
  }

  private static int indent(String line) {
    Matcher label = LABEL.matcher(COLOUR.matcher(line).replaceAll(""));
    return label.lookingAt() ? label.end() + 2 : 0;
  }

  private static String wrapped(String line, int width, int before, int indent) {
    StringBuilder text = new StringBuilder();
    int column = before;
    for (String word : line.split("(?<=\\S)(?= )", -1)) { // each with the spaces before it
      int length = COLOUR.matcher(word).replaceAll("").length();
      if (column + length > width && column > indent) {
        text.append('\n').append(" ".repeat(indent));
        word = word.stripLeading();
        column = indent;
        length = COLOUR.matcher(word).replaceAll("").length();
      }
      text.append(word);
      column += length;
    }
    return text.toString();
  }
}
