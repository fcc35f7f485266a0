package riada.sam;

import ai.onnxruntime.OrtException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import riada.onnx.FloatTensor;
import riada.onnx.Head;
import riada.onnx.ModelFolder;
import riada.onnx.OnnxModel;
import riada.proto.BadInput;

/**
 * What the encoder says of one picture, in memory that is used again for the next one. Maps and sky
 * are only for models that have these heads. For one thread at a time; whoever makes one closes it.
 */
public final class Embedding implements EncoderOutput {
  /** Planes of the detector's maps: wet logit, heat logit, and the four sides of a box. */
  public static final int MAPS = 6;

  private final FloatTensor embedding; // [1, channels, height, width]
  private final @Nullable FloatTensor maps; // [1, MAPS, height, width]
  private final @Nullable FloatTensor sky; // [1, 2, maskSide, maskSide]
  private final Map<String, FloatTensor> outputs = new LinkedHashMap<>();
  private final int rows;
  private final int columns;
  private final int maskSide;

  public Embedding(ModelFolder folder) throws OrtException {
    List<Integer> shape = folder.card().embedding();
    rows = shape.get(1);
    columns = shape.get(2); // as many as rows: the graphs take squares
    maskSide = folder.maskSide();
    embedding = new FloatTensor(1, shape.get(0), rows, columns);
    maps = folder.has(Head.DETECTOR) ? new FloatTensor(1, MAPS, rows, columns) : null;
    sky = folder.has(Head.SKY) ? new FloatTensor(1, 2, maskSide, maskSide) : null;
    outputs.put("embedding", embedding);
    if (maps != null) {
      outputs.put("maps", maps);
    }
    if (sky != null) {
      outputs.put("sky", sky);
    }
  }

  static void requireOutputs(OnnxModel graph, ModelFolder folder) throws BadInput, OrtException {
    List<Integer> shape = folder.card().embedding();
    graph.requireOutput("embedding", -1, shape.get(0), shape.get(1), shape.get(2));
    if (folder.has(Head.DETECTOR)) {
      graph.requireOutput("maps", -1, MAPS, shape.get(1), shape.get(2));
    }
    if (folder.has(Head.SKY)) {
      graph.requireOutput("sky", -1, 2, folder.maskSide(), folder.maskSide());
    }
  }

  @Override
  public Map<String, FloatTensor> outputs() {
    return outputs;
  }

  FloatTensor tensor() {
    return embedding;
  }

  /** A copy of the features, [channels, height, width]. */
  public float[] features() {
    return embedding.toArray();
  }

  /** A copy of the detector's maps, [6, {@link #rows}, {@link #columns}]. */
  public float[] maps() {
    return head(maps).toArray();
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  /** The detector's water logits over the picture: the first of its maps, coarse. */
  public LogitPlane wet() {
    return new LogitPlane(head(maps).toArray(0, rows * columns), 0, columns);
  }

  /** Cloud logits over the picture. */
  public LogitPlane cloud() {
    return plane(0);
  }

  /** Cloud shadow logits over the picture. */
  public LogitPlane shadow() {
    return plane(1);
  }

  /** A copy of the cloud logits and the shadow logits, [2, side, side]. */
  float[] sky() {
    return head(sky).toArray();
  }

  private static FloatTensor head(@Nullable FloatTensor output) {
    return Objects.requireNonNull(output, "the model has no such head; ask ModelFolder.has first");
  }

  private LogitPlane plane(int i) {
    int cells = maskSide * maskSide;
    return new LogitPlane(head(sky).toArray(i * cells, cells), 0, maskSide);
  }

  @Override
  public void close() {
    outputs.values().forEach(FloatTensor::close);
  }
}
