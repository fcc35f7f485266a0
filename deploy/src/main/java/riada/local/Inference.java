package riada.local;

import java.nio.file.Path;
import riada.onnx.Device;
import riada.onnx.ModelFolder;
import riada.proto.BadInput;
import riada.segmenter.WaterModel;

/**
 * Which model runs on what.
 *
 * @param model the model's folder
 * @param variant of the model; {@link ModelFolder#SUITABLE} for what suits the device
 * @param threads on the CPU, at least 1
 */
public record Inference(Path model, String variant, Device.Choice device, int threads) {
  /** In the variant that suits the device. */
  public Inference(Path model, Device.Choice device, int threads) {
    this(model, ModelFolder.SUITABLE, device, threads);
  }

  /** Loads the model; the caller closes it. */
  public WaterModel open() throws BadInput {
    return WaterModel.open(model, variant, device, threads);
  }
}
