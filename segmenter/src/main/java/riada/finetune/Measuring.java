package riada.finetune;

import ai.onnxruntime.OrtException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import riada.eval.Comparison;
import riada.eval.Evaluation;
import riada.eval.Evaluator;
import riada.eval.LabelledFolder;
import riada.eval.LabelledFolder.Pair;
import riada.eval.Prompting;
import riada.onnx.Head;
import riada.proto.BadInput;
import riada.segmenter.WaterModel;

/** Measures parent and tuned model on the same pictures, by the way of {@code riada evaluate}. */
final class Measuring {
  /** Of fewer groups of look-alikes nobody can tell whether one model is better, or worse. */
  static final int FEWEST = 5;

  private Measuring() {}

  /**
   * Pictures on which nothing was learnt and nothing chosen.
   *
   * @param groups of each pair the number of its group: what looks alike has the same
   * @param platform what took them; empty: told from the pictures
   */
  record HeldOut(
      LabelledFolder data, List<Pair> pairs, List<Integer> groups, Optional<String> platform) {
    LabelledFolder folder() {
      return new LabelledFolder(data.folder(), data.change(), pairs);
    }
  }

  static Evaluation evaluate(WaterModel model, HeldOut what, long seed, IntConsumer done)
      throws BadInput, OrtException {
    return new Evaluator(model, prompting(model), what.platform, seed)
        .evaluate(what.folder(), done);
  }

  /** As the stream asks; where no detector does, by points that are drawn from the truth. */
  private static Prompting prompting(WaterModel model) {
    return model.has(Head.DETECTOR) ? Prompting.DETECTOR : Prompting.POINTS;
  }

  static Tuned.Row row(HeldOut what, Evaluation parent, Evaluation tuned, long seed) {
    Comparison comparison = Comparison.of(parent, tuned, what.groups, seed);
    int groups = new HashSet<>(what.groups).size();
    String verdict =
        switch (groups < FEWEST ? "neither" : comparison.verdict()) {
          case "b" -> "better";
          case "a" -> "worse";
          default -> "neither";
        };
    return new Tuned.Row(
        name(what.data),
        tuned.bySensor().stream().map(Evaluation.Group::name).toList(),
        parent.prompts(),
        parent.images(),
        groups,
        parent.mean().iou(),
        tuned.mean().iou(),
        parent.pooled().iou(),
        tuned.pooled().iou(),
        comparison.differenceOfMean(),
        comparison.interval95(),
        verdict);
  }

  static String name(LabelledFolder data) {
    return String.valueOf(data.folder().toAbsolutePath().normalize().getFileName());
  }

  /** Whether a card's name of a sensor is of the one that evaluation calls so. */
  static boolean isSame(String named, String seen) {
    return named.equals(seen) || named.endsWith("-" + seen);
  }

  /** The card's sensors that no row is of: {@code rgb} is {@code aerial-rgb} too. */
  static List<String> notMeasured(List<String> sensors, List<Tuned.Row> rows) {
    List<String> seen = rows.stream().flatMap(row -> row.sensors().stream()).toList();
    return sensors.stream()
        .filter(sensor -> seen.stream().noneMatch(s -> isSame(sensor, s)))
        .toList();
  }
}
