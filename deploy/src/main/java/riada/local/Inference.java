package riada.local;

import java.nio.file.Path;
import riada.onnx.Device;
import riada.onnx.ModelFolder;
import riada.proto.BadInput;
import riada.segmenter.ModelWatch;
import riada.segmenter.WaterModel;

/**
 * Which model runs on what.
 *
 * @param model the model's folder
 * @param variant of the model; {@link ModelFolder#SUITABLE} for what suits the device
 * @param threads on the CPU, at least 1
 */
public record Inference(Path model, String variant, Device.Choice device, int threads)
    implements ModelWatch.Loader {
  /** In the variant that suits the device. */
  public Inference(Path model, Device.Choice device, int threads) {
    this(model, ModelFolder.SUITABLE, device, threads);
  }

  /** Loads the model; the caller closes it. */
  public WaterModel open() throws BadInput {
    return load(model);
  }

  @Override
  public WaterModel load(Path folder) throws BadInput {
    return WaterModel.open(folder, variant, device, threads);
  }

  @Override
  public WaterModel check(Path folder) throws BadInput {
    String onCuda = variant.equals(ModelFolder.SUITABLE) ? ModelFolder.FP32 : variant;
    return WaterModel.open(folder, onCuda, Device.Choice.CPU, threads);
  }
}
