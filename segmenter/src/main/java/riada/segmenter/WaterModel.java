package riada.segmenter;

import ai.onnxruntime.OrtException;
import java.nio.file.Path;
import java.util.List;
import riada.detect.Detection;
import riada.detect.Detector;
import riada.mask.Mask;
import riada.onnx.Device;
import riada.onnx.ModelFolder;
import riada.onnx.OnnxModel;
import riada.proto.BadInput;
import riada.proto.ModelRef;
import riada.sam.Embedding;
import riada.sam.ImageEncoder;
import riada.sam.LogitPlane;
import riada.sam.MaskDecoder;
import riada.sam.Masks;
import riada.sam.Pixels;
import riada.sam.Prompts;
import riada.sam.Window;

/**
 * A model folder at work on a device: the steps from a picture to masks, in the order in which they
 * are called. Holds one picture at a time, so it is for one thread at a time. Same picture, same
 * device, same bits.
 */
public final class WaterModel implements AutoCloseable {
  private final ModelFolder folder;
  private final Device device;
  private final Detector detector;
  private final ImageEncoder encoder;
  private final MaskDecoder decoder;
  private final Embedding embedding;
  private long encodings;
  private boolean closed;

  private WaterModel(
      ModelFolder folder,
      Device device,
      Detector detector,
      ImageEncoder encoder,
      MaskDecoder decoder,
      Embedding embedding) {
    this.folder = folder;
    this.device = device;
    this.detector = detector;
    this.encoder = encoder;
    this.decoder = decoder;
    this.embedding = embedding;
  }

  /** As {@link #open(Path, String, Device.Choice, int)}, in the variant that suits the device. */
  public static WaterModel open(Path folder, Device.Choice choice, int threads) throws BadInput {
    return open(folder, ModelFolder.SUITABLE, choice, threads);
  }

  /**
   * Loads a model and runs it once on an empty picture, so that the first tile is not slower and a
   * device that cannot do it is found out now.
   *
   * @param variant as {@link ModelFolder#open(Path, String, Device)} takes it
   * @param threads for inference on the CPU, at least 1
   * @throws BadInput when the folder is no model that works here, in a sentence
   */
  public static WaterModel open(Path folder, String variant, Device.Choice choice, int threads)
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
      decoder = OnnxModel.load(folder.file("decoder"), device, threads);
      WaterModel model =
          new WaterModel(
              folder,
              device,
              new Detector(folder.detector(Detector.Settings.class), folder.inputSize()),
              new ImageEncoder(encoder, folder),
              new MaskDecoder(decoder, folder),
              new Embedding(folder));
      model.encode();
      model.decode(List.of(model.detect().prompts()));
      return model;
    } catch (BadInput | OrtException | RuntimeException e) {
      encoder.close(); // sessions hold native memory that no garbage collector sees
      if (decoder != null) {
        decoder.close();
      }
      throw e;
    }
  }

  /** Lays a picture before the network. */
  public void take(Pixels picture) {
    encoder.take(picture);
  }

  /** Inference: the picture's embedding with all that hangs on it. */
  public void encode() throws OrtException {
    encodings++;
    encoder.encode(embedding);
  }

  /**
   * How often {@link #encode} was called: whoever keeps the number knows whether it is their
   * picture.
   */
  long encodings() {
    return encodings;
  }

  /** A copy of the picture's features, [channels, height, width]: what the decoder works on. */
  public float[] features() {
    return embedding.features();
  }

  /** Where the detector sees water: coarse logits over the picture, water above 0. */
  public LogitPlane wet() {
    return embedding.wet();
  }

  /** Where water is, and what to ask about it. */
  public Detection detect() {
    return detector.detect(embedding.maps(), embedding.rows(), embedding.columns());
  }

  /**
   * Inference: the answers to questions, given in pixels of the network's input; see {@link
   * MaskDecoder#decode}.
   */
  public Masks decode(List<Prompts> questions) throws OrtException {
    return decoder.decode(embedding, questions);
  }

  /** The logit above which a cell is water. */
  public float threshold() {
    return folder.card().thresholds().mask();
  }

  /** The water that one answer means, on {@code width} x {@code height} cells of the window. */
  public Mask water(LogitPlane answer, Window window, int width, int height) {
    return answer.above(threshold(), window, width, height);
  }

  /** The cells of the window that neither cloud nor cloud shadow hides. */
  public Mask seen(Window window, int width, int height) {
    ModelFolder.Thresholds thresholds = folder.card().thresholds();
    Mask hidden = embedding.cloud().above(thresholds.cloud(), window, width, height);
    hidden.or(embedding.shadow().above(thresholds.shadow(), window, width, height));
    return hidden.not();
  }

  /** Side of the network's square input, in pixels. */
  public int inputSize() {
    return folder.inputSize();
  }

  public ModelRef ref() {
    return folder.ref();
  }

  /** Which of the model's variants runs, for example {@code int8}. */
  public String variant() {
    return folder.variant();
  }

  public Device device() {
    return device;
  }

  /** Gives back all native memory. Closing again does nothing. */
  @Override
  public void close() {
    if (closed) {
      return; // the runtime holds a second close for an error
    }
    closed = true;
    embedding.close();
    decoder.close();
    encoder.close();
  }
}
