package riada.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.HashMap;
import java.util.Map;
import riada.sam.LogitPlane;
import riada.sam.Prompts;

/**
 * The prompt encoder of Segment Anything with a model's own weights, which are not tuned: one
 * question becomes tokens and a dense code. Weights belong to the manager that it was made with.
 */
final class PromptEncoder {
  private final Map<String, NDArray> weights = new HashMap<>();
  private final NDArray grid; // [side * side, channels], the code of each cell's place
  private final int inputSize;
  private final int side;
  private final int channels;
  private final boolean padPoints;
  private final boolean drawn;

  /**
   * @param inputSize side of the network's input in pixels
   * @param side of the embedding, in cells
   * @param padPoints whether points without a box are followed by an empty slot
   * @param drawn whether questions are drawn into the mask prompt, too
   */
  PromptEncoder(
      NDManager manager,
      DecoderWeights from,
      int inputSize,
      int side,
      boolean padPoints,
      boolean drawn) {
    from.frozen()
        .forEach(
            (name, weight) -> {
              float[] values = new float[weight.size()];
              weight.copyTo(values, 0);
              weights.put(name, manager.create(values, new Shape(weight.shape())));
            });
    this.inputSize = inputSize;
    this.side = side;
    this.padPoints = padPoints;
    this.drawn = drawn;
    this.channels = (int) weight("no_mask_embed.weight").size();
    float[] centres = new float[2 * side * side];
    for (int i = 0; i < side * side; i++) {
      centres[2 * i] = (i % side + 0.5f) / side;
      centres[2 * i + 1] = (i / side + 0.5f) / side;
    }
    try (NDManager scratch = manager.newSubManager()) {
      grid = places(scratch.create(centres, new Shape((long) side * side, 2)));
      grid.attach(manager);
    }
  }

  private NDArray weight(String name) {
    NDArray weight = weights.get("prompt_encoder." + name);
    if (weight == null) {
      throw new IllegalArgumentException("no weight named prompt_encoder." + name);
    }
    return weight;
  }

  /** The code of each cell's place, [side * side, channels]. */
  NDArray grid() {
    return grid;
  }

  /** Sines and cosines of places in fractions of the frame: [n, 2] to [n, channels]. */
  private NDArray places(NDArray xy) {
    NDArray phase =
        xy.mul(2)
            .sub(1)
            .matMul(weight("pe_layer.positional_encoding_gaussian_matrix"))
            .mul(2 * Math.PI);
    return phase.sin().concat(phase.cos(), -1);
  }

  /** The question's points, a box as its two corners: [1, points, channels]. */
  NDArray sparse(NDManager manager, Prompts question) {
    boolean padded = padPoints && question.box() == null;
    int n = question.slots() + (padded ? 1 : 0);
    float[] xy = new float[2 * n];
    float[] somewhere = new float[n]; // 0: the slot is empty
    NDList kinds = new NDList();
    int[] at = {0};
    question.forEachSlot(
        (x, y, label) -> {
          xy[2 * at[0]] = (x + 0.5f) / inputSize;
          xy[2 * at[0] + 1] = (y + 0.5f) / inputSize;
          somewhere[at[0]++] = 1;
          kinds.add(kind(manager, "point_embeddings." + (int) label + ".weight"));
        });
    if (padded) {
      kinds.add(kind(manager, "not_a_point_embed.weight"));
    }
    NDArray code = places(manager.create(xy, new Shape(n, 2)));
    return code.mul(manager.create(somewhere, new Shape(n, 1)))
        .add(kinds.size() == 1 ? kinds.get(0) : kinds.get(0).concat(rest(kinds), 0))
        .reshape(1, n, channels);
  }

  private NDArray kind(NDManager manager, String name) {
    return manager.zeros(new Shape(1, channels)).add(weight(name));
  }

  private static NDArray rest(NDList kinds) {
    NDArray rest = kinds.get(1);
    for (int i = 2; i < kinds.size(); i++) {
      rest = rest.concat(kinds.get(i), 0);
    }
    return rest;
  }

  /** What is known of every cell beforehand: [1, side * side, channels], or [1, 1, channels]. */
  NDArray dense(NDManager manager, Prompts question) {
    LogitPlane prior = question.prior();
    NDArray none = manager.zeros(new Shape(1, 1, channels)).add(weight("no_mask_embed.weight"));
    if (prior == null && !drawn) {
      return none;
    }
    float[] plane = prior == null ? new float[16 * side * side] : prior.toArray();
    if (drawn) {
      new DrawnPrompts(inputSize, 4 * side).draw(question, plane);
    }
    NDArray code = downscaled(manager.create(plane, new Shape(1, 4L * side, 4L * side, 1)));
    return prior == null ? code.add(none) : code;
  }

  /** [1, 4 * side, 4 * side, 1] to [1, side * side, channels]. */
  private NDArray downscaled(NDArray x) {
    // Convolutions of 2 x 2 at stride 2 are products of blocks, channels last.
    x = Layers.blocks(x, weight("mask_downscaling.0.weight"), weight("mask_downscaling.0.bias"));
    x = Layers.normPlane(x, weight("mask_downscaling.1.weight"), weight("mask_downscaling.1.bias"));
    x = x.getNDArrayInternal().gelu();
    x = Layers.blocks(x, weight("mask_downscaling.3.weight"), weight("mask_downscaling.3.bias"));
    x = Layers.normPlane(x, weight("mask_downscaling.4.weight"), weight("mask_downscaling.4.bias"));
    x = x.getNDArrayInternal().gelu();
    x = x.reshape(1, (long) side * side, x.getShape().get(3));
    NDArray w = weight("mask_downscaling.6.weight");
    return Layers.linear(
        x, w.reshape(w.getShape().get(0), w.getShape().get(1)), weight("mask_downscaling.6.bias"));
  }
}
