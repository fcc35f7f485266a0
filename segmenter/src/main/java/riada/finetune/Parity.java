package riada.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import riada.finetune.Encodings.Encoding;
import riada.finetune.Samples.Sample;
import riada.proto.BadInput;
import riada.sam.Pixels;
import riada.segmenter.WaterModel;

/** Fine-tuning computes what the graph computes, or it tunes something else than what is served. */
final class Parity {
  /** Of answers to the same question, relative to their spread. */
  private static final double SAME = 1e-3;

  private Parity() {}

  /**
   * Asks both the same about one picture.
   *
   * @param weights those that the model has
   * @throws BadInput when they answer differently
   */
  static void require(
      Network network, float[] weights, WaterModel model, Encodings encodings, Sample sample)
      throws BadInput, IOException, OrtException {
    Encoding picture = encodings.of(sample, Flip.NONE);
    model.take(Pixels.of(sample.picture()));
    model.encode();
    float[] graph = model.decode(List.of(picture.prompts())).logits(0, 0).toArray();
    try (NDManager scratch = network.manager().newSubManager()) {
      NDArray row = scratch.create(weights, new Shape(weights.length));
      float[] ours =
          network.answer(row, picture, picture.prompts(), scratch).masks().get(0).toFloatArray();
      double most = farthest(ours, graph);
      if (!(most <= SAME * Math.max(spread(graph), SAME))) {
        throw new BadInput(
            "model_unfit",
            String.format(
                Locale.ROOT,
                "The decoder of %s has the weights of a Segment Anything decoder but does not"
                    + " compute what one computes (logits differ by up to %.2g), so it cannot be"
                    + " tuned.",
                model.ref().getName(),
                most));
      }
    }
  }

  private static double farthest(float[] a, float[] b) {
    double most = a.length == b.length ? 0 : Double.POSITIVE_INFINITY;
    for (int i = 0; i < Math.min(a.length, b.length); i++) {
      most = Math.max(most, Math.abs(a[i] - b[i]));
    }
    return most;
  }

  /** The standard deviation. */
  private static double spread(float[] values) {
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      sum += value;
      squares += (double) value * value;
    }
    double mean = sum / values.length;
    return Math.sqrt(Math.max(0, squares / values.length - mean * mean));
  }
}
