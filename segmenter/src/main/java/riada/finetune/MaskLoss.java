package riada.finetune;

import ai.djl.ndarray.NDArray;

/** How far an answer is from the truth; the gradients of these are what training follows. */
final class MaskLoss {
  /** Cells that are agreed on before any: an empty mask of dry ground has no error. */
  private static final float SMOOTH = 1;

  private static final float IOU_WEIGHT = 0.1f;

  private MaskLoss() {}

  /**
   * Binary cross-entropy, the mean over cells.
   *
   * @param logits [cells]
   * @param target [cells], 0 dry to 1 water
   */
  static NDArray crossEntropy(NDArray logits, NDArray target) {
    // log(1 + e^x) - x t without an exponential that overflows
    NDArray tail = logits.abs().neg().exp().add(1).log();
    return logits.maximum(0).sub(logits.mul(target)).add(tail).mean();
  }

  /** One less the Dice coefficient of probabilities and target, 0..1. */
  static NDArray dice(NDArray logits, NDArray target) {
    NDArray water = logits.getNDArrayInternal().sigmoid();
    NDArray both = water.mul(target).sum().mul(2).add(SMOOTH);
    return both.div(water.sum().add(target.sum()).add(SMOOTH)).neg().add(1);
  }

  /**
   * The loss of one mask: cross-entropy, Dice, and how wrong the IoU is that the network predicts
   * for it.
   *
   * @param iou predicted, a single number
   */
  static NDArray of(NDArray logits, NDArray iou, NDArray target) {
    NDArray wrong = iou.sub(trueIou(logits, target)).square().mean().mul(IOU_WEIGHT);
    return crossEntropy(logits, target).add(dice(logits, target)).add(wrong);
  }

  /**
   * How far answers are from those of another network to the same question.
   *
   * @param logits [masks, cells], likewise {@code theirs}
   */
  static NDArray apart(TunedDecoder.Answer answer, TunedDecoder.Answer theirs) {
    NDArray target = theirs.masks().getNDArrayInternal().sigmoid();
    return crossEntropy(answer.masks(), target)
        .add(answer.iou().sub(theirs.iou()).square().mean().mul(IOU_WEIGHT));
  }

  /** IoU of the cells above 0 with those of the target above a half; 1 when both are empty. */
  static float trueIou(NDArray logits, NDArray target) {
    float[] said = logits.toFloatArray();
    float[] is = target.toFloatArray();
    int both = 0;
    int either = 0;
    for (int i = 0; i < said.length; i++) {
      boolean wet = said[i] > 0;
      boolean truly = is[i] > 0.5f;
      both += wet && truly ? 1 : 0;
      either += wet || truly ? 1 : 0;
    }
    return either == 0 ? 1 : (float) both / either;
  }
}
