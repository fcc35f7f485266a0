package riada.eval;

import ai.onnxruntime.OrtException;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import riada.detect.Detection;
import riada.eval.Answers.Answer;
import riada.eval.Answers.Part;
import riada.eval.Evaluation.PerImage;
import riada.eval.LabelledFolder.Pair;
import riada.mask.Mask;
import riada.onnx.Head;
import riada.proto.BadInput;
import riada.sam.Pixels;
import riada.segmenter.WaterModel;

/**
 * Measures a model on labelled pictures, by the way of the stream: the same resizing, the same
 * network, the same cut. For one thread at a time; the model stays the caller's.
 */
public final class Evaluator {
  private final WaterModel model;
  private final Prompting prompting;
  private final Optional<String> platform;
  private final Answers answers;
  private final long seed;

  /**
   * @param platform what took the pictures; empty: told from the pictures
   * @param seed of the points and of the intervals
   */
  public Evaluator(WaterModel model, Prompting prompting, Optional<String> platform, long seed) {
    this.model = model;
    this.prompting = prompting;
    this.platform = platform;
    this.seed = seed;
    this.answers = new Answers(model, prompting, seed);
  }

  /** One picture with its truth and its answer. */
  record Judged(
      BufferedImage picture,
      Mask truth,
      Answer answer,
      ConfusionMatrix matrix,
      Optional<DetectorScore.Picture> detector,
      double seconds) {}

  /**
   * Measures the model on all pairs.
   *
   * @param done is told the number of pictures that are done
   * @throws BadInput when a file is unreadable, a mask does not fit, the model cannot be asked so,
   *     or change pairs are to be prompted from a truth that marks flood only
   */
  public Evaluation evaluate(LabelledFolder data, IntConsumer done) throws BadInput, OrtException {
    switch (prompting) {
      case DETECTOR, NONE -> {
        if (model.unasked().isEmpty()) {
          model.requireDetector();
        }
      }
      case EDITS -> {
        model.requirePrompts("points");
        model.requireDetector();
      }
      case POINT, POINTS, CLICKS -> model.requirePrompts("points");
      case BOX, BOX_AND_POINTS -> model.requirePrompts("boxes");
    }
    if (data.change() && prompting != Prompting.DETECTOR && prompting != Prompting.NONE) {
      throw new BadInput(
          "prompts_unfit",
          "The masks of "
              + data.folder()
              + " mark flood and not water, so no prompts can be drawn from them; use --prompts"
              + " detector or none.");
    }
    List<Summary.Measured> measured = new ArrayList<>();
    for (int i = 0; i < data.pairs().size(); i++) {
      Pair pair = data.pairs().get(i);
      Judged judged = judge(pair, i);
      measured.add(measured(pair, judged));
      done.accept(i + 1);
    }
    return new Summary(prompting, seed).of(data, model, measured);
  }

  private Summary.Measured measured(Pair pair, Judged judged) {
    return new Summary.Measured(
        row(pair, judged),
        judged.matrix,
        parts(judged),
        judged.answer.clicks(),
        judged.answer.discs(),
        judged.answer.edits(),
        judged.detector);
  }

  /** Reads and answers one pair. */
  Judged judge(Pair pair, int number) throws BadInput, OrtException {
    Mask truth = LabelReader.mask(pair.mask());
    BufferedImage picture = LabelReader.picture(pair.image(), truth);
    long start = System.nanoTime();
    Answer answer = answers.answer(Pixels.of(picture), truth, number);
    if (pair.before().isPresent()) {
      BufferedImage earlier = LabelReader.picture(pair.before().get(), truth);
      Answer before = answers.answer(Pixels.of(earlier), truth, number);
      answer = Answer.alone(answer.water().copy().andNot(before.water()));
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    boolean boxed =
        prompting == Prompting.DETECTOR && pair.before().isEmpty() && model.has(Head.DETECTOR);
    return new Judged(
        picture,
        truth,
        answer,
        ConfusionMatrix.of(answer.water(), truth),
        boxed ? Optional.of(DetectorScore.of(boxes(answer), truth)) : Optional.empty(),
        seconds);
  }

  private static List<Detection.Body> boxes(Answer answer) {
    return answer.automatic().map(Answers.Automatic::boxes).orElse(List.of());
  }

  private PerImage row(Pair pair, Judged judged) {
    ConfusionMatrix matrix = judged.matrix;
    Answer answer = judged.answer;
    double cells = (double) judged.truth.width() * judged.truth.height();
    boolean corrected = !answer.clicks().isEmpty();
    return new PerImage(
        pair.name(),
        Rounded.of(matrix.iou()),
        Rounded.of(matrix.dice()),
        Rounded.of(matrix.precision()),
        Rounded.of(matrix.recall()),
        Rounded.of(BoundaryScore.of(answer.water(), judged.truth)),
        Rounded.of(judged.truth.count() / cells),
        platform.orElseGet(() -> sensor(pair, judged.picture)),
        Rounded.of(judged.seconds),
        answer.predictedIou().isPresent() ? Rounded.of(answer.predictedIou().getAsDouble()) : null,
        answer.bodies().isEmpty() ? null : Rounded.of(Summary.mean(answer.bodies(), Part::iou)),
        corrected ? answer.clicks().stream().map(Rounded::of).toList() : null);
  }

  /** Grey is radar; RGB of change pairs is Sentinel-2's B11, B8 and B3. */
  public static String sensor(Pair pair, BufferedImage picture) {
    Pixels pixels = Pixels.of(picture);
    int step = Math.max(1, Math.max(pixels.width(), pixels.height()) / 64);
    for (int y = 0; y < pixels.height(); y += step) {
      for (int x = 0; x < pixels.width(); x += step) {
        int red = pixels.get(x, y, 0);
        // JPEG keeps grey grey within a level or two
        if (Math.abs(red - pixels.get(x, y, 1)) > 2 || Math.abs(red - pixels.get(x, y, 2)) > 2) {
          return pair.before().isPresent() ? "b11-b8-b3" : "rgb";
        }
      }
    }
    return "vv";
  }

  private static List<Part> parts(Judged judged) {
    Answer answer = judged.answer;
    if (!answer.bodies().isEmpty() || answer.predictedIou().isEmpty()) {
      return answer.bodies();
    }
    return List.of(new Part(answer.predictedIou().getAsDouble(), judged.matrix.iou()));
  }
}
