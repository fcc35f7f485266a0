package riada.eval;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import riada.eval.Evaluation.PerImage;
import riada.eval.Evaluation.Scores;
import riada.proto.BadInput;

/**
 * An evaluation as {@value #JSON} and {@value #HTML} with its pictures inside. Where the folder
 * holds an earlier evaluation of the same data and prompts, the page compares the two.
 */
public final class EvaluationReport {
  static final String JSON = "evaluation.json";
  static final String HTML = "evaluation.html";

  /** A picture whose IoU is below this has failed. */
  private static final double FAILED = 0.3;

  private static final int MOST_FAILURES = 12;

  private EvaluationReport() {}

  /**
   * Writes both files; each appears whole or not at all.
   *
   * @param json what {@value #JSON} is to hold: the evaluation as the command line prints it
   * @param evaluator answers the pictures that are shown once more
   */
  public static void write(
      Path folder, Evaluation evaluation, String json, Evaluator evaluator, LabelledFolder data)
      throws IOException, BadInput, OrtException {
    Files.createDirectories(folder);
    HtmlPage page = new HtmlPage("Evaluation of " + name(evaluation));
    page.paragraph(
        evaluation.images()
            + " pictures of "
            + evaluation.data()
            + ", prompts: "
            + evaluation.prompts()
            + ", on "
            + evaluation.model().device()
            + ", digest "
            + evaluation.model().digest());
    page.table(scores(evaluation));
    Optional<JsonNode> earlier = earlier(folder.resolve(JSON), evaluation);
    if (earlier.isPresent()) {
      page.heading("Before and after").table(beforeAndAfter(earlier.get(), evaluation));
      page.table(beforeAndAfterBySensor(earlier.get(), evaluation));
    }
    page.heading("By the share of water").table(groups(evaluation.byWater()));
    page.heading("By sensor").table(groups(evaluation.bySensor()));
    pictures(page, evaluation, evaluator, data);
    page.heading("Every picture").table(everyPicture(evaluation));
    page.write(folder.resolve(HTML));
    HtmlPage.replace(folder.resolve(JSON), json + "\n");
  }

  private static String name(Evaluation evaluation) {
    Evaluation.Model model = evaluation.model();
    return model.name() + " " + model.version() + " (" + model.variant() + ")";
  }

