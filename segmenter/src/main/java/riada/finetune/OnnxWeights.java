package riada.finetune;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import riada.finetune.Onnx.OnnxFile;
import riada.finetune.Onnx.OnnxGraph;
import riada.finetune.Onnx.OnnxTensor;
import riada.proto.BadInput;

/**
 * The weights of an ONNX graph by their names. Immutable; everything else of the graph is kept byte
 * for byte.
 */
final class OnnxWeights {
  private static final int FLOAT = 1;
  private static final int HALF = 10;

  private final OnnxFile file;
  private final Map<String, Weight> weights;

  private OnnxWeights(OnnxFile file, Map<String, Weight> weights) {
    this.file = file;
    this.weights = weights;
  }

  /**
   * One weight.
   *
   * @param shape sides, outermost first; none for a single number
   * @param half whether the file keeps it in half precision
   */
  static final class Weight {
    private final long[] shape;
    private final float[] values; // row-major
    private final boolean half;

    private Weight(long[] shape, float[] values, boolean half) {
      this.shape = shape;
      this.values = values;
      this.half = half;
    }

    long[] shape() {
      return shape.clone();
    }

    /** How many numbers it has. */
    int size() {
      return values.length;
    }

    /** Copies the numbers, row-major, to {@code into} from index {@code at} on. */
    void copyTo(float[] into, int at) {
      System.arraycopy(values, 0, into, at, values.length);
    }

    /** A number as the file would keep it. */
    float kept(float number) {
      return half ? HalfPrecision.round(number) : number;
    }
  }

  /**
   * Reads a graph; tensors that are neither single nor half precision are no weights.
   *
   * @throws BadInput when the file is no ONNX graph, or keeps its weights in other files
   */
  static OnnxWeights read(Path path) throws BadInput, IOException {
    OnnxFile file;
    try {
      file = OnnxFile.parseFrom(Files.readAllBytes(path));
    } catch (InvalidProtocolBufferException e) {
      throw unreadable(path, "it is no ONNX file");
    }
    Map<String, Weight> weights = new LinkedHashMap<>();
    for (OnnxTensor tensor : file.getGraph().getInitializerList()) {
      if (tensor.getDataType() == FLOAT || tensor.getDataType() == HALF) {
        weights.put(tensor.getName(), weight(path, tensor));
      }
    }
    return new OnnxWeights(file, weights);
  }

  private static Weight weight(Path path, OnnxTensor tensor) throws BadInput {
    long[] shape = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
    boolean half = tensor.getDataType() == HALF;
    float[] values = half ? halves(tensor) : floats(tensor);
    if (values.length != Arrays.stream(shape).reduce(1, (a, b) -> a * b)) {
      throw unreadable(
          path, "its weight " + tensor.getName() + " is not in it; external data are not read");
    }
    return new Weight(shape, values, half);
  }

  private static float[] floats(OnnxTensor tensor) {
    if (!tensor.hasRawData()) {
      float[] values = new float[tensor.getFloatDataCount()];
      for (int i = 0; i < values.length; i++) {
        values[i] = tensor.getFloatData(i);
      }
      return values;
    }
    float[] values = new float[tensor.getRawData().size() / Float.BYTES];
    littleEndian(tensor).asFloatBuffer().get(values);
    return values;
  }

  private static float[] halves(OnnxTensor tensor) {
    if (!tensor.hasRawData()) {
      float[] values = new float[tensor.getInt32DataCount()];
      for (int i = 0; i < values.length; i++) {
        values[i] = HalfPrecision.toFloat(tensor.getInt32Data(i));
      }
      return values;
    }
    float[] values = new float[tensor.getRawData().size() / Short.BYTES];
    ByteBuffer raw = littleEndian(tensor);
    for (int i = 0; i < values.length; i++) {
      values[i] = HalfPrecision.toFloat(raw.getShort(Short.BYTES * i));
    }
    return values;
  }

  private static ByteBuffer littleEndian(OnnxTensor tensor) {
    return tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static BadInput unreadable(Path path, String why) {
    return new BadInput("model_unfit", "The graph " + path + " cannot be tuned: " + why + ".");
  }

  /** All weights in the order of the file. */
  Map<String, Weight> all() {
    return java.util.Collections.unmodifiableMap(weights);
  }

  /**
   * The graph as a file with some weights changed, each in the precision it had.
   *
   * @param changed the new numbers by name, as many as the weight has
   * @throws IllegalArgumentException when a name is not in the graph, a number of values differs or
   *     a number is not finite in the precision of the file
   */
  byte[] with(Map<String, float[]> changed) {
    if (!weights.keySet().containsAll(changed.keySet())) {
      throw new IllegalArgumentException("not all of these are weights: " + changed.keySet());
    }
    OnnxGraph.Builder graph = file.getGraph().toBuilder();
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      OnnxTensor tensor = graph.getInitializer(i);
      float[] values = changed.get(tensor.getName());
      Weight was = weights.get(tensor.getName());
      if (values != null && was != null) {
        graph.setInitializer(
            i,
            tensor.toBuilder()
                .clearFloatData()
                .clearInt32Data()
                .setRawData(raw(tensor.getName(), was, values)));
      }
    }
    return file.toBuilder().setGraph(graph).build().toByteArray();
  }

  private static ByteString raw(String name, Weight was, float[] values) {
    if (values.length != was.size()) {
      throw new IllegalArgumentException(name + " has " + was.size() + " values");
    }
    ByteBuffer raw =
        ByteBuffer.allocate(values.length * (was.half ? Short.BYTES : Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      if (!Float.isFinite(was.kept(value))) {
        throw new IllegalArgumentException(name + " became " + value);
      }
      if (was.half) {
        raw.putShort((short) HalfPrecision.of(value));
      } else {
        raw.putFloat(value);
      }
    }
    return ByteString.copyFrom(raw.flip());
  }
}
