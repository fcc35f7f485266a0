package riada.sam;

import ai.onnxruntime.OrtException;
import java.util.Map;
import riada.onnx.FloatTensor;
import riada.onnx.ModelFolder;
import riada.onnx.OnnxModel;
import riada.proto.BadInput;

/**
 * Where a semantic model sees water on one picture, in memory that is used again for the next one.
 * For one thread at a time; whoever makes one closes it.
 */
public final class WaterLogits implements EncoderOutput {
  private final FloatTensor water; // [1, 1, side, side]
  private final int side;

  public WaterLogits(ModelFolder folder) throws OrtException {
    side = folder.maskSide();
    water = new FloatTensor(1, 1, side, side);
  }

  static void requireOutputs(OnnxModel graph, ModelFolder folder) throws BadInput, OrtException {
    graph.requireOutput("water", -1, 1, folder.maskSide(), folder.maskSide());
  }

  @Override
  public Map<String, FloatTensor> outputs() {
    return Map.of("water", water);
  }

  /** A copy of the logits over the picture. */
  public LogitPlane plane() {
    return new LogitPlane(water.toArray(), 0, side);
  }

  @Override
  public void close() {
    water.close();
  }
}
