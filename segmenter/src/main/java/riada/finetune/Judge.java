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
import riada.segmenter.WaterModel;

/**
 * Tells how good weights are on pictures that taught nothing, by what the stream would ask, or
 * points of the truth where no detector asks, and at the decoder's resolution. It picks among
 * epochs; the figures that are told are the evaluation's, on other pictures.
 */
final class Judge {
  private final Network network;
  private final Encodings encodings;
  private final List<Lesson> heldOut;
  private final WaterModel model;

  /**
   * @param model whose decoder it is: it knows how pictures lie on the input, and what is water
   */
  Judge(Network network, Encodings encodings, List<Lesson> heldOut, WaterModel model) {
    this.network = network;
    this.encodings = encodings;
    this.heldOut = List.copyOf(heldOut);
    this.model = model;
  }

  /** Pooled IoU, 0..1: of flood where the lessons are change pairs, else of water. */
  double iou(float[] weights) throws BadInput, IOException, OrtException {
    ConfusionMatrix pooled = ConfusionMatrix.NONE;
    try (NDManager manager = network.manager().newSubManager()) {
      NDArray row = manager.create(weights, new Shape(weights.length));
      for (Lesson lesson : heldOut) {
        Mask truth = RunLength.decode(lesson.truth());
        Covered cells = Covered.of(model.frame(truth.width(), truth.height()), network.maskSide());
        Mask said = water(row, lesson.image(), cells);
        if (lesson.before().isPresent()) {
          said.andNot(water(row, lesson.before().get(), cells));
        }
        pooled = pooled.plus(ConfusionMatrix.of(said, cells.above(cells.shares(truth), 0.5f)));
      }
    }
    return pooled.iou();
  }

  private Mask water(NDArray row, Sample sample, Covered cells)
      throws BadInput, IOException, OrtException {
    Encoding picture = encodings.of(sample, Flip.NONE);
    if (!picture.hasWater()) {
      return new Mask(cells.columns(), cells.rows());
    }
    try (NDManager scratch = row.getManager().newSubManager()) {
      NDArray masks = network.answer(row, picture, picture.prompts(), scratch).masks();
      return cells.above(cells.of(masks.get(0)).toFloatArray(), model.threshold());
    }
  }
}
