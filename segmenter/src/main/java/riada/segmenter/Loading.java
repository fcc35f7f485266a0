package riada.segmenter;

import ai.onnxruntime.OrtException;
import java.nio.file.Path;
import java.util.List;
import riada.detect.Detector;
import riada.onnx.Device;
import riada.onnx.Head;
import riada.onnx.ModelFolder;
import riada.onnx.OnnxModel;
import riada.proto.BadInput;
import riada.sam.Embedding;
import riada.sam.ImageEncoder;
import riada.sam.MaskDecoder;
import riada.sam.Prompts;
import riada.sam.WaterLogits;

/**
 * Brings a model from its folder to work: chooses the device, checks the files, loads the graphs
 * and runs them once. On a GPU that nobody insisted on and that cannot do it the CPU takes its
 * place.
 */
final class Loading {
  private Loading() {}

  /** As {@link WaterModel#open(Path, String, Device.Choice, int)} tells. */
  static WaterModel open(Path folder, String variant, Device.Choice choice, int threads)
      throws BadInput {
    Device device = Device.choose(choice);
    ModelFolder checked = ModelFolder.open(folder, variant, device);
    try {
      return load(checked, device, threads);
    } catch (OrtException e) {
      if (choice == Device.Choice.AUTO && device.cuda()) {
        return onCpuAfter(e, folder, variant, threads);
      }
      throw unusable(checked, device, e);
    }
  }

  private static WaterModel onCpuAfter(OrtException why, Path folder, String variant, int threads)
      throws BadInput {
    Device device = Device.fallback(why);
    ModelFolder checked = ModelFolder.open(folder, variant, device);
    try {
      return load(checked, device, threads);
    } catch (OrtException e) {
      throw unusable(checked, device, e);
    }
  }

  private static BadInput unusable(ModelFolder folder, Device device, OrtException e) {
    return new BadInput(
        "model_unusable",
        "The model " + folder + " does not run on " + device.name() + ": " + e.getMessage());
  }

  private static WaterModel load(ModelFolder folder, Device device, int threads)
      throws BadInput, OrtException {
    OnnxModel encoder = OnnxModel.load(folder.file("encoder"), device, threads);
    OnnxModel decoder = null;
    try {
      ImageEncoder images = new ImageEncoder(encoder, folder);
      WaterModel model;
      switch (folder.card().kind()) {
        case PROMPTABLE -> {
          decoder = OnnxModel.load(folder.file("decoder"), device, threads);
          Detector detector =
              folder.has(Head.DETECTOR)
                  ? new Detector(folder.detector(Detector.Settings.class), folder.inputSize())
                  : null;
          MaskDecoder masks = new MaskDecoder(decoder, folder);
          WaterModel.Way way =
              new WaterModel.Way.Promptable(new Embedding(folder), detector, masks);
          model = new WaterModel(folder, device, images, way);
          model.encode();
          model.decode(List.of(anyPrompts(model)));
        }
        case SEMANTIC -> {
          WaterModel.Way way = new WaterModel.Way.Semantic(new WaterLogits(folder));
          model = new WaterModel(folder, device, images, way);
          model.encode();
        }
        default -> throw new IllegalStateException("no such kind");
      }
      return model;
    } catch (BadInput | OrtException | RuntimeException | Error e) {
      encoder.close(); // sessions hold native memory that no garbage collector sees
      if (decoder != null) {
        decoder.close();
      }
      throw e;
    }
  }

  private static Prompts anyPrompts(WaterModel model) {
    if (model.has(Head.DETECTOR)) {
      return model.detect().prompts();
    }
    float middle = model.inputSize() / 2f;
    return Prompts.points(List.of(new Prompts.Point(middle, middle, true)));
  }
}
