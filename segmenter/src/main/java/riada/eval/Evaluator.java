package riada.eval;

import ai.onnxruntime.OrtException;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import riada.detect.Detection;
import riada.eval.Answers.Answer;
import riada.eval.Answers.Part;
import riada.eval.Evaluation.PerImage;
import riada.eval.LabelledFolder.Pair;
import riada.mask.Mask;
import riada.onnx.Head;
import riada.proto.BadInput;
import riada.proto.ModelRef;
import riada.sam.Pixels;
import riada.segmenter.WaterModel;

/**
 * Measures a model on labelled pictures, by the way of the stream: the same resizing, the same
 * network, the same cut. For one thread at a time; the model stays the caller's.
 */
public final class Evaluator {
  private static final int[] CLICKS = {0, 1, 3, 5, 10};
  private static final double[] WATER = {0, 0.1, 0.3, 0.6, 1};

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

  private record Measured(
      PerImage row,
      ConfusionMatrix matrix,
      List<Part> parts,
      List<Double> clicks,
      List<Double> discs,
      List<Edits.Edit> edits,
      Optional<DetectorScore.Picture> detector) {}

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
    List<Measured> measured = new ArrayList<>();
    for (int i = 0; i < data.pairs().size(); i++) {
      Pair pair = data.pairs().get(i);
      Judged judged = judge(pair, i);
      measured.add(measured(pair, judged));
      done.accept(i + 1);
    }
    return summary(data, measured);
  }

  private Measured measured(Pair pair, Judged judged) {
    return new Measured(
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
        answer.bodies().isEmpty() ? null : Rounded.of(mean(answer.bodies(), Part::iou)),
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

  private Evaluation summary(LabelledFolder data, List<Measured> all) {
    List<PerImage> rows = all.stream().map(Measured::row).toList();
    List<Part> parts = all.stream().flatMap(one -> one.parts.stream()).toList();
    List<Part> bodies =
        prompting == Prompting.DETECTOR
                || prompting == Prompting.EDITS
                || prompting == Prompting.CLICKS
                || prompting == Prompting.POINTS
            ? List.of()
            : parts;
    boolean clicks = prompting == Prompting.CLICKS;
    ModelRef ref = model.ref();
    return new Evaluation(
        data.folder().toString(),
        prompting.toString(),
        rows.size(),
        new Evaluation.Model(
            ref.getName(),
            ref.getVersion(),
            model.variant(),
            ref.getDigest(),
            model.device().name()),
        scores(rows, Evaluator::mean),
        scores(rows, Evaluator::deviation),
        Evaluation.Scores.of(pooled(all)),
        intervals(all),
        Rounded.of(mean(rows, PerImage::boundaryF)),
        bodies.isEmpty() ? null : Rounded.of(mean(bodies, Part::iou)),
        clicks ? clicks(all, Measured::clicks) : null,
        clicks ? clicks(all, Measured::discs) : null,
        clicks ? noc(rows, 0.85) : null,
        clicks ? noc(rows, 0.9) : null,
        parts.isEmpty() ? null : calibration(parts),
        detector(all),
        edits(all),
        groups(all, one -> share(one.row.waterFraction())),
        groups(all, one -> one.row.sensor()),
        Rounded.of(mean(rows, PerImage::seconds)),
        rows);
  }

  private Map<String, Bootstrap.Interval> intervals(List<Measured> all) {
    Map<String, Bootstrap.Interval> intervals = new LinkedHashMap<>();
    intervals.put(
        "mean_iou", Bootstrap.interval(all, some -> mean(some, one -> one.matrix.iou()), seed));
    intervals.put("pooled_iou", Bootstrap.interval(all, some -> pooled(some).iou(), seed));
    return intervals;
  }

  private static ConfusionMatrix pooled(List<Measured> some) {
    return some.stream().map(Measured::matrix).reduce(ConfusionMatrix.NONE, ConfusionMatrix::plus);
  }

  private static Evaluation.@Nullable DetectorFigures detector(List<Measured> all) {
    List<DetectorScore.Picture> boxed = all.stream().flatMap(one -> one.detector.stream()).toList();
    return boxed.isEmpty() ? null : DetectorScore.figures(boxed);
  }

  private static Evaluation.@Nullable EditFigures edits(List<Measured> all) {
    List<Edits.Edit> edits = all.stream().flatMap(one -> one.edits.stream()).toList();
    return edits.isEmpty()
        ? null
        : new Evaluation.EditFigures(
            edits.size(),
            Rounded.of(mean(edits, edit -> edit.obeys() ? 1 : 0)),
            Rounded.of(mean(edits, Edits.Edit::asked)),
            Rounded.of(mean(edits, Edits.Edit::others)));
  }

  private static Map<String, Double> clicks(
      List<Measured> all, Function<Measured, List<Double>> after) {
    Map<String, Double> ious = new LinkedHashMap<>();
    for (int n : CLICKS) {
      ious.put(String.valueOf(n), Rounded.of(mean(all, one -> after.apply(one).get(n))));
    }
    return ious;
  }

  private static double noc(List<PerImage> rows, double goal) {
    return Rounded.of(
        mean(
            rows,
            row -> {
              for (int n = 0; n < Answers.MOST_CLICKS; n++) {
                if (after(row, n) >= goal) {
                  return n;
                }
              }
              return Answers.MOST_CLICKS;
            }));
  }

  private static double after(PerImage row, int clicks) {
    @Nullable List<Double> ious = row.clicks();
    return ious == null ? Double.NaN : ious.get(clicks);
  }

  private static Evaluation.Calibration calibration(List<Part> parts) {
    double meanOfPredicted = mean(parts, Part::predicted);
    double meanOfTrue = mean(parts, Part::iou);
    double both = mean(parts, p -> (p.predicted() - meanOfPredicted) * (p.iou() - meanOfTrue));
    double spread =
        Math.sqrt(
            mean(parts, p -> Math.pow(p.predicted() - meanOfPredicted, 2))
                * mean(parts, p -> Math.pow(p.iou() - meanOfTrue, 2)));
    return new Evaluation.Calibration(
        parts.size(),
        spread < 1e-9 ? null : Rounded.of(both / spread),
        Rounded.of(mean(parts, p -> Math.abs(p.predicted() - p.iou()))),
        Rounded.of(meanOfPredicted - meanOfTrue));
  }

  private static List<Evaluation.Group> groups(
      List<Measured> all, Function<Measured, String> name) {
    Map<String, List<Measured>> byName = new TreeMap<>();
    all.forEach(one -> byName.computeIfAbsent(name.apply(one), n -> new ArrayList<>()).add(one));
    List<Evaluation.Group> groups = new ArrayList<>();
    byName.forEach(
        (group, some) ->
            groups.add(
                new Evaluation.Group(
                    group,
                    some.size(),
                    Rounded.of(mean(some, one -> one.matrix.iou())),
                    Rounded.of(pooled(some).iou()))));
    return groups;
  }

  private static String share(double water) {
    if (water == 0) {
      return "dry";
    }
    int i = 1;
    while (water > WATER[i]) {
      i++;
    }
    return Math.round(100 * WATER[i - 1]) + "-" + Math.round(100 * WATER[i]) + "%";
  }

  /** A figure of many numbers. */
  private interface Over {
    double of(List<PerImage> rows, ToDoubleFunction<PerImage> number);
  }

  private static Evaluation.Scores scores(List<PerImage> rows, Over over) {
    return new Evaluation.Scores(
        Rounded.of(over.of(rows, PerImage::iou)),
        Rounded.of(over.of(rows, PerImage::dice)),
        Rounded.of(over.of(rows, PerImage::precision)),
        Rounded.of(over.of(rows, PerImage::recall)));
  }

  static <T> double mean(List<T> items, ToDoubleFunction<T> number) {
    return items.stream().mapToDouble(number).average().orElse(Double.NaN);
  }

  /** Of the sample: n - 1; 0 for a single picture. */
  private static double deviation(List<PerImage> rows, ToDoubleFunction<PerImage> number) {
    double mean = mean(rows, number);
    double squares =
        rows.stream().mapToDouble(r -> Math.pow(number.applyAsDouble(r) - mean, 2)).sum();
    return rows.size() < 2 ? 0 : Math.sqrt(squares / (rows.size() - 1));
  }
}
