package riada.eval;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import riada.detect.Detection;
import riada.mask.Mask;

/**
 * How well the boxes of {@link BodyBoxes} meet the 8-connected bodies of the truth. A box meets the
 * body, not yet met by a surer one, with whose box it overlaps most, if that IoU is at least 0.5.
 */
final class DetectorScore {
  private static final double LARGE_BODY = 0.01;
  private static final double MEETS = 0.5;

  private DetectorScore() {}

  /** A box. */
  record Found(float score, boolean meets) {}

  /**
   * One picture.
   *
   * @param bodies over a thousandth of the frame
   * @param large those of them over a hundredth, {@code largeFound} of which a box meets
   */
  record Picture(List<Found> found, int bodies, int large, int largeFound) {}

  /** Specks, and boxes on them, count neither way. */
  static Picture of(List<Detection.Body> boxes, Mask truth) {
    double cells = (double) truth.width() * truth.height();
    WaterBodies all = new WaterBodies(truth);
    List<WaterBodies.Body> bodies = all.overSpecks();
    List<WaterBodies.Body> specks =
        all.largestFirst().subList(bodies.size(), all.largestFirst().size());
    List<WaterBodies.Body> left = new ArrayList<>(bodies);
    List<Found> found = new ArrayList<>();
    int largeFound = 0;
    for (Detection.Body box : boxes) { // the surest first
      Optional<WaterBodies.Body> met = met(box, left, all);
      if (met.isPresent()) {
        left.remove(met.get());
        largeFound += met.get().area() > LARGE_BODY * cells ? 1 : 0;
      }
      if (met.isPresent() || met(box, specks, all).isEmpty()) {
        found.add(new Found(box.score(), met.isPresent()));
      }
    }
    int large = (int) bodies.stream().filter(body -> body.area() > LARGE_BODY * cells).count();
    return new Picture(found, bodies.size(), large, largeFound);
  }

  private static Optional<WaterBodies.Body> met(
      Detection.Body box, List<WaterBodies.Body> bodies, WaterBodies all) {
    return bodies.stream()
        .max(Comparator.comparingDouble(body -> box.iou(all.box(body, 0))))
        .filter(body -> box.iou(all.box(body, 0)) >= MEETS);
  }

  /** The figures of many pictures, or of none. */
  static Evaluation.DetectorFigures figures(List<Picture> pictures) {
    int bodies = pictures.stream().mapToInt(Picture::bodies).sum();
    int large = pictures.stream().mapToInt(Picture::large).sum();
    int largeFound = pictures.stream().mapToInt(Picture::largeFound).sum();
    return new Evaluation.DetectorFigures(
        bodies == 0 ? null : Rounded.of(averagePrecision(pictures, bodies)),
        large == 0 ? null : Rounded.of((double) largeFound / large),
        bodies,
        large);
  }

  /**
   * The area under precision by recall, precision at a recall being the highest at that recall or
   * beyond. Source: PASCAL VOC 2010, all points.
   */
  private static double averagePrecision(List<Picture> pictures, int bodies) {
    List<Found> ranked =
        pictures.stream()
            .flatMap(picture -> picture.found.stream())
            .sorted(Comparator.comparing(found -> -found.score))
            .toList();
    double[] precision = new double[ranked.size()];
    int met = 0;
    for (int i = 0; i < precision.length; i++) {
      met += ranked.get(i).meets ? 1 : 0;
      precision[i] = (double) met / (i + 1);
    }
    double area = 0;
    double highest = 0;
    for (int i = precision.length - 1; i >= 0; i--) {
      highest = Math.max(highest, precision[i]);
      area += ranked.get(i).meets ? highest / bodies : 0;
    }
    return area;
  }
}
