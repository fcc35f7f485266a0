package riada.eval;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How good a model's masks are on a folder of labelled pictures. All scores are 0..1, of all cells
 * at the masks' resolution; two empty masks agree wholly.
 *
 * @param data the folder
 * @param prompts what the model was told, see {@link Prompting}
 * @param images how many pictures
 * @param mean over the pictures, {@code sd} their standard deviation, {@code pooled} of all cells
 *     as of one picture
 * @param interval95 where the mean and pooled IoU lie in 95 of 100 draws of such pictures
 * @param boundaryF mean agreement on where water ends
 * @param componentIou with box and point: the mean over bodies, each answer against what it was
 *     asked for
 * @param clicks mean IoU after so many clicks
 * @param discs the same where no model is asked and each click paints a disc, 5/128 of the frame in
 *     radius: what clicks are worth by themselves
 * @param noc85 clicks until an IoU of 0.85, on average; what 20 do not reach counts 20
 * @param noc90 likewise
 * @param predictedIou how the IoU that the model predicts compares with the true one
 * @param detector with its prompts, of the boxes that automatic mask and detector show together
 * @param edits with edits what a single click does
 * @param byWater by the share of the frame that is water in truth
 * @param bySensor by what took the picture
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Evaluation(
    String data,
    String prompts,
    int images,
    Model model,
    Scores mean,
    Scores sd,
    Scores pooled,
    Map<String, Bootstrap.Interval> interval95,
    double boundaryF,
    @Nullable Double componentIou,
    @Nullable Map<String, Double> clicks,
    @Nullable Map<String, Double> discs,
    @Nullable Double noc85,
    @Nullable Double noc90,
    @Nullable Calibration predictedIou,
    @Nullable DetectorFigures detector,
    @Nullable EditFigures edits,
    List<Group> byWater,
    List<Group> bySensor,
    double secondsPerImage,
    List<PerImage> perImage) {

  /** What was measured. */
  public record Model(String name, String version, String variant, String digest, String device) {}

  /** Of masks against truth. */
  public record Scores(double iou, double dice, double precision, double recall) {
    static Scores of(ConfusionMatrix matrix) {
      return new Scores(
          Rounded.of(matrix.iou()),
          Rounded.of(matrix.dice()),
          Rounded.of(matrix.precision()),
          Rounded.of(matrix.recall()));
    }
  }

  /**
   * Predicted against true IoU, over masks, or over bodies where each has its own answer.
   *
   * @param correlation of Pearson; absent where either does not vary
   * @param meanError mean absolute difference
   * @param bias mean of predicted minus true
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Calibration(
      int masks, @Nullable Double correlation, double meanError, double bias) {}

  /**
   * The boxes that automatic mask and detector show together, those of {@code BodyBoxes}, against
   * the boxes of the water bodies over a thousandth of the frame.
   *
   * @param ap50 average precision where a box meets a body from an IoU of 0.5 on; absent without
   *     bodies
   * @param recallLarge share of the bodies over a hundredth of the frame that a box meets; absent
   *     without such
   * @param bodies how many there are, {@code large} of them over a hundredth of the frame
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record DetectorFigures(
      @Nullable Double ap50, @Nullable Double recallLarge, int bodies, int large) {}

  /**
   * One click in each region that is to be the other way, means over the regions; see {@link
   * Prompting#EDITS}.
   *
   * @param obeys share of the clicked cells that are as asked
   * @param askedChanged share of the cells to be changed that were
   * @param othersChanged share of the cells outside the region that were changed
   */
  public record EditFigures(int regions, double obeys, double askedChanged, double othersChanged) {}

  /** The pictures of one kind. */
  public record Group(String name, int images, double meanIou, double pooledIou) {}

  /** One picture. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record PerImage(
      String name,
      double iou,
      double dice,
      double precision,
      double recall,
      double boundaryF,
      double waterFraction,
      String sensor,
      double seconds,
      @Nullable Double predictedIou,
      @Nullable Double componentIou,
      @Nullable List<Double> clicks) {}
}
