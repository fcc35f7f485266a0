package riada.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import riada.finetune.Encodings.Encoding;
import riada.onnx.ModelFolder;
import riada.sam.Prompts;

/**
 * A model's decoder graph outside of ONNX Runtime, where it can be trained: frozen prompt encoder
 * and tuned mask decoder. Owns its manager, with the frozen weights in it.
 */
final class Network implements AutoCloseable {
  /** Of attention in the published models. */
  static final int FAMILY_HEADS = 8;

  private final NDManager manager;
  private final DecoderWeights weights;
  private final PromptEncoder prompts;
  private final int channels;
  private final int cells;
  private final int maskSide;
  private int heads = FAMILY_HEADS;

  Network(NDManager manager, DecoderWeights weights, ModelFolder folder) {
    this.manager = manager;
    this.weights = weights;
    channels = folder.card().embedding().get(0);
    int side = folder.card().embedding().get(1);
    cells = side * side;
    maskSide = folder.maskSide();
    prompts =
        new PromptEncoder(
            manager,
            weights,
            folder.inputSize(),
            side,
            folder.card().padPoints(),
            folder.card().drawnPrompts());
  }

  NDManager manager() {
    return manager;
  }

  DecoderWeights weights() {
    return weights;
  }

  /** Has attention work with so many heads. */
  void setHeads(int heads) {
    this.heads = heads;
  }

  /** Cells along one side of a mask. */
  int maskSide() {
    return maskSide;
  }

  /**
   * Answers one question; everything that is computed belongs to {@code scratch}.
   *
   * @param row the tuned weights
   */
  TunedDecoder.Answer answer(NDArray row, Encoding picture, Prompts question, NDManager scratch) {
    NDArray embedding =
        scratch.create(picture.features(), new Shape(1, channels, cells)).transpose(0, 2, 1);
    return new TunedDecoder(weights, row, heads, scratch)
        .decode(
            embedding,
            prompts.grid(),
            prompts.sparse(scratch, question),
            prompts.dense(scratch, question));
  }

  @Override
  public void close() {
    manager.close();
  }
}
