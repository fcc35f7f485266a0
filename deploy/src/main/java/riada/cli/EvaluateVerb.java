package riada.cli;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import riada.eval.Evaluation;
import riada.eval.EvaluationReport;
import riada.eval.Evaluator;
import riada.eval.LabelledFolder;
import riada.eval.Prompting;
import riada.proto.BadInput;
import riada.segmenter.WaterModel;

/** {@code riada evaluate}. */
@Command(
    name = "evaluate",
    description = "Measure a model's masks on labelled pictures.",
    mixinStandardHelpOptions = true)
final class EvaluateVerb implements Callable<Integer> {
  @Mixin ModelOptions model = new ModelOptions();
  @Mixin Answer answer = new Answer();
  @Mixin LabelOptions labels = new LabelOptions();

  @Option(
      names = "--prompts",
      paramLabel = "P",
      defaultValue = "detector",
      description =
          "What the model is told of the truth: detector, box, point, points, box+points, clicks,"
              + " edits or none (default ${DEFAULT-VALUE}); detector, edits and none are told"
              + " nothing.")
  String prompts = "";

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Gets evaluation.json, and evaluation.html with pictures inside.")
  @Nullable Path report;

  @Override
  public Integer call() throws BadInput, IOException, OrtException {
    Prompting prompting = Prompting.parse(prompts);
    LabelledFolder data = labels.open();
    try (WaterModel water = model.inference().open()) {
      Evaluator evaluator =
          new Evaluator(water, prompting, Optional.ofNullable(labels.platform), labels.seed);
      Evaluation evaluation;
      try (Progress progress = new Progress("pictures", data.pairs().size())) {
        evaluation = evaluator.evaluate(data, progress::stepTo);
      }
      if (report != null) {
        EvaluationReport.write(report, evaluation, Answer.json(evaluation), evaluator, data);
      }
      answer.object(evaluation, "per_image");
    }
    return 0;
  }
}
