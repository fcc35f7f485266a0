package riada.onnx;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import riada.proto.BadInput;
import riada.proto.Tiles;

/**
 * The part of {@code model.json} that serving needs. Immutable.
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
 * @param drawnPrompts whether the decoder's graph draws points and boxes into the mask prompt, too:
 *     who runs the graph need not know, who rebuilds it must
 * @param priorLimit an earlier answer is given back within this many logits of 0; 0: as it is
 * @param thresholds logits above which a cell is water, cloud or shadow
 * @param detector the constants of prompting, as the detector reads them; empty without one
 * @param variants by name, without {@link ModelFolder#FP32}; none when the card has no such field
 * @param defaultVariant what the CPU runs when nobody asks; {@link ModelFolder#FP32} when the card
 *     is silent
 */
public record ModelCard(
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
  /** After a role: the file beside a graph that holds weights which no protobuf can. */
  static final String DATA = "_data";

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  public ModelCard {
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
    if (variants.containsKey(ModelFolder.FP32)
        || (!defaultVariant.equals(ModelFolder.FP32) && !variants.containsKey(defaultVariant))) {
      throw new IllegalArgumentException(
          "default_variant " + defaultVariant + " is none of the variants, or one is named fp32");
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

  /** Reads a card, which may be silent about what {@link CardDefaults} names. */
  static ModelCard read(Path json) throws BadInput {
    try {
      if (!(JSON.readTree(Files.readAllBytes(json)) instanceof ObjectNode card)) {
        throw unreadable(json, "it is no JSON object");
      }
      CardDefaults.complete(card);
      return JSON.treeToValue(card, ModelCard.class);
    } catch (JsonProcessingException e) {
      throw unreadable(json, e.getOriginalMessage());
    } catch (IOException e) {
      throw unreadable(json, e.toString());
    }
  }

  /** The constants of prompting, in the form of {@code type}, a record of their names. */
  <T> T detectorAs(Class<T> type, Path json) throws BadInput {
    try {
      return JSON.treeToValue(detector, type);
    } catch (JsonProcessingException e) {
      throw unreadable(json, "detector: " + e.getOriginalMessage());
    }
  }

  private static BadInput unreadable(Path json, String why) {
    return new BadInput("model_card", "The model card " + json + " cannot be used: " + why + ".");
  }

  /**
   * What runs, by role.
   *
   * @param variant {@link ModelFolder#FP32} or the name of one
   * @param json where this card lies
   * @throws BadInput when it names no such variant, too few files or too many
   */
  Map<String, Entry> filesOf(String variant, Path json) throws BadInput {
    Map<String, Entry> run = new HashMap<>();
    List<String> roles = kind.roles();
    for (String role : roles) {
      Entry entry = files.get(role);
      if (entry == null) {
        throw unreadable(json, "files." + role + " is missing");
      }
      run.put(role, entry);
    }
    addData(run, roles, files);
    if (!run.keySet().containsAll(files.keySet())) {
      throw unreadable(json, "files has others than " + roles);
    }
    if (!variant.equals(ModelFolder.FP32)) {
      Variant chosen = variants.get(variant);
      if (chosen == null) {
        throw new BadInput(
            "model_variant",
            "The model "
                + json.getParent()
                + " has no variant "
                + variant
                + "; it has "
                + String.join(", ", variantNames())
                + ".");
      }
      for (String role : roles) {
        if (chosen.files.containsKey(role)) {
          run.remove(role + DATA); // another graph has other weights
        }
      }
      addData(run, roles, chosen.files);
      run.replaceAll((role, entry) -> chosen.files.getOrDefault(role, entry));
      if (!run.keySet().containsAll(chosen.files.keySet())) {
        throw unreadable(json, "variants." + variant + " has files other than " + roles);
      }
    }
    return Map.copyOf(run);
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

  /** All variants, {@link ModelFolder#FP32} first. */
  List<String> variantNames() {
    return Stream.concat(Stream.of(ModelFolder.FP32), variants.keySet().stream().sorted()).toList();
  }
}
