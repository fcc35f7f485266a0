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
  /** Of logits of the same cell, where they spread by 1 or less; relative to their spread else. */
  private static final double SAME = 1e-4;

  /** The heads of attention that are tried: the family's, then those of smaller and larger ones. */
  private static final List<Integer> HEADS = List.of(Network.FAMILY_HEADS, 4, 2, 1, 16);

  private Parity() {}

  /**
   * Asks both the same about one picture. How many heads attention has no weight tells, so it is
   * found here: with another number the answers differ.
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
    double least = Double.POSITIVE_INFINITY;
    for (int heads : HEADS) {
      if (network.weights().attentionWidth() % heads != 0) {
        continue;
      }
      network.setHeads(heads);
      float[] ours = answer(network, weights, picture);
      if (isSame(ours, graph)) {
        return;
      }
      least = Math.min(least, farthest(ours, graph));
    }
    throw new BadInput(
        "model_unfit",
        String.format(
            Locale.ROOT,
            "The decoder of %s has the weights of a Segment Anything decoder but does not"
                + " compute what one computes (logits differ by up to %.2g), so it cannot be"
                + " tuned.",
            model.ref().getName(),
            least));
  }

  private static float[] answer(Network network, float[] weights, Encoding picture) {
    try (NDManager scratch = network.manager().newSubManager()) {
      NDArray row = scratch.create(weights, new Shape(weights.length));
      return network.answer(row, picture, picture.prompts(), scratch).masks().get(0).toFloatArray();
    }
  }

  /** Whether logits are those of the graph but for rounding. */
  static boolean isSame(float[] ours, float[] graph) {
    return farthest(ours, graph) <= SAME * Math.max(spread(graph), 1);
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
