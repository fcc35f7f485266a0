package riada.segmenter;

import ai.onnxruntime.OrtException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import riada.detect.Detection;
import riada.detect.Detector;
import riada.mask.Mask;
import riada.onnx.Device;
import riada.onnx.Head;
import riada.onnx.ModelCard;
import riada.onnx.ModelFolder;
import riada.proto.BadInput;
import riada.proto.ModelRef;
import riada.sam.Embedding;
import riada.sam.EncoderOutput;
import riada.sam.Frame;
import riada.sam.ImageEncoder;
import riada.sam.LogitPlane;
import riada.sam.MaskDecoder;
import riada.sam.Masks;
import riada.sam.Pixels;
import riada.sam.Prompts;
import riada.sam.WaterLogits;
import riada.sam.Window;

/**
 * A model folder at work on a device: the steps from a picture to masks, in the order in which they
 * are called. Holds one picture at a time, so it is for one thread at a time. Same picture, same
 * device, same bits.
 */
public final class WaterModel implements AutoCloseable {
  private final ModelFolder folder;
  private final Device device;
  private final ImageEncoder encoder;
  private final Way way;
  private Frame frame;
  private long encodings;
  private boolean closed;

  /** From what the encoder says to masks. */
  sealed interface Way {
    EncoderOutput output();

    /** Questions about an embedding. */
    record Promptable(Embedding output, @Nullable Detector detector, MaskDecoder decoder)
        implements Way {}

    /** The encoder's output is the answer. */
    record Semantic(WaterLogits output) implements Way {}
  }

  WaterModel(ModelFolder folder, Device device, ImageEncoder encoder, Way way) {
    this.folder = folder;
    this.device = device;
    this.encoder = encoder;
    this.way = way;
    this.frame = frame(folder.inputSize(), folder.inputSize());
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
    return Loading.open(folder, variant, choice, threads);
  }

  /** Whether the model tells this of a picture. */
  public boolean has(Head head) {
    return folder.has(head);
  }

  /**
   * Refuses a model that cannot look for water by itself.
   *
   * @throws BadInput saying what it can do
   */
  public void requireDetector() throws BadInput {
    new Abilities(folder.card()).requireDetector();
  }

  /**
   * Refuses a model that the stream cannot rely on: nobody points at the water of a tile, and what
   * a cloud hides must not count as dry.
   *
   * @throws BadInput saying what it lacks
   */
  public void requireAllHeads() throws BadInput {
    new Abilities(folder.card()).requireAllHeads();
  }

  /**
   * Refuses a model that does not take this kind of prompt.
   *
   * @param kind {@code points}, {@code boxes} or {@code mask}
   * @throws BadInput saying which it takes
   */
  public void requirePrompts(String kind) throws BadInput {
    new Abilities(folder.card()).requirePrompts(kind);
  }

  private String name() {
    return folder.card().name() + " " + folder.card().version();
  }

  /** Lays a picture before the network. */
  public void take(Pixels picture) {
    frame = encoder.take(picture);
  }

  /** How the picture that was taken last lies on the network's input. */
  public Frame frame() {
    return frame;
  }

  /** How a picture of this size would lie there. */
  public Frame frame(int width, int height) {
    return Frame.of(width, height, folder.inputSize(), folder.card().fit());
  }

  /** Inference: the picture's embedding with all that hangs on it. */
  public void encode() throws OrtException {
    encodings++;
    encoder.encode(way.output());
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
    return promptable().output.features();
  }

  /**
   * Where the detector sees water: coarse logits over the picture, water above 0; for models that
   * have a {@link Head#DETECTOR}.
   */
  public LogitPlane wet() {
    return promptable().output.wet();
  }

  /** Where water is, and what to ask about it; for models that have a {@link Head#DETECTOR}. */
  public Detection detect() {
    Detector detector = promptable().detector;
    if (detector == null) {
      throw new IllegalStateException(name() + " has no detector");
    }
    Embedding embedding = promptable().output;
    return detector.detect(embedding.maps(), embedding.rows(), embedding.columns());
  }

  /**
   * Inference: the answers to questions, given in pixels of the network's input; see {@link
   * MaskDecoder#decode}.
   */
  public Masks decode(List<Prompts> questions) throws OrtException {
    Way.Promptable asked = promptable();
    return asked.decoder.decode(asked.output, questions);
  }

  private Way.Promptable promptable() {
    if (way instanceof Way.Promptable asked) {
      return asked;
    }
    throw new IllegalStateException(name() + " takes no questions");
  }

  /**
   * Where a semantic model sees water; empty for a model that is asked. Tells which of both it is.
   */
  public Optional<LogitPlane> unasked() {
    return way instanceof Way.Semantic said ? Optional.of(said.output.plane()) : Optional.empty();
  }

  /** The logit above which a cell is water. */
  public float threshold() {
    return folder.card().thresholds().mask();
  }

  /** An answer as the network wants it back: as the prior mask of the next question. */
  public LogitPlane prior(LogitPlane answer) {
    float limit = folder.card().priorLimit();
    return limit == 0 ? answer : answer.clamped(limit);
  }

  /**
   * The water that one answer means, on {@code width} x {@code height} cells of a window of the
   * picture that was taken last.
   */
  public Mask water(LogitPlane answer, Window window, int width, int height) {
    return answer.above(threshold(), frame, window, width, height);
  }

  /**
   * The cells of the window that neither cloud nor cloud shadow hides; all of them, where the model
   * has no {@link Head#SKY} to tell.
   */
  public Mask seen(Window window, int width, int height) {
    if (!has(Head.SKY)) {
      return Mask.full(width, height);
    }
    Embedding embedding = promptable().output;
    ModelCard.Thresholds thresholds = folder.card().thresholds();
    Mask hidden = embedding.cloud().above(thresholds.cloud(), frame, window, width, height);
    hidden.or(embedding.shadow().above(thresholds.shadow(), frame, window, width, height));
    return hidden.not();
  }

  /** Side of the network's square input, in pixels. */
  public int inputSize() {
    return folder.inputSize();
  }

  /** Side of a mask's logits, in cells. */
  public int maskSide() {
    return folder.maskSide();
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

  boolean isClosed() {
    return closed;
  }

  /** Gives back all native memory. Closing again does nothing. */
  @Override
  public void close() {
    if (closed) {
      return; // the runtime holds a second close for an error
    }
    closed = true;
    encoder.close(); // graphs first: what runs until then writes into the tensors
    if (way instanceof Way.Promptable asked) {
      asked.decoder.close();
    }
    way.output().close();
  }
}
