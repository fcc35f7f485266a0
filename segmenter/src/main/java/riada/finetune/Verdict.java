package riada.finetune;

import java.util.List;
import java.util.Locale;

/** What the figures before and after allow to be said. */
final class Verdict {
  private Verdict() {}

  /**
   * Whether the tuned model is better on what it learnt and shown to be worse on nothing that was
   * measured. What is of too few pictures shows neither, and the sentence says so.
   *
   * @param rows the first is of the data that it learnt
   */
  static boolean better(List<Tuned.Row> rows) {
    return rows.get(0).verdict().equals("better")
        && rows.stream().noneMatch(row -> row.verdict().equals("worse"));
  }

  /** The same in words. */
  static String sentence(List<Tuned.Row> rows) {
    Tuned.Row learnt = rows.get(0);
    StringBuilder text = new StringBuilder();
    text.append(
        switch (learnt.verdict()) {
          case "better" -> "The tuned model is better on ";
          case "worse" -> "The tuned model is worse on ";
          default -> "The tuned model was not shown to be better on ";
        });
    text.append(figures(learnt));
    if (learnt.groups() < Measuring.FEWEST) {
      text.append("; ").append(few()).append(" show nothing, so label more");
    }
    List<Tuned.Row> worse =
        rows.stream().skip(1).filter(row -> row.verdict().equals("worse")).toList();
    for (Tuned.Row row : worse) {
      text.append(", and worse on ").append(figures(row));
    }
    if (learnt.verdict().equals("better") && !worse.isEmpty()) {
      text.append(": use it only where nothing else is to be seen");
    }
    rows.stream()
        .skip(1)
        .filter(row -> row.groups() < Measuring.FEWEST)
        .map(row -> "; of " + row.folder() + " " + few() + " judge, which shows nothing")
        .forEach(text::append);
    return text.append('.').toString();
  }

  private static String few() {
    return "fewer than " + Measuring.FEWEST + " pictures that look different";
  }

  private static String figures(Tuned.Row row) {
    return String.format(
        Locale.ROOT,
        "%d pictures of %s on which nothing was chosen (mean IoU %.3f, before %.3f, difference"
            + " within %.3f to %.3f)",
        row.images(),
        row.folder(),
        row.meanIou(),
        row.parentMeanIou(),
        row.interval95().low(),
        row.interval95().high());
  }
}
