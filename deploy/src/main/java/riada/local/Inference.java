package riada.local;

import java.nio.file.Path;
import riada.onnx.Device;
import riada.proto.BadInput;
import riada.segmenter.WaterModel;

/**
 * Which model runs on what.
 *
 * @param model the model's folder
 * @param threads on the CPU, at least 1
 */
public record Inference(Path model, Device.Choice device, int threads) {
  /** Loads the model; the caller closes it. */
  public WaterModel open() throws BadInput {
    return WaterModel.open(model, device, threads);
  }
}
