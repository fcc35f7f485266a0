package riada.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The mask decoder of Segment Anything (Kirillov et al., 2023): a two-way transformer between
 * tokens and cells, an enlargement of the cells by four, and a small network for each mask. Every
 * dimension comes from the weights but the heads of attention, which no weight tells.
 *
 * <p>One forward pass's view on the row of tuned weights: what it computes belongs to the manager
 * of the pieces that it was given.
 */
final class TunedDecoder {
  private final int heads;
  private final Map<String, NDArray> weights = new HashMap<>();
  private final int layers;

  /**
   * Cuts the row of tuned weights into its pieces.
   *
   * @param row as {@link DecoderWeights#start} has it; gradients reach it
   * @param heads of attention
   */
  TunedDecoder(DecoderWeights shapes, NDArray row, int heads, ai.djl.ndarray.NDManager manager) {
    this.heads = heads;
    NDList pieces = row.split(shapes.starts(), 0);
    pieces.attach(manager);
    List<String> names = shapes.tunedNames();
    for (int i = 0; i < names.size(); i++) {
      weights.put(names.get(i), pieces.get(i).reshape(new Shape(shapes.shape(names.get(i)))));
    }
    int n = 0;
    while (shapes.has("mask_decoder.transformer.layers." + n + ".norm1.weight")) {
      n++;
    }
    layers = n;
  }

  /**
   * Four masks to a question with the IoU that the network predicts for each.
   *
   * @param masks logits, [masks, (4 side)^2]
   * @param iou [masks]
   */
  record Answer(NDArray masks, NDArray iou) {}

  /**
   * @param embedding [1, side * side, channels]
   * @param grid the code of each cell's place, [side * side, channels]
   * @param sparse the question's tokens, [1, points, channels]
   * @param dense [1, side * side or 1, channels]
   */
  Answer decode(NDArray embedding, NDArray grid, NDArray sparse, NDArray dense) {
    NDArray own = weight("iou_token.weight").concat(weight("mask_tokens.weight"), 0).expandDims(0);
    NDArray tokens = own.concat(sparse, 1);
    NDArray q = tokens;
    NDArray k = dense.add(embedding);
    NDArray place = dense.zerosLike().add(grid); // in the memory of this pass
    for (int i = 0; i < layers; i++) {
      String layer = "transformer.layers." + i;
      NDArray asked = q.add(tokens);
      q =
          i == 0
              ? attention(layer + ".self_attn", q, q, q)
              : q.add(attention(layer + ".self_attn", asked, asked, q));
      q = norm(layer + ".norm1", q);
      q = q.add(attention(layer + ".cross_attn_token_to_image", q.add(tokens), k.add(place), k));
      q = norm(layer + ".norm2", q);
      q = norm(layer + ".norm3", q.add(hidden(layer + ".mlp", q)));
      k = k.add(attention(layer + ".cross_attn_image_to_token", k.add(place), q.add(tokens), q));
      k = norm(layer + ".norm4", k);
    }
    q = q.add(attention("transformer.final_attn_token_to_image", q.add(tokens), k.add(place), k));
    q = norm("transformer.norm_final_attn", q);
    return new Answer(masks(q, enlarged(k)), three("iou_prediction_head", token(q, 0)).flatten());
  }

  private NDArray weight(String name) {
    NDArray weight = weights.get("mask_decoder." + name);
    if (weight == null) {
      throw new IllegalArgumentException("no weight named mask_decoder." + name);
    }
    return weight;
  }

  private NDArray attention(String name, NDArray q, NDArray k, NDArray v) {
    NDArray queries = heads(linear(name + ".q_proj", q));
    NDArray keys = heads(linear(name + ".k_proj", k));
    NDArray values = heads(linear(name + ".v_proj", v));
    double scale = 1 / Math.sqrt(queries.getShape().get(3));
    NDArray shares = queries.matMul(keys.transpose(0, 1, 3, 2)).mul(scale).softmax(-1);
    NDArray seen = shares.matMul(values).transpose(0, 2, 1, 3);
    return linear(name + ".out_proj", seen.reshape(1, q.getShape().get(1), -1));
  }

  /** [1, tokens, channels] to [1, heads, tokens, channels / heads]. */
  private NDArray heads(NDArray x) {
    return x.reshape(1, x.getShape().get(1), heads, -1).transpose(0, 2, 1, 3);
  }

  private NDArray hidden(String name, NDArray x) {
    return linear(name + ".lin2", linear(name + ".lin1", x).getNDArrayInternal().relu());
  }

  private NDArray linear(String name, NDArray x) {
    return Layers.linear(x, weight(name + ".weight"), weight(name + ".bias"));
  }

  private NDArray norm(String name, NDArray x) {
    return Layers.norm(x, weight(name + ".weight"), weight(name + ".bias"));
  }

  /** [1, side * side, channels] to [(4 side)^2, channels / 8]. */
  private NDArray enlarged(NDArray cells) {
    long side = Math.round(Math.sqrt(cells.getShape().get(1)));
    NDArray x = cells.reshape(1, side, side, cells.getShape().get(2));
    x = Layers.enlarge(x, weight("output_upscaling.0.weight"), weight("output_upscaling.0.bias"));
    x = Layers.normPlane(x, weight("output_upscaling.1.weight"), weight("output_upscaling.1.bias"));
    x = x.getNDArrayInternal().gelu();
    x = Layers.enlarge(x, weight("output_upscaling.3.weight"), weight("output_upscaling.3.bias"));
    x = x.getNDArrayInternal().gelu();
    return x.reshape(16 * side * side, -1);
  }

  /** Each mask token's own network says how the channels of a cell make a logit. */
  private NDArray masks(NDArray tokens, NDArray cells) {
    NDArray all = null;
    for (int i = 0; i < weight("mask_tokens.weight").getShape().get(0); i++) {
      NDArray one = three("output_hypernetworks_mlps." + i, token(tokens, 1 + i));
      all = all == null ? one : all.concat(one, 0);
    }
    return java.util.Objects.requireNonNull(all, "no mask tokens").matMul(cells.transpose());
  }

  private static NDArray token(NDArray tokens, int i) {
    return tokens.get(":, " + i);
  }

  /** Linear layers with a ramp between them, three in the family. */
  private NDArray three(String name, NDArray x) {
    NDArray y = linear(name + ".layers.0", x);
    for (int i = 1; weights.containsKey("mask_decoder." + name + ".layers." + i + ".weight"); i++) {
      y = linear(name + ".layers." + i, y.getNDArrayInternal().relu());
    }
    return y;
  }
}
