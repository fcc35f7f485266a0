package riada.finetune;

import ai.djl.engine.Engine;
import java.nio.file.Path;
import riada.proto.BadInput;

/** The engine that trains. It is inside the product: nothing is fetched and nothing is told. */
final class Torch {
  private Torch() {}

  /**
   * Starts the engine, once in a process; its native libraries are unpacked once for each user, to
   * {@code DJL_CACHE_DIR}, by itself {@code .djl.ai} in their home.
   *
   * @param threads for one operator; later calls cannot change it
   * @throws BadInput when this machine has no such engine
   */
  static Engine start(int threads) throws BadInput {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("ai.djl.pytorch.num_threads", String.valueOf(threads));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    System.setProperty("ai.djl.default_engine", "PyTorch");
    try {
      return Engine.getEngine("PyTorch");
    } catch (RuntimeException | LinkageError e) {
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      throw new BadInput(
          "engine_missing",
          "PyTorch does not start here ("
              + String.valueOf(root.getMessage()).lines().findFirst().orElse("no reason given")
              + "). Fine-tuning needs Linux on x86-64 with glibc, and 450 MB of room in the folder"
              + " that DJL_CACHE_DIR names, by itself "
              + Path.of(System.getProperty("user.home", "."), ".djl.ai")
              + ".");
    }
  }
}
