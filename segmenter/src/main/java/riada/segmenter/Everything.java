package riada.segmenter;

import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import riada.mask.Mask;
import riada.onnx.Head;
import riada.sam.Frame;
import riada.sam.LogitPlane;
import riada.sam.MaskDecoder;
import riada.sam.Masks;
import riada.sam.Prompts;
import riada.sam.Prompts.Point;
import riada.sam.Window;

/**
 * Everything mode: a grid of wet points, one question each, and of the answers those that the
 * network is sure of, each body once. As Segment Anything's automatic mask generator, except that
 * points are laid only where the detector sees water, since all of these bodies are to be water;
 * and that answers are compared as masks, not by their boxes. A model without a detector knows no
 * water: it finds every thing on the picture.
 */
final class Everything {
  /** Points along each side of the picture. */
  private static final int GRID = 16;

  private static final float LEAST_IOU = 0.5f;

  /** A mask is stable if it hardly changes when the threshold is moved by this to either side. */
  private static final float OFFSET = 1;

  private static final double LEAST_STABILITY = 0.8;

  /** From this IoU on with a surer mask, a mask is the same body again. */
  private static final double SAME = 0.7;

  private Everything() {}

  /**
   * One body of water.
   *
   * @param logits over the picture
   * @param iou predicted, 0..1
   * @param stability the IoU of its masks at the threshold plus and minus {@value #OFFSET}, 0..1
   */
  record Body(LogitPlane logits, float iou, double stability) {}

  /** The bodies on the picture that the model encoded last, the surest first. */
  static List<Body> find(WaterModel model) throws OrtException {
    Frame frame = model.frame();
    List<Prompts> questions = grid(model, frame);
    List<Body> found = new ArrayList<>();
    for (int from = 0; from < questions.size(); from += MaskDecoder.MOST_AT_ONCE) {
      int to = Math.min(from + MaskDecoder.MOST_AT_ONCE, questions.size());
      Masks answers = model.decode(questions.subList(from, to));
      for (int i = 0; i < answers.size(); i++) {
        int token = answers.bestReading(i);
        LogitPlane logits = answers.logits(i, token);
        double stability = stability(logits, model.threshold(), frame);
        if (answers.iou(i, token) >= LEAST_IOU && stability >= LEAST_STABILITY) {
          found.add(new Body(logits.copy(), answers.iou(i, token), stability));
        }
      }
    }
    return distinct(found, model.threshold(), frame);
  }

  /** A wet point in the middle of each square of the grid that may show what is sought. */
  private static List<Prompts> grid(WaterModel model, Frame frame) {
    Mask sought =
        model.has(Head.DETECTOR)
            ? model.wet().above(0, frame, Window.ALL, GRID, GRID)
            : Mask.full(GRID, GRID);
    List<Prompts> questions = new ArrayList<>();
    for (int row = 0; row < GRID; row++) {
      for (int column = 0; column < GRID; column++) {
        if (sought.get(column, row)) {
          Point middle = frame.wetAt((column + 0.5) / GRID, (row + 0.5) / GRID);
          questions.add(Prompts.points(List.of(middle)));
        }
      }
    }
    return questions;
  }

  /** How little the mask depends on the threshold, 0..1; 0 for an empty mask. */
  static double stability(LogitPlane logits, float threshold, Frame frame) {
    int surely = mask(logits, threshold + OFFSET, frame).count();
    int perhaps =
        mask(logits, threshold - OFFSET, frame).count(); // the former is part of the latter
    return perhaps == 0 ? 0 : (double) surely / perhaps;
  }

  /** Of bodies that overlap by {@value #SAME} or more only the surest. */
  static List<Body> distinct(List<Body> bodies, float threshold, Frame frame) {
    List<Body> kept = new ArrayList<>();
    List<Mask> masks = new ArrayList<>();
    Comparator<Body> surest = Comparator.comparing(body -> -body.iou);
    for (Body body : bodies.stream().sorted(surest).toList()) {
      Mask mask = mask(body.logits, threshold, frame);
      if (masks.stream().allMatch(other -> overlap(mask, other) < SAME)) {
        kept.add(body);
        masks.add(mask);
      }
    }
    return kept;
  }

  private static double overlap(Mask a, Mask b) {
    int both = a.copy().and(b).count();
    return (double) both / Math.max(1, a.count() + b.count() - both);
  }

  /** On the cells that the picture covers. */
  private static Mask mask(LogitPlane logits, float threshold, Frame frame) {
    int columns = (frame.columns() * logits.side() - 1) / frame.inputSize() + 1;
    int rows = (frame.rows() * logits.side() - 1) / frame.inputSize() + 1;
    return logits.above(threshold, frame, Window.ALL, columns, rows);
  }
}
