package riada.finetune;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import riada.proto.BadInput;

/**
 * Weights between the parent's and the tuned ones (Wortsman et al., 2022, "Robust fine-tuning of
 * zero-shot models"): most of the gain for part of the way, and the less is lost elsewhere.
 *
 * @param share of the way from parent to tuned, 0..1
 * @param heldOutIou of the weights there
 */
record Blend(double share, double heldOutIou) {
  private static final double[] SHARES = {0.25, 0.5, 0.75, 1};

  /** The share of the gain that must be kept. */
  private static final double KEPT = 0.9;

  /**
   * The least share of the way that keeps nine tenths of what can be gained on held-out pictures; 0
   * where nothing is gained.
   */
  static Blend choose(DecoderWeights weights, float[] tuned, Judge judge)
      throws BadInput, IOException, OrtException {
    float[] parent = weights.start();
    double before = judge.iou(parent);
    double[] ious = new double[SHARES.length];
    double highest = before;
    for (int i = 0; i < SHARES.length; i++) {
      ious[i] = judge.iou(weights.kept(between(parent, tuned, SHARES[i])));
      highest = Math.max(highest, ious[i]);
    }
    for (int i = 0; i < SHARES.length && highest > before; i++) {
      if (ious[i] - before >= KEPT * (highest - before)) {
        return new Blend(SHARES[i], ious[i]);
      }
    }
    return new Blend(0, before);
  }

  static float[] between(float[] parent, float[] tuned, double share) {
    float[] row = new float[parent.length];
    for (int i = 0; i < row.length; i++) {
      row[i] = (float) (parent[i] + share * (tuned[i] - parent[i]));
    }
    return row;
  }
}
