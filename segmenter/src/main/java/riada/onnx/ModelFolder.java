package riada.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import riada.onnx.ModelCard.Entry;
import riada.proto.BadInput;
import riada.proto.ModelRef;
import riada.proto.Observation;

/**
 * A model on disk, in one of its variants: {@code model.json} and the files that run, each checked
 * against its SHA-256. Immutable.
 */
public final class ModelFolder {
  static final String CARD = "model.json";

  /** The card for people and what else may lie beside it: licences travel with the weights. */
  private static final List<String> FOR_PEOPLE = List.of("README.md", "LICENSE", "NOTICE");

  /** The variant that every model has: single precision, the files of the card itself. */
  public static final String FP32 = "fp32";

  /** Asks for the variant that suits the device. */
  public static final String SUITABLE = "";

  private final Path folder;
  private final ModelCard card;
  private final String variant;
  private final Map<String, Entry> files;
  private final String digest;

  private ModelFolder(
      Path folder, ModelCard card, String variant, Map<String, Entry> files, String digest) {
    this.folder = folder;
    this.card = card;
    this.variant = variant;
    this.files = files;
    this.digest = digest;
  }

  /** The model in single precision; see {@link #open(Path, String, Device)}. */
  public static ModelFolder open(Path folder) throws BadInput {
    return open(folder, FP32, Device.CPU);
  }

  /**
   * Reads and checks a folder; takes the time to read all files of the variant once.
   *
   * @param served a model, or a folder that serves one as {@link ServedFolder} tells
   * @param asked a variant's name, or {@link #SUITABLE}: the card's default on the CPU, {@link
   *     #FP32} on CUDA, where integers are no faster
   * @throws BadInput when there is none, its {@code model.json} is unreadable, it has no such
   *     variant, or a file is missing, not the one that was measured, or read without being named
   */
  public static ModelFolder open(Path served, String asked, Device device) throws BadInput {
    Path folder = ServedFolder.model(served);
    Path json = folder.resolve(CARD);
    if (!Files.isRegularFile(json)) {
      throw new BadInput(
          "model_missing",
          "There is no model at "
              + folder
              + " (no "
              + CARD
              + " in it); name the folder of a model, for example segmenter/models/riada-lite.");
    }
    ModelCard card = ModelCard.read(json);
    String variant = asked;
    if (asked.equals(SUITABLE)) {
      variant = device.cuda() ? FP32 : card.defaultVariant();
    }
    Map<String, Entry> files = card.filesOf(variant, json);
    TreeMap<String, String> digests = new TreeMap<>();
    digests.put(CARD, sha256(json));
    for (Map.Entry<String, Entry> file : files.entrySet()) {
      digests.put(file.getValue().path(), checked(folder, file.getKey(), file.getValue()));
    }
    for (String role : card.kind().roles()) {
      requireNamedData(folder, role, files);
    }
    return new ModelFolder(folder, card, variant, files, digest(digests));
  }

  /** Refuses a graph that reads weights of which nobody knows whether they are those of before. */
  private static void requireNamedData(Path folder, String role, Map<String, Entry> files)
      throws BadInput {
    Entry named = files.get(role + ModelCard.DATA);
    Path graph = folder.resolve(Objects.requireNonNull(files.get(role)).path());
    try {
      for (String place : ExternalData.of(graph)) {
        Path data = graph.resolveSibling(place).normalize();
        if (named == null || !data.equals(folder.resolve(named.path()).normalize())) {
          throw new BadInput(
              "model_data_unnamed",
              "The graph "
                  + graph
                  + " keeps weights in "
                  + place
                  + ", which model.json does not name, so nobody can tell whether they are the ones"
                  + " that were measured; name it there as files."
                  + role
                  + ModelCard.DATA
                  + " with its SHA-256.");
        }
      }
    } catch (IOException | InvalidPathException e) {
      throw new BadInput("model_unreadable", "The model file " + graph + " cannot be read: " + e);
    }
  }

  /** The digest of a file, which is the one that the card gives. */
  private static String checked(Path folder, String role, Entry entry) throws BadInput {
    Path path = Path.of(entry.path()).normalize();
    Path file = folder.resolve(path);
    // A way out and in again would lead elsewhere from a copy.
    if (path.isAbsolute() || path.startsWith("..") || !Files.isRegularFile(file)) {
      throw new BadInput(
          "model_file_missing",
          "The model's " + role + " " + file + " is missing; copy the whole folder again.");
    }
    String actual = sha256(file);
    if (!actual.equalsIgnoreCase(entry.sha256())) {
      throw new BadInput(
          "model_digest",
          "The model file "
              + file
              + " is not the one that model.json describes: its SHA-256 is "
              + actual
              + ", expected "
              + entry.sha256()
              + ". Copy the whole folder again.");
    }
    return actual;
  }

