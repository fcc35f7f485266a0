package riada.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** The one ONNX Runtime environment of this process. */
final class Ort {
  /**
   * ONNX Runtime 1.29.0 reads the process's command line when it starts, in a way that recurses
   * with its length: 8 kB of it (a long class path, many file names) overflow a Java thread's usual
   * stack and kill the process without a word. So it starts on a thread with a large one.
   */
  private static final long STACK_BYTES = 64 << 20;

  static final OrtEnvironment ENVIRONMENT = start();

  private Ort() {}

  private static OrtEnvironment start() {
    FutureTask<OrtEnvironment> start = new FutureTask<>(new Start());
    new Thread(null, start, "onnxruntime-start", STACK_BYTES).start();
    try {
      return start.get();
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException("ONNX Runtime does not start", e);
    }
  }

  /** A class of its own: a lambda would wait for this one, which waits for it. */
  private static final class Start implements Callable<OrtEnvironment> {
    @Override
    public OrtEnvironment call() {
      return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
    }
  }
}
