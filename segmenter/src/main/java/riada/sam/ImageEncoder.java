package riada.sam;

import ai.onnxruntime.OrtException;
import java.util.Arrays;
import java.util.Map;
import riada.onnx.Fit;
import riada.onnx.FloatTensor;
import riada.onnx.ModelFolder;
import riada.onnx.OnnxModel;
import riada.proto.BadInput;

/**
 * The encoder graph with the heads on it: a picture becomes an {@link EncoderOutput}. For one
 * thread at a time. Owns its graph.
 */
public final class ImageEncoder implements AutoCloseable {
  private final OnnxModel graph;
  private final int size;
  private final Fit fit;
  private final float[][] normalised = new float[3][256]; // network input of each channel and level
  private final FloatTensor image; // [1, 3, size, size]
  private final float[] plane;

  /**
   * @throws BadInput when the graph is not the one that the folder describes; the graph is then
   *     still the caller's to close
   */
  public ImageEncoder(OnnxModel graph, ModelFolder folder) throws BadInput, OrtException {
    size = folder.inputSize();
    fit = folder.card().fit();
    graph.requireInput("image", -1, 3, size, size);
    switch (folder.card().kind()) {
      case PROMPTABLE -> Embedding.requireOutputs(graph, folder);
      case SEMANTIC -> WaterLogits.requireOutputs(graph, folder);
    }
    this.graph = graph;
    for (int c = 0; c < 3; c++) {
      float mean = folder.card().normalisation().mean().get(c);
      float std = folder.card().normalisation().std().get(c);
      for (int level = 0; level < 256; level++) {
        normalised[c][level] = (level - mean) / std;
      }
    }
    image = new FloatTensor(1, 3, size, size);
    plane = new float[size * size];
  }

  /**
   * Lays a picture of any size before the network: resized as the model's {@link Fit} says, and
   * normalised; what it does not cover is zero. A picture of the network's own size is read
   * straight from the decoder's bytes.
   *
   * @return where it lies
   */
  public Frame take(Pixels picture) {
    Frame frame = Frame.of(picture.width(), picture.height(), size, fit);
    Pixels resized = Resampler.resize(picture, frame.columns(), frame.rows());
    byte[] bytes = resized.bytes();
    if (frame.columns() < size || frame.rows() < size) {
      Arrays.fill(plane, 0);
    }
    for (int c = 0; c < 3; c++) {
      float[] level = normalised[c];
      for (int y = 0; y < frame.rows(); y++) {
        int from = resized.index(0, y, c);
        int to = y * size;
        for (int x = 0; x < frame.columns(); x++, from += resized.pixelStride()) {
          plane[to++] = level[bytes[from] & 0xff];
        }
      }
      image.values().put(c * plane.length, plane);
    }
    return frame;
  }

  /** The network's input as {@link #take} left it: [3, size, size], row-major. */
  float[] input() {
    return image.toArray();
  }

  /** Runs the network on the picture that was taken last. */
  public void encode(EncoderOutput into) throws OrtException {
    graph.run(Map.of("image", image), into.outputs());
  }

  @Override
  public void close() {
    graph.close(); // first: what runs until then reads the tensor
    image.close();
  }
}
