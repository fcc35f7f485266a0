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
 * @param noc85 clicks until an IoU of 0.85, on average; what 20 do not reach counts 20
 * @param noc90 likewise
 * @param predictedIou how the IoU that the model predicts compares with the true one
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
    @Nullable Double noc85,
    @Nullable Double noc90,
    @Nullable Calibration predictedIou,
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
