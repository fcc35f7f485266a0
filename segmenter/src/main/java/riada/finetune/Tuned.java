package riada.finetune;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;
import riada.eval.Bootstrap;
import riada.eval.Evaluation;

/**
 * What came of fine-tuning.
 *
 * @param better whether the tuned model is better on the data's judging pictures and worse nowhere
 *     that was measured; {@code sentence} says it in words
 * @param out the new model's folder; absent when there is none, because nothing was gained
 * @param model as {@code riada model info} would name it
 * @param share how far its weights lie from the parent's to the tuned ones, 0..1
 * @param bestEpoch the one whose weights were taken, from 1
 * @param measured before and after, first on the data, then on each folder of elsewhere
 * @param notMeasured the parent's sensors on which nobody knows what became of it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Tuned(
    boolean better,
    String sentence,
    @Nullable String out,
    Named parent,
    @Nullable Named model,
    double share,
    int epochs,
    int bestEpoch,
    List<Taught> data,
    List<Row> measured,
    List<String> notMeasured,
    double seconds) {
  public Tuned {
    data = List.copyOf(data);
    measured = List.copyOf(measured);
    notMeasured = List.copyOf(notMeasured);
  }

  /** The same of a model that is in its place. */
  Tuned at(String folder, Named named) {
    return new Tuned(
        better,
        sentence,
        folder,
        parent,
        named,
        share,
        epochs,
        bestEpoch,
        data,
        measured,
        notMeasured,
        seconds);
  }

  /** A model. */
  public record Named(String name, String version, String digest) {
    static Named of(Evaluation.Model model) {
      return new Named(model.name(), model.version(), model.digest());
    }
  }

  /**
   * A folder that taught.
   *
   * @param folder its name
   * @param use {@code labels}, or {@code rehearsal}: the parent's own answers were to stay
   * @param pictures that trained
   * @param choosing pairs that told when to stop and which weights to take
   * @param judging pairs on which nothing was learnt and nothing chosen: those of {@link Row}
   * @param sha256 of the training pictures' digests, in the order of their names
   */
  public record Taught(
      String folder, String use, int pictures, int choosing, int judging, String sha256) {}

  /**
   * One folder's judging pictures, by the evaluation of {@code riada evaluate}.
   *
   * @param prompts as {@code --prompts} takes them: {@code detector}, or {@code points} where the
   *     model has none
   * @param groups of those that look alike; a picture like no other is one by itself
   * @param interval95 of the difference of mean IoU, drawn by group
   * @param verdict {@code better}, {@code worse} or, where the interval holds 0 or the groups are
   *     fewer than five, {@code neither}
   */
  public record Row(
      String folder,
      List<String> sensors,
      String prompts,
      int images,
      int groups,
      double parentMeanIou,
      double meanIou,
      double parentPooledIou,
      double pooledIou,
      double difference,
      Bootstrap.Interval interval95,
      String verdict) {
    public Row {
      sensors = List.copyOf(sensors);
    }
  }
}
