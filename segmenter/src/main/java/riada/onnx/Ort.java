package riada.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
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

  /** As in the C API; what is less is not logged. */
  private static final int LOG_ERRORS = 3;

  static final OrtEnvironment ENVIRONMENT = start();

  private Ort() {}

  private static OrtEnvironment start() {
    FutureTask<OrtEnvironment> start = new FutureTask<>(new Start());
    new Thread(null, start, "onnxruntime-start", STACK_BYTES).start();
    try {
      OrtEnvironment environment = start.get();
      keep();
      return environment;
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException("ONNX Runtime does not start", e);
    }
  }

  /**
   * Keeps the environment until the process is gone. ONNX Runtime 1.29.0 gives it back in a
   * shutdown hook, beside all other hooks, and a graph that runs at that moment crashes the process
   * (SIGSEGV) instead of ending its tile. It counts who holds the environment, so it is held once
   * more; Java has no other way to say so.
   */
  private static void keep() {
    try {
      Field api = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("ortApiHandle");
      Method hold =
          OrtEnvironment.class.getDeclaredMethod(
              "createHandle", long.class, int.class, String.class);
      api.setAccessible(true);
      hold.setAccessible(true);
      hold.invoke(null, api.getLong(null), LOG_ERRORS, "riada");
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this ONNX Runtime is none that Riada was made for", e);
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
