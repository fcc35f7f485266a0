package riada.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.List;
import riada.eval.ConfusionMatrix;
import riada.finetune.Encodings.Encoding;
import riada.finetune.Samples.Lesson;
import riada.finetune.Samples.Sample;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;

/**
 * Tells how good weights are on pictures that taught nothing, by the stream's own prompts and at the
 * decoder's resolution. It picks among epochs; the figures that are told are the evaluation's, on
 * other pictures.
 */
final class Judge {
  private final Network network;
  private final Encodings encodings;
  private final List<Lesson> heldOut;
  private final float threshold;

  /**
   * @param threshold logit above which a cell is water
   */
  Judge(Network network, Encodings encodings, List<Lesson> heldOut, float threshold) {
    this.network = network;
    this.encodings = encodings;
    this.heldOut = List.copyOf(heldOut);
    this.threshold = threshold;
  }

  /** Pooled IoU, 0..1: of flood where the lessons are change pairs, else of water. */
  double iou(float[] weights) throws BadInput, IOException, OrtException {
    ConfusionMatrix pooled = ConfusionMatrix.NONE;
    try (NDManager manager = network.manager().newSubManager()) {
      NDArray row = manager.create(weights, new Shape(weights.length));
      for (Lesson lesson : heldOut) {
        Mask said = water(row, lesson.image());
        if (lesson.before().isPresent()) {
          said.andNot(water(row, lesson.before().get()));
        }
        float[] shares = Samples.shares(RunLength.decode(lesson.truth()), network.maskSide());
        pooled = pooled.plus(ConfusionMatrix.of(said, above(shares, 0.5f)));
      }
    }
    return pooled.iou();
  }

  private Mask water(NDArray row, Sample sample) throws BadInput, IOException, OrtException {
    Encoding picture = encodings.of(sample, Flip.NONE);
    if (!picture.hasWater()) {
      return new Mask(network.maskSide(), network.maskSide());
    }
    try (NDManager scratch = row.getManager().newSubManager()) {
      NDArray masks = network.answer(row, picture, picture.prompts(), scratch).masks();
      return above(masks.get(0).toFloatArray(), threshold);
    }
  }

  private Mask above(float[] cells, float least) {
    int side = network.maskSide();
    Mask mask = new Mask(side, side);
    for (int i = 0; i < cells.length; i++) {
      if (cells[i] > least) {
        mask.set(i % side, i / side);
      }
    }
    return mask;
  }
}
