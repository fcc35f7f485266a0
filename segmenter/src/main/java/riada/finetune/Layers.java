package riada.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.norm.LayerNorm;

/** The layers that both halves of the decoder graph are made of; planes have channels last. */
final class Layers {
  private static final float NORM = 1e-5f;
  private static final float NORM_PLANE = 1e-6f;

  private Layers() {}

  /** [..., in] to [..., out] by a weight [out, in]. */
  static NDArray linear(NDArray x, NDArray weight, NDArray bias) {
    return x.matMul(weight.transpose()).add(bias);
  }

  /** Normalises the channels of each token. */
  static NDArray norm(NDArray x, NDArray weight, NDArray bias) {
    return norm(x, weight, bias, NORM);
  }

  /** Normalises the channels of each cell: the same with another constant. */
  static NDArray normPlane(NDArray x, NDArray weight, NDArray bias) {
    return norm(x, weight, bias, NORM_PLANE);
  }

  private static NDArray norm(NDArray x, NDArray weight, NDArray bias, float epsilon) {
    Shape channels = weight.getShape();
    return LayerNorm.layerNorm(x, channels, weight, bias, epsilon).singletonOrThrow();
  }

  /**
   * A convolution of 2 x 2 at stride 2.
   *
   * @param x [1, 2h, 2w, in]
   * @param weight [out, in, 2, 2]
   * @return [1, h, w, out]
   */
  static NDArray blocks(NDArray x, NDArray weight, NDArray bias) {
    long h = x.getShape().get(1) / 2;
    long w = x.getShape().get(2) / 2;
    long in = x.getShape().get(3);
    NDArray rows =
        x.reshape(h, 2, w, 2, in).transpose(0, 2, 4, 1, 3).reshape(1, h * w, 4 * in); // as weight
    return linear(rows, weight.reshape(weight.getShape().get(0), 4 * in), bias)
        .reshape(1, h, w, weight.getShape().get(0));
  }

  /**
   * A transposed convolution of 2 x 2 at stride 2: each cell becomes four.
   *
   * @param x [1, h, w, in]
   * @param weight [in, out, 2, 2]
   * @return [1, 2h, 2w, out]
   */
  static NDArray enlarge(NDArray x, NDArray weight, NDArray bias) {
    long h = x.getShape().get(1);
    long w = x.getShape().get(2);
    long in = x.getShape().get(3);
    long out = weight.getShape().get(1);
    NDArray kernel = weight.transpose(0, 2, 3, 1).reshape(in, 4 * out);
    return x.reshape(1, h * w, in)
        .matMul(kernel)
        .reshape(h, w, 2, 2, out)
        .transpose(0, 2, 1, 3, 4)
        .reshape(1, 2 * h, 2 * w, out)
        .add(bias);
  }
}
