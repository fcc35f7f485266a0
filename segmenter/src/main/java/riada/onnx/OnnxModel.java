package riada.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import riada.proto.BadInput;

/**
 * One ONNX graph, ready to run. {@link #run} may be called by several threads as long as each
 * brings its own tensors; closing waits for runs that are under way, for their memory would go.
 */
public final class OnnxModel implements AutoCloseable {
  /** A run takes a second at most; one that takes longer than this does not come back. */
  private static final long CLOSE_SECONDS = 30;

  private final Path file;
  private final OrtSession session;
  private final ReadWriteLock inUse = new ReentrantReadWriteLock(true); // else closing may starve
  private boolean closed; // under the lock

  private OnnxModel(Path file, OrtSession session) {
    this.file = file;
    this.session = session;
  }

  /**
   * @param threads that one operator may use on the CPU, at least 1
   * @throws OrtException when the file is no graph or the device cannot take it
   */
  public static OnnxModel load(Path file, Device device, int threads) throws OrtException {
    OrtEnvironment environment = Ort.ENVIRONMENT;
    try (SessionOptions options = new SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      // Spinning threads take the cores from the broker and the topology beside us.
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      options.setDeterministicCompute(true);
      device.addTo(options);
      return new OnnxModel(file, environment.createSession(file.toString(), options));
    }
  }

  /**
   * Checks that the graph has an input of this shape.
   *
   * @param shape sides, outermost first; -1 where the graph must leave the side open
   * @throws BadInput naming what the graph has instead
   */
  public void requireInput(String name, long... shape) throws BadInput, OrtException {
    require("input", name, session.getInputInfo().get(name), shape);
  }

  /**
   * Checks that the graph has an output of this shape, as {@link #requireInput} does. Sides that
   * the graph leaves open fit any: exporters do not always know them.
   */
  public void requireOutput(String name, long... shape) throws BadInput, OrtException {
    require("output", name, session.getOutputInfo().get(name), shape);
  }

  private void require(String kind, String name, @Nullable NodeInfo node, long[] shape)
      throws BadInput {
    if (node == null || !(node.getInfo() instanceof TensorInfo info)) {
      throw new BadInput(
          "model_unfit",
          "The graph "
              + file
              + " has no "
              + kind
              + " named "
              + name
              + "; export it again with the recipe in segmenter/training.");
    }
    long[] actual = info.getShape();
    boolean fits = actual.length == shape.length;
    for (int i = 0; fits && i < shape.length; i++) {
      fits = actual[i] == shape[i] || actual[i] < 0;
    }
    if (!fits) {
      throw new BadInput(
          "model_unfit",
          "The "
              + kind
              + " "
              + name
              + " of the graph "
              + file
              + " is "
              + Arrays.toString(actual)
              + " but model.json makes it "
              + Arrays.toString(shape)
              + " (-1: any); they must belong together.");
    }
  }

  /**
   * Runs the graph once. Every output that is named is written in place; others are not computed.
   *
   * @throws OrtException when the runtime fails, for example for want of memory; on CUDA the
   *     session may stay broken after that and is best loaded anew
   * @throws IllegalStateException when it is closed
   */
  public void run(Map<String, FloatTensor> inputs, Map<String, FloatTensor> outputs)
      throws OrtException {
    inUse.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("the graph " + file + " is closed");
      }
      try (OrtSession.Result result = session.run(tensors(inputs), Set.of(), tensors(outputs))) {
        assert result.size() == outputs.size();
      }
    } finally {
      inUse.readLock().unlock();
    }
  }

  private static Map<String, OnnxTensor> tensors(Map<String, FloatTensor> named) {
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    named.forEach((name, tensor) -> tensors.put(name, tensor.tensor()));
    return tensors;
  }

  /**
   * Waits for runs that are under way, then gives back the memory. Closing again does nothing.
   *
   * @throws IllegalStateException when a run does not end in {@value #CLOSE_SECONDS} s: then all
   *     stays open, for what still runs would crash
   */
  @Override
  public void close() {
    try {
      if (!inUse.writeLock().tryLock(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the graph " + file + " still runs and stays open");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted; the graph " + file + " stays open", e);
    }
    try {
      if (!closed) {
        closed = true;
        session.close();
      }
    } catch (OrtException e) {
      throw new IllegalStateException("closing " + file, e);
    } finally {
      inUse.writeLock().unlock();
    }
  }
}
