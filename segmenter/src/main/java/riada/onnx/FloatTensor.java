package riada.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Floats in direct memory that a graph reads or writes in place: crossing into ONNX Runtime costs
 * nothing. Made once and used for many runs, by one thread at a time; whoever makes one closes it.
 */
public final class FloatTensor implements AutoCloseable {
  private final FloatBuffer values;
  private final OnnxTensor tensor;
  private final long[] shape;

  /** A tensor of zeros; the product of its sides fits an int. */
  public FloatTensor(long... shape) throws OrtException {
    this.shape = shape.clone();
    long size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    this.values =
        ByteBuffer.allocateDirect(Math.toIntExact(size * Float.BYTES))
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    this.tensor = OnnxTensor.createTensor(Ort.ENVIRONMENT, values, this.shape);
  }

  /** The values, row-major. Use absolute positions: the buffer's own stays at 0. */
  public FloatBuffer values() {
    return values;
  }

  /** Copies {@code length} values from index {@code from} on into a new array. */
  public float[] toArray(int from, int length) {
    float[] copy = new float[length];
    values.get(from, copy);
    return copy;
  }

  /** Copies all values into a new array. */
  public float[] toArray() {
    return toArray(0, values.capacity());
  }

  OnnxTensor tensor() {
    return tensor;
  }

  /** The sides, outermost first. */
  public long[] shape() {
    return shape.clone();
  }

  @Override
  public void close() {
    tensor.close();
  }
}