  /**
   * SHA-256 over what {@code sha256sum} prints for the card and the files that run, in the order of
   * their paths: {@code sha256sum decoder.onnx encoder.onnx model.json | sha256sum} shows the same.
   */
  private static String digest(TreeMap<String, String> byPath) {
    StringBuilder lines = new StringBuilder();
    byPath.forEach((path, sha) -> lines.append(sha).append("  ").append(path).append('\n'));
    byte[] digest = Observation.sha256().digest(lines.toString().getBytes(UTF_8));
    return HexFormat.of().formatHex(digest);
  }

  private static String sha256(Path file) throws BadInput {
    MessageDigest sha = Observation.sha256();
    try (InputStream in = Files.newInputStream(file);
        OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), sha)) {
      in.transferTo(out);
    } catch (IOException e) {
      throw new BadInput("model_unreadable", "The model file " + file + " cannot be read: " + e);
    }
    return HexFormat.of().formatHex(sha.digest());
  }

  /** Whether a copy will do: throws where it will not. */
  public interface Judge {
    void judge(Path copy) throws BadInput;
  }

  /** As {@link #copyTo(Path, Judge)}, for whoever judged the original. */
  public void copyTo(Path target) throws BadInput, IOException {
    copyTo(target, copy -> {});
  }

  /**
   * Copies the cards and the files of all variants, each checked as {@link #open} does; the new
   * folder appears whole or not at all.
   *
   * @param target must not exist, its parent is made where there is none
   * @param judge sees the copy before it appears: what it lacks that the original had beside itself
   *     shows only there
   * @throws BadInput when a file of any variant is missing or not the one that was measured, or the
   *     judge refuses
   */
  public void copyTo(Path target, Judge judge) throws BadInput, IOException {
    TreeSet<String> paths = new TreeSet<>(List.of(CARD));
    FOR_PEOPLE.stream()
        .filter(name -> Files.isRegularFile(folder.resolve(name)))
        .forEach(paths::add);
    for (String name : variants()) {
      for (Map.Entry<String, Entry> file : card.filesOf(name, folder.resolve(CARD)).entrySet()) {
        checked(folder, file.getKey(), file.getValue());
        paths.add(file.getValue().path());
      }
    }
    ModelCopy.copy(folder, paths, target, judge);
  }

  /** Where its card lies. */
  public Path path() {
    return folder;
  }

  public ModelCard card() {
    return card;
  }

  /** The constants of prompting, in the form of {@code type}, a record of their names. */
  public <T> T detector(Class<T> type) throws BadInput {
    return card.detectorAs(type, folder.resolve(CARD));
  }

  /** The file in this role, {@code encoder} or {@code decoder}. */
  public Path file(String role) {
    Entry entry = files.get(role);
    if (entry == null) {
      throw new IllegalArgumentException("a model has no file in the role of " + role);
    }
    return folder.resolve(entry.path());
  }

  /** Size on disk of all files that run. */
  public long bytes() throws IOException {
    long bytes = 0;
    for (Entry entry : files.values()) {
      bytes += Files.size(folder.resolve(entry.path()));
    }
    return bytes;
  }

  /** Which variant this is: {@link #FP32} or one that the card names. */
  public String variant() {
    return variant;
  }

  /** All variants that the card names, {@link #FP32} first. */
  public List<String> variants() {
    return card.variantNames();
  }

  /** Side of the square input, in pixels. */
  public int inputSize() {
    return card.inputSize();
  }

  /** Whether the encoder has this head. */
  public boolean has(Head head) {
    return card.heads().contains(head);
  }

  /** Side of a plane of mask, cloud or shadow logits, in cells. */
  public int maskSide() {
    return card.inputSize() / card.maskStride();
  }

  /** How masks name the model that made them; the digest is of the files that run. */
  public ModelRef ref() {
    return ModelRef.newBuilder()
        .setName(card.name())
        .setVersion(card.version())
        .setDigest(digest)
        .build();
  }

  /** The folder's path. */
  @Override
  public String toString() {
    return folder.toString();
  }
}
