package riada.segmenter;

import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import riada.onnx.Head;
import riada.sam.Correction;
import riada.sam.LogitPlane;
import riada.sam.Masks;
import riada.sam.Prompts;
import riada.sam.Prompts.Box;
import riada.sam.Prompts.Point;

/**
 * A mask that is corrected click by click: each answer is the next question's prior, and of each
 * only what changed at the click is taken. For the picture that the model encoded last, and for one
 * thread at a time; the model stays the caller's.
 */
public final class Clicks {
  /** Of a cell that nobody has asked about yet. */
  private static final float DRY = -10;

  private final WaterModel model;
  private final @Nullable Box frame;
  private final List<Point> points = new ArrayList<>();
  private @Nullable LogitPlane screen;
  private float iou;

  private Clicks(
      WaterModel model, @Nullable Box frame, @Nullable LogitPlane screen, float predictedIou) {
    this.model = model;
    this.frame = frame;
    this.screen = screen;
    this.iou = predictedIou;
  }

  /**
   * Corrections of a mask.
   *
   * @param screen the mask to begin with; null: nothing is wet yet
   * @param predictedIou of it, 0..1
   */
  public static Clicks on(WaterModel model, @Nullable LogitPlane screen, float predictedIou) {
    if (!model.has(Head.DETECTOR)) {
      return new Clicks(model, null, screen, predictedIou); // its first click finds a thing
    }
    // Models with a detector learn corrections of all the water in the frame.
    float edge = model.inputSize() - 0.5f;
    Box frame = new Box(-0.5f, -0.5f, edge, edge);
    return new Clicks(
        model, frame, screen == null ? LogitPlane.of(DRY, model.maskSide()) : screen, predictedIou);
  }

  /**
   * Inference: asks the decoder with one more click.
   *
   * @param click in pixels of the network's input
   * @return the mask after it
   */
  public LogitPlane click(Point click) throws OrtException {
    points.add(click);
    LogitPlane before = screen;
    LogitPlane prior = before == null ? null : model.prior(before);
    Masks answers = model.decode(List.of(new Prompts(points, frame, prior)));
    iou = answers.iou(0, 0);
    LogitPlane answer = answers.logits(0, 0);
    LogitPlane after =
        before == null
            ? answer
            : Correction.accept(before, answer, model.threshold(), click, model.inputSize());
    screen = after;
    return after;
  }

  /** The IoU that the network predicts of its last whole answer, 0..1. */
  public float predictedIou() {
    return iou;
  }
}
