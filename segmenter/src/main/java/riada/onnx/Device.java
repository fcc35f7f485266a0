package riada.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import java.util.Locale;
import java.util.Optional;
import riada.proto.BadInput;

/**
 * What a model runs on.
 *
 * @param name {@code cpu} or {@code cuda:0}
 * @param warning what the operator must know of this choice, in a sentence; empty when it is the
 *     one that was asked for
 */
public record Device(String name, Optional<String> warning) {
  /** The processor, because it was asked for. */
  public static final Device CPU = new Device("cpu", Optional.empty());

  private static final Device CUDA = new Device("cuda:0", Optional.empty());

  /** What the configuration can ask for. */
  public enum Choice {
    /** CUDA where it works, else the CPU with a warning. */
    AUTO,
    CPU,
    /** CUDA or nothing. */
    CUDA;

    /**
     * @throws BadInput when the text is none of {@code auto}, {@code cpu}, {@code cuda}
     */
    public static Choice parse(String text) throws BadInput {
      for (Choice choice : values()) {
        if (choice.name().equals(text.toUpperCase(Locale.ROOT))) {
          return choice;
        }
      }
      throw new BadInput(
          "device_unknown", "The device \"" + text + "\" is unknown; write auto, cpu or cuda.");
    }
  }

  /**
   * Finds the device for a choice.
   *
   * @throws BadInput when CUDA was demanded and cannot be had
   */
  public static Device choose(Choice choice) throws BadInput {
    if (choice == Choice.CPU) {
      return CPU;
    }
    try (SessionOptions options = new SessionOptions()) {
      CUDA.addTo(options);
      return CUDA;
    } catch (OrtException e) {
      if (choice == Choice.CUDA) {
        throw new BadInput("device_unavailable", "CUDA cannot be used: " + firstLine(e) + ".");
      }
      return fallback(e);
    }
  }

  /** The CPU, standing in for CUDA that failed with {@code why}. */
  public static Device fallback(OrtException why) {
    return new Device(
        "cpu",
        Optional.of(
            "No CUDA device can be used ("
                + firstLine(why)
                + "), so tiles are segmented on the CPU, which is several times slower."));
  }

  /** Whether tensors cross to another memory. */
  public boolean cuda() {
    return name.startsWith("cuda");
  }

  void addTo(SessionOptions options) throws OrtException {
    if (!cuda()) {
      return;
    }
    try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(0)) {
      cuda.add("cudnn_conv_algo_search", "HEURISTIC"); // exhaustive search stalls each new shape
      cuda.add("use_tf32", "0"); // ten bits of mantissa would not keep parity with the CPU
      options.addCUDA(cuda);
    }
    options.setMemoryPatternOptimization(false); // sessions on CUDA grow without bound with it
  }

  /** What ONNX Runtime says, without its code: an operator reads it. */
  private static String firstLine(OrtException e) {
    return String.valueOf(e.getMessage())
        .lines()
        .findFirst()
        .orElse("no reason given")
        .replaceFirst("^Error code - \\S+ - message: ", "")
        .strip();
  }
}
