package riada.eval;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import riada.eval.Answers.Part;
import riada.eval.Evaluation.PerImage;
import riada.proto.ModelRef;
import riada.segmenter.WaterModel;

/**
 * From what was measured of single pictures to the figures of all. Pure functions.
 *
 * @param seed of the intervals
 */
record Summary(Prompting prompting, long seed) {
  private static final int[] CLICKS = {0, 1, 3, 5, 10};
  private static final double[] WATER = {0, 0.1, 0.3, 0.6, 1};

  /**
   * What is kept of one picture.
   *
   * @param parts with what the model predicts, {@code clicks}, {@code discs} and {@code edits} as
   *     in its answer
   */
  record Measured(
      PerImage row,
      ConfusionMatrix matrix,
      List<Part> parts,
      List<Double> clicks,
      List<Double> discs,
      List<Edits.Edit> edits,
      Optional<DetectorScore.Picture> detector) {}

  /**
   * The figures of all pictures.
   *
   * @param model that was measured
   */
  Evaluation of(LabelledFolder data, WaterModel model, List<Measured> all) {
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
        scores(rows, Summary::mean),
        scores(rows, Summary::deviation),
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