  private static List<List<String>> scores(Evaluation e) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("", "IoU", "95 %", "Dice", "precision", "recall"));
    rows.add(row("mean", e.mean(), interval(e, "mean_iou")));
    rows.add(row("sd", e.sd(), ""));
    rows.add(row("pooled", e.pooled(), interval(e, "pooled_iou")));
    rows.add(List.of("boundary F", digits(e.boundaryF()), "", "", "", ""));
    Double bodies = e.componentIou();
    if (bodies != null) {
      rows.add(List.of("by body", digits(bodies), "", "", "", ""));
    }
    if (e.clicks() != null) {
      e.clicks().forEach((n, iou) -> rows.add(List.of(n + " clicks", digits(iou), "", "", "", "")));
    }
    if (e.discs() != null) {
      e.discs().forEach((n, iou) -> rows.add(List.of(n + " discs", digits(iou), "", "", "", "")));
    }
    return rows;
  }

  private static List<String> row(String name, Scores s, String interval) {
    return List.of(
        name,
        digits(s.iou()),
        interval,
        digits(s.dice()),
        digits(s.precision()),
        digits(s.recall()));
  }

  private static String interval(Evaluation e, String figure) {
    Bootstrap.Interval interval = e.interval95().get(figure);
    return interval == null ? "" : digits(interval.low()) + " to " + digits(interval.high());
  }

  /** The evaluation that stood there, if it is comparable. */
  private static Optional<JsonNode> earlier(Path file, Evaluation now) {
    try {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      JsonNode then = new ObjectMapper().readTree(file.toFile());
      boolean comparable =
          then.path("data").asText().equals(now.data())
              && then.path("prompts").asText().equals(now.prompts())
              && then.path("images").asInt() == now.images();
      return comparable ? Optional.of(then) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // whatever stood there, it was no evaluation
    }
  }

  private static List<List<String>> beforeAndAfter(JsonNode then, Evaluation now) {
    JsonNode model = then.path("model");
    return List.of(
        List.of("", "mean IoU", "pooled IoU", "Dice", "digest"),
        List.of(
            "before: " + model.path("name").asText() + " " + model.path("version").asText(),
            digits(then.at("/mean/iou").asDouble()),
            digits(then.at("/pooled/iou").asDouble()),
            digits(then.at("/mean/dice").asDouble()),
            model.path("digest").asText()),
        List.of(
            "after: " + name(now),
            digits(now.mean().iou()),
            digits(now.pooled().iou()),
            digits(now.mean().dice()),
            now.model().digest()));
  }

  /** A sensor that was not there before has no figures of then. */
  private static List<List<String>> beforeAndAfterBySensor(JsonNode then, Evaluation now) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("", "pictures", "mean IoU before", "after", "pooled IoU before", "after"));
    for (Evaluation.Group group : now.bySensor()) {
      JsonNode before = MissingNode.getInstance();
      for (JsonNode other : then.path("by_sensor")) {
        before = other.path("name").asText().equals(group.name()) ? other : before;
      }
      rows.add(
          List.of(
              group.name(),
              String.valueOf(group.images()),
              before.has("mean_iou") ? digits(before.get("mean_iou").asDouble()) : "",
              digits(group.meanIou()),
              before.has("pooled_iou") ? digits(before.get("pooled_iou").asDouble()) : "",
              digits(group.pooledIou())));
    }
    return rows;
  }

  private static List<List<String>> groups(List<Evaluation.Group> groups) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("", "pictures", "mean IoU", "pooled IoU"));
    for (Evaluation.Group group : groups) {
      rows.add(
          List.of(
              group.name(),
              String.valueOf(group.images()),
              digits(group.meanIou()),
              digits(group.pooledIou())));
    }
    return rows;
  }

  private static void pictures(
      HtmlPage page, Evaluation evaluation, Evaluator evaluator, LabelledFolder data)
      throws IOException, BadInput, OrtException {
    List<PerImage> rows = evaluation.perImage();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      order.add(i);
    }
    order.sort(Comparator.comparingDouble(i -> -rows.get(i).iou()));
    page.heading("Best, median, worst")
        .paragraph("Blue: mask and truth agree; orange: only the mask; pink: only the truth.");
    int last = order.size() - 1;
    for (int rank : List.of(0, last / 2, last)) {
      show(page, rows.get(order.get(rank)), evaluator, data, order.get(rank));
    }
    List<Integer> failed = order.stream().filter(i -> rows.get(i).iou() < FAILED).toList();
    page.heading("Failures: " + failed.size() + " pictures with an IoU below " + FAILED);
    List<Integer> worst = failed.subList(Math.max(0, failed.size() - MOST_FAILURES), failed.size());
    for (int i : worst) {
      show(page, rows.get(i), evaluator, data, i);
    }
  }

  private static void show(
      HtmlPage page, PerImage row, Evaluator evaluator, LabelledFolder data, int number)
      throws IOException, BadInput, OrtException {
    Evaluator.Judged judged = evaluator.judge(data.pairs().get(number), number);
    page.picture(
        HtmlPage.overlay(judged.picture(), judged.answer().water(), judged.truth(), HtmlPage.SIDE),
        row.name()
            + ": IoU "
            + digits(row.iou())
            + ", water "
            + Math.round(100 * row.waterFraction())
            + " % of the frame, "
            + cause(row));
  }

  /** What kind of error it mostly is. */
  private static String cause(PerImage row) {
    if (row.iou() > 0.999) {
      return "no error";
    }
    if (row.waterFraction() == 0) {
      return "water seen where there is none";
    }
    if (row.recall() == 0) {
      return "the water was not seen at all";
    }
    return row.precision() < row.recall()
        ? "mostly dry ground called water"
        : "mostly water missed";
  }

  private static List<List<String>> everyPicture(Evaluation evaluation) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("", "IoU", "Dice", "precision", "recall", "boundary F", "water", "sensor"));
    for (PerImage row : evaluation.perImage()) {
      rows.add(
          List.of(
              row.name(),
              digits(row.iou()),
              digits(row.dice()),
              digits(row.precision()),
              digits(row.recall()),
              digits(row.boundaryF()),
              digits(row.waterFraction()),
              row.sensor()));
    }
    return rows;
  }

  private static String digits(double figure) {
    return String.format(Locale.ROOT, "%.3f", figure);
  }
}
