package riada.eval;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import riada.detect.Detection;
import riada.detect.Detection.Body;
import riada.mask.Mask;
import riada.sam.LogitPlane;

/**
 * Boxes of the water bodies of a picture, from its automatic mask and its detector. A pure
 * function.
 *
 * <p>A port of {@code bodies} in {@code segmenter/training/detector.py}, whose docstring is the
 * rule and by which the trained models were measured. The constants stand there too, as {@code
 * LEVELS}, {@code BODY_LEAST}, {@code BODY_POWER}, {@code OTHER_LEVEL}, {@code HEAD_SHARE}, {@code
 * BOX_NMS} and {@code BODIES}: whoever changes one changes both, and makes {@code bodies.json} of
 * the tests anew by {@code detector/make.py} beside it.
 */
final class BodyBoxes {
  static final double[] LEVELS = {0.2, 0.35, 0.5, 0.65, 0.8}; // probabilities of water
  static final double MAIN_LEVEL = 0.5;
  static final double LEAST_AREA = 0.001; // of the picture
  static final double AREA_POWER = 0.3;
  static final double OTHER_LEVEL = 0.7;
  static final double HEAD_SHARE = 0.1;
  static final double MEETS = 0.5; // IoU
  static final int MOST = 24;

  private BodyBoxes() {}

  /**
   * @param found what the detector saw in the picture
   * @param automatic logits of the mask that its prompts gave
   * @return the surest first, at most {@value #MOST}
   */
  static List<Body> of(Detection found, LogitPlane automatic) {
    List<Body> candidates = new ArrayList<>();
    for (Body head : found.bodies()) {
      double score = HEAD_SHARE * head.score();
      candidates.add(new Body(head.x0(), head.y0(), head.x1(), head.y1(), (float) score));
    }
    for (double level : LEVELS) {
      cut(automatic, level, candidates);
    }
    candidates.sort(Comparator.comparing(body -> -body.score()));
    List<Body> kept = new ArrayList<>();
    for (Body body : candidates) {
      if (kept.size() < MOST && kept.stream().allMatch(other -> body.overlap(other) < MEETS)) {
        kept.add(body);
      }
    }
    return kept;
  }

  /** Adds the connected parts of the mask that are wetter than {@code level}. */
  private static void cut(LogitPlane plane, double level, List<Body> candidates) {
    int side = plane.side();
    Mask wetter = new Mask(side, side);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        if (probability(plane.get(x, y)) > level) {
          wetter.set(x, y);
        }
      }
    }
    WaterBodies bodies = new WaterBodies(wetter);
    double weight = level == MAIN_LEVEL ? 1 : OTHER_LEVEL;
    for (WaterBodies.Body body : bodies.largestFirst()) {
      double share = (double) body.area() / (side * side);
      if (share >= LEAST_AREA) {
        double score =
            meanProbability(plane, bodies.cells(body), body) * Math.pow(share, AREA_POWER);
        candidates.add(bodies.box(body, weight * score));
      }
    }
  }

  private static double meanProbability(LogitPlane plane, Mask cells, WaterBodies.Body body) {
    double sum = 0;
    for (int y = body.y0(); y < body.y1(); y++) {
      for (int x = cells.next(y, body.x0(), true); x < body.x1(); x = cells.next(y, x + 1, true)) {
        sum += probability(plane.get(x, y));
      }
    }
    return sum / body.area();
  }

  private static double probability(float logit) {
    return 1 / (1 + Math.exp(-logit));
  }
}
