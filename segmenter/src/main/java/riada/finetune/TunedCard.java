package riada.finetune;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import riada.onnx.ModelCard;
import riada.onnx.ModelFolder;

/**
 * The card for people of a tuned model. It tells of this model, and keeps of its parent's card what
 * binds whoever uses the weights: limits and licences.
 */
final class TunedCard {
  private static final Pattern LICENCE =
      Pattern.compile(
          "\\b(licen[cs]ed?|notice|copyright|weights|Apache|BSD|MIT|CC)\\b",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern LIMITS = Pattern.compile("#* *Limits:?\\s*");

  private TunedCard() {}

  /**
   * The card as Markdown.
   *
   * @param version of the tuned model
   * @param result what came of tuning
   * @param parents the parent's card for people; empty when it has none
   */
  static String text(ModelFolder parent, String version, Tuned result, String parents) {
    ModelCard card = parent.card();
    StringBuilder text = new StringBuilder();
    line(text, "# %s %s", card.name(), version);
    line(text, "");
    line(
        text,
        "%s %s with another mask decoder, which `riada finetune` taught labelled pictures. All else"
            + " is its parent's. %s",
        card.name(),
        card.version(),
        result.sentence());
    line(text, "");
    line(text, "| | |");
    line(text, "|---|---|");
    Tuned.Named was = result.parent();
    line(text, "| parent | %s %s, digest `%s` |", was.name(), was.version(), was.digest());
    line(
        text,
        "| decoder | %.0f %% of the way from the parent's weights to those of epoch %d of %d |",
        100 * result.share(),
        result.bestEpoch(),
        result.epochs());
    line(text, "| licence | %s |", card.licence());
    data(text, result);
    figures(text, result);
    limits(text, result, parents);
    licences(text, card, parents);
    return text.toString();
  }

  private static void data(StringBuilder text, Tuned result) {
    line(text, "");
    line(text, "## Data");
    line(text, "| folder | used as | teach | choose | judge | SHA-256 of the teaching ones' |");
    line(text, "|---|---|---|---|---|---|");
    for (Tuned.Taught one : result.data()) {
      line(
          text,
          "| %s | %s | %d | %d | %d | `%s` |",
          one.folder(),
          one.use(),
          one.pictures(),
          one.choosing(),
          one.judging(),
          one.sha256());
    }
  }

  private static void figures(StringBuilder text, Tuned result) {
    line(text, "");
    line(text, "## Before and after");
    line(text, "Mean IoU on pictures on which nothing was learnt and nothing chosen.");
    line(text, "");
    line(
        text,
        "| folder | sensors | prompts | pictures | before | after | difference, 95 %% interval |"
            + " verdict |");
    line(text, "|---|---|---|---|---|---|---|---|");
    for (Tuned.Row row : result.measured()) {
      line(
          text,
          "| %s | %s | %s | %d | %.3f | %.3f | %.3f (%.3f to %.3f) | %s |",
          row.folder(),
          String.join(", ", row.sensors()),
          row.prompts(),
          row.images(),
          row.parentMeanIou(),
          row.meanIou(),
          row.difference(),
          row.interval95().low(),
          row.interval95().high(),
          row.verdict());
    }
  }

  private static void limits(StringBuilder text, Tuned result, String parents) {
    line(text, "");
    line(text, "## Limits");
    if (!result.better()) {
      line(text, "- It was not shown to be better than its parent.");
    }
    if (!result.notMeasured().isEmpty()) {
      line(
          text,
          "- What became of these sensors of its parent nobody has measured: %s.",
          String.join(", ", result.notMeasured()));
    }
    line(
        text,
        "- The pictures that judge are of the folders that teach: elsewhere it may be worse.");
    List<String> theirs = limits(parents);
    if (!theirs.isEmpty()) {
      line(text, "");
      line(text, "Its parent's, measured with the parent's decoder:");
      theirs.forEach(limit -> line(text, "%s", limit));
    }
  }

  /** The lines that follow the word, up to the next heading. */
  private static List<String> limits(String card) {
    return card.lines()
        .dropWhile(line -> !LIMITS.matcher(line).matches())
        .skip(1)
        .takeWhile(line -> !line.startsWith("#") && !line.startsWith("Its parent's"))
        .filter(line -> !line.isBlank())
        .toList();
  }

  private static void licences(StringBuilder text, ModelCard card, String parents) {
    List<String> kept = new ArrayList<>();
    Stream.of(parents.split("\\R\\s*\\R"))
        .flatMap(TunedCard::statements)
        .filter(line -> LICENCE.matcher(line).find() && !line.startsWith("#"))
        .filter(line -> !limits(parents).contains(line))
        .map(TunedCard::sentence)
        .forEach(kept::add);
    line(text, "");
    line(text, "## Licences");
    line(
        text,
        "The parent's weights are under %s, and so are these. Its card says:",
        card.licence());
    Stream.concat(kept.stream(), kept.isEmpty() ? Stream.of("- nothing else.") : Stream.empty())
        .forEach(line -> line(text, "%s", line));
  }

  /** Of a block its rows or entries, or the paragraph in one line. */
  private static Stream<String> statements(String block) {
    return block.startsWith("|") || block.startsWith("-")
        ? block.lines()
        : Stream.of(String.join(" ", block.lines().toList()));
  }

  /** A row of a table as an entry of a list. */
  private static String sentence(String line) {
    String bare = line.strip().replaceAll("^[|-] *| *\\|$", "");
    return "- " + bare.replaceFirst(" *\\| *", ": ");
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
