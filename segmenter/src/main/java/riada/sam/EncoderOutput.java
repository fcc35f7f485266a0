package riada.sam;

import java.util.Map;
import riada.onnx.FloatTensor;

/** What an encoder graph writes about one picture, by the names of its outputs. */
public sealed interface EncoderOutput extends AutoCloseable permits Embedding, WaterLogits {
  /** The tensors that the graph fills; the same ones for every picture. */
  Map<String, FloatTensor> outputs();

  @Override
  void close();
}
