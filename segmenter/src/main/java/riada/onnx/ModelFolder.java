package riada.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import riada.proto.BadInput;
import riada.proto.ModelRef;
import riada.proto.Observation;
import riada.proto.Tiles;

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

  /** After a role: the file beside a graph that holds weights which no protobuf can. */
  private static final String DATA = "_data";

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private final Path folder;
  private final Card card;
  private final String variant;
  private final Map<String, Entry> files;
  private final String digest;

  /**
   * The part of {@code model.json} that serving needs.
   *
   * @param kind whether it answers questions
   * @param files by role: those of {@link Kind#roles}, and {@code encoder_data} or {@code
   *     decoder_data} where a graph keeps its weights in a file beside it; no others
   * @param inputSize side of the square input, in pixels
   * @param fit how a picture is laid on the input
   * @param maskStride input pixels along one side of a mask logit
   * @param embedding channels, height, width; empty for a semantic model, as are heads and prompts
   * @param heads what the encoder tells besides the embedding
   * @param prompts what the decoder can be asked with: {@code points}, {@code boxes}, {@code mask}
   * @param padPoints whether points without a box are followed by an empty slot: the network was
   *     trained so
   * @param drawnPrompts whether the decoder's graph draws points and boxes into the mask prompt,
   *     too: who runs the graph need not know, who rebuilds it must
   * @param priorLimit an earlier answer is given back within this many logits of 0; 0: as it is
   * @param thresholds logits above which a cell is water, cloud or shadow
   * @param detector the constants of prompting, as the detector reads them; empty without one
   * @param variants by name, without {@link #FP32}; none when the card has no such field
   * @param defaultVariant what the CPU runs when nobody asks; {@link #FP32} when the card is silent
   */
  public record Card(
      String name,
      String version,
      String licence,
      Kind kind,
      Map<String, Entry> files,
      int inputSize,
      Fit fit,
      int maskStride,
      List<Integer> embedding,
      Normalisation normalisation,
      Set<Head> heads,
      List<String> prompts,
      boolean padPoints,
      boolean drawnPrompts,
      float priorLimit,
      Thresholds thresholds,
      JsonNode detector,
      List<String> sensors,
      JsonNode metrics,
      Map<String, Variant> variants,
      String defaultVariant) {
    public Card {
      files = Map.copyOf(files);
      embedding = List.copyOf(embedding);
      heads = Set.copyOf(heads);
      prompts = List.copyOf(prompts);
      sensors = List.copyOf(sensors);
      variants = Map.copyOf(variants);
      if (name.isBlank()
          || Stream.of(name, version)
              .anyMatch(
                  text ->
                      text.length() > Tiles.MAX_NAME
                          || text.chars().anyMatch(Character::isISOControl))) {
        throw new IllegalArgumentException( // each mask bears them, and would be refused
            "name and version have at most "
                + Tiles.MAX_NAME
                + " characters and no control character, and name is not blank");
      }
      if (inputSize < 64 || inputSize > 4096 || maskStride < 1 || inputSize % maskStride != 0) {
        throw new IllegalArgumentException(
            "input_size " + inputSize + " and mask_stride " + maskStride + " do not fit");
      }
      boolean semantic = kind == Kind.SEMANTIC;
      if (semantic && !(embedding.isEmpty() && heads.isEmpty() && prompts.isEmpty())) {
        throw new IllegalArgumentException(
            "a semantic model has no embedding, no heads and no prompts");
      }
      if (!semantic && (embedding.size() != 3 || !embedding.get(1).equals(embedding.get(2)))) {
        throw new IllegalArgumentException("embedding is [channels, height, width], a square");
      }
      if (variants.containsKey(FP32)
          || (!defaultVariant.equals(FP32) && !variants.containsKey(defaultVariant))) {
        throw new IllegalArgumentException(
            "default_variant " + defaultVariant + " is none of the variants, or one is named fp32");
      }
    }
  }

  /** The files, by role, that a variant has in place of the card's own. */
  public record Variant(Map<String, Entry> files) {
    public Variant {
      files = Map.copyOf(files);
    }
  }

  /** A file, its path relative to the folder, and its SHA-256 in hex. */
  public record Entry(String path, String sha256) {}

  /** The network's input is (grey level 0..255 - mean) / std, for red, green and blue. */
  public record Normalisation(List<Float> mean, List<Float> std) {
    public Normalisation {
      if (mean.size() != 3 || std.size() != 3 || std.contains(0f)) {
        throw new IllegalArgumentException("normalisation has three means and three stds, not 0");
      }
    }
  }

  /** Logits above which a cell is water, cloud or shadow. */
  public record Thresholds(float mask, float cloud, float shadow) {}

  private ModelFolder(
      Path folder, Card card, String variant, Map<String, Entry> files, String digest) {
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
    Card card = read(json);
    String variant = asked;
    if (asked.equals(SUITABLE)) {
      variant = device.cuda() ? FP32 : card.defaultVariant();
    }
    Map<String, Entry> files = files(json, card, variant);
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

  private static Map<String, Entry> files(Path json, Card card, String variant) throws BadInput {
    Map<String, Entry> files = new HashMap<>();
    List<String> roles = card.kind().roles();
    for (String role : roles) {
      Entry entry = card.files().get(role);
      if (entry == null) {
        throw unreadable(json, "files." + role + " is missing");
      }
      files.put(role, entry);
    }
    addData(files, roles, card.files());
    if (!files.keySet().containsAll(card.files().keySet())) {
      throw unreadable(json, "files has others than " + roles);
    }
    if (!variant.equals(FP32)) {
      Variant chosen = card.variants().get(variant);
      if (chosen == null) {
        throw new BadInput(
            "model_variant",
            "The model "
                + json.getParent()
                + " has no variant "
                + variant
                + "; it has "
                + String.join(", ", variants(card))
                + ".");
      }
      for (String role : roles) {
        if (chosen.files().containsKey(role)) {
          files.remove(role + DATA); // another graph has other weights
        }
      }
      addData(files, roles, chosen.files());
      files.replaceAll((role, entry) -> chosen.files().getOrDefault(role, entry));
      if (!files.keySet().containsAll(chosen.files().keySet())) {
        throw unreadable(json, "variants." + variant + " has files other than " + roles);
      }
    }
    return Map.copyOf(files);
  }

  private static void addData(
      Map<String, Entry> files, List<String> roles, Map<String, Entry> named) {
    for (String role : roles) {
      Entry data = named.get(role + DATA);
      if (data != null && named.containsKey(role)) {
        files.put(role + DATA, data);
      }
    }
  }

  /** Refuses a graph that reads weights of which nobody knows whether they are those of before. */
  private static void requireNamedData(Path folder, String role, Map<String, Entry> files)
      throws BadInput {
    Entry named = files.get(role + DATA);
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
                  + DATA
                  + " with its SHA-256.");
        }
      }
    } catch (IOException | InvalidPathException e) {
      throw new BadInput("model_unreadable", "The model file " + graph + " cannot be read: " + e);
    }
  }

  private static List<String> variants(Card card) {
    return Stream.concat(Stream.of(FP32), card.variants().keySet().stream().sorted()).toList();
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

  private static Card read(Path json) throws BadInput {
    try {
      if (!(JSON.readTree(Files.readAllBytes(json)) instanceof ObjectNode card)) {
        throw unreadable(json, "it is no JSON object");
      }
      CardDefaults.complete(card);
      return JSON.treeToValue(card, Card.class);
    } catch (JsonProcessingException e) {
      throw unreadable(json, e.getOriginalMessage());
    } catch (IOException e) {
      throw unreadable(json, e.toString());
    }
  }

  private static BadInput unreadable(Path json, String why) {
    return new BadInput("model_card", "The model card " + json + " cannot be used: " + why + ".");
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
      for (Map.Entry<String, Entry> file : files(folder.resolve(CARD), card, name).entrySet()) {
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

  public Card card() {
    return card;
  }

  /** The constants of prompting, in the form of {@code type}, a record of their names. */
  public <T> T detector(Class<T> type) throws BadInput {
    try {
      return JSON.treeToValue(card.detector(), type);
    } catch (JsonProcessingException e) {
      throw unreadable(folder.resolve(CARD), "detector: " + e.getOriginalMessage());
    }
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
    return variants(card);
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
