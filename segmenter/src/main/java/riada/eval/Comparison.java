package riada.eval;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Two models on the same pictures with the same prompts, picture by picture: what both find hard
 * does not count as a difference.
 *
 * @param differenceOfMean mean IoU of b minus that of a
 * @param interval95 where that lies in 95 of 100 draws of such pictures, or of such groups of them
 * @param differenceOfPooled pooled IoU of b minus that of a
 * @param aBetter pictures on which a has the higher IoU, {@code bBetter} likewise
 * @param verdict {@code a} or {@code b} when the interval leaves out 0, else {@code neither}
 */
public record Comparison(
    String data,
    String prompts,
    int images,
    Side a,
    Side b,
    double differenceOfMean,
    Bootstrap.Interval interval95,
    double differenceOfPooled,
    int aBetter,
    int bBetter,
    String verdict,
    List<PerImage> perImage) {

  /** One model. */
  public record Side(
      Evaluation.Model model, double meanIou, double pooledIou, double secondsPerImage) {
    static Side of(Evaluation e) {
      return new Side(e.model(), e.mean().iou(), e.pooled().iou(), e.secondsPerImage());
    }
  }

  /** The IoU of both on one picture. */
  public record PerImage(String name, double a, double b) {
    double difference() {
      return b - a;
    }
  }

  /**
   * Compares two evaluations of the same folder, each picture drawn by itself.
   *
   * @param seed of the interval
   * @throws IllegalArgumentException when they are not of the same pictures and prompts
   */
  public static Comparison of(Evaluation a, Evaluation b, long seed) {
    return of(a, b, IntStream.range(0, a.images()).boxed().toList(), seed);
  }

  /**
   * The same where pictures may look alike: those of a group are drawn together, for they say one
   * thing many times.
   *
   * @param groups of each picture the number of its group
   * @throws IllegalArgumentException when they are not of the same pictures and prompts
   */
  public static Comparison of(Evaluation a, Evaluation b, List<Integer> groups, long seed) {
    if (!a.prompts().equals(b.prompts())
        || a.images() != b.images()
        || a.images() != groups.size()) {
      throw new IllegalArgumentException("evaluations of different things do not compare");
    }
    List<PerImage> rows = new ArrayList<>();
    for (int i = 0; i < a.images(); i++) {
      Evaluation.PerImage one = a.perImage().get(i);
      Evaluation.PerImage other = b.perImage().get(i);
      if (!one.name().equals(other.name())) {
        throw new IllegalArgumentException("evaluations of different pictures do not compare");
      }
      rows.add(new PerImage(one.name(), one.iou(), other.iou()));
    }
    Bootstrap.Interval interval =
        Bootstrap.interval(grouped(rows, groups), Comparison::meanDifference, seed);
    return new Comparison(
        a.data(),
        a.prompts(),
        rows.size(),
        Side.of(a),
        Side.of(b),
        Rounded.of(Summary.mean(rows, PerImage::difference)),
        interval,
        Rounded.of(b.pooled().iou() - a.pooled().iou()),
        (int) rows.stream().filter(row -> row.a > row.b).count(),
        (int) rows.stream().filter(row -> row.b > row.a).count(),
        interval.low() > 0 ? "b" : interval.high() < 0 ? "a" : "neither",
        rows);
  }

  private static List<List<PerImage>> grouped(List<PerImage> rows, List<Integer> groups) {
    Map<Integer, List<PerImage>> byNumber = new LinkedHashMap<>();
    for (int i = 0; i < rows.size(); i++) {
      byNumber.computeIfAbsent(groups.get(i), number -> new ArrayList<>()).add(rows.get(i));
    }
    return List.copyOf(byNumber.values());
  }

  private static double meanDifference(List<List<PerImage>> groups) {
    List<PerImage> rows = groups.stream().flatMap(Collection::stream).toList();
    return Summary.mean(rows, PerImage::difference);
  }
}
