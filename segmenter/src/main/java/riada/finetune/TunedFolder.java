package riada.finetune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import riada.onnx.FolderTree;
import riada.onnx.ModelFolder;
import riada.proto.BadInput;
import riada.proto.ModelVersions;
import riada.proto.Observation;

/**
 * A model's folder in the making: a copy of the parent's with another decoder, beside the place
 * where it will be. It comes to be there whole, or is deleted.
 */
final class TunedFolder implements AutoCloseable {
  private static final String CARD = "model.json";
  private static final String README = "README.md";
  private static final String TUNED = "+tuned.";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final ObjectMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private final Path part;
  private final Path whole;
  private final ModelFolder parent;
  private final ObjectNode card;

  /**
   * Copies the parent and puts the decoder in. Variants with a decoder of their own are left out:
   * theirs was not tuned.
   *
   * @param out must not exist
   * @param now for the version: of two models the one that was tuned later has the higher
   */
  TunedFolder(ModelFolder parent, Path out, byte[] decoder, Instant now)
      throws BadInput, IOException {
    this.parent = parent;
    whole = out.toAbsolutePath().normalize();
    part = whole.resolveSibling(whole.getFileName() + ".tuned");
    FolderTree.delete(part); // of a run that was killed
    parent.copyTo(part);
    try {
      card = (ObjectNode) JSON.readTree(Files.readAllBytes(part.resolve(CARD)));
      ObjectNode entry = (ObjectNode) card.at("/files/decoder");
      Files.write(part.resolve(entry.get("path").asText()), decoder);
      String sha = HexFormat.of().formatHex(Observation.sha256().digest(decoder));
      entry.put("sha256", sha);
      card.put("version", version(parent.card().version(), now, sha.substring(0, 8)));
      leaveOutOtherDecoders();
      writeCard();
    } catch (IOException | RuntimeException e) {
      FolderTree.delete(part);
      throw e;
    }
  }

  /**
   * The parent's version with time and weights behind it, in place of those that the parent has
   * itself: so the later of two tuned models has the higher version, whichever came of the other.
   *
   * @param weights some letters that tell them from others of the same second
   */
  static String version(String parent, Instant now, String weights) {
    String stamp = TUNED + TIME.format(now) + "." + weights;
    int tuned = parent.indexOf(TUNED);
    String version = (tuned < 0 ? parent : parent.substring(0, tuned)) + stamp;
    boolean higher = ModelVersions.ORDER.compare(version, parent) > 0;
    return higher ? version : parent + stamp; // the clock went back: what comes behind is higher
  }

  private void leaveOutOtherDecoders() throws IOException {
    if (!(card.get("variants") instanceof ObjectNode variants)) {
      return;
    }
    List<String> names = new ArrayList<>();
    variants.fieldNames().forEachRemaining(names::add);
    for (String name : names) {
      ObjectNode variant = (ObjectNode) variants.get(name);
      variant.remove("metrics"); // figures belong to weights
      JsonNode own = variant.at("/files/decoder/path");
      if (!own.isMissingNode()) {
        Files.deleteIfExists(part.resolve(own.asText()));
        variants.remove(name);
        if (name.equals(card.path("default_variant").asText())) {
          card.put("default_variant", ModelFolder.FP32);
        }
      }
    }
  }

  /** Where it is now. */
  Path path() {
    return part;
  }

  /** Tells in the cards, that for programs and that for people, what was done and the figures. */
  void tell(Tuned result) throws IOException {
    ObjectNode metrics = JSON.createObjectNode();
    metrics.set("fine_tuning", JSON.valueToTree(result));
    ((ObjectNode) metrics.get("fine_tuning")).remove(List.of("out", "model"));
    ObjectNode before = metrics.putObject("parent");
    before.put("digest", result.parent().digest());
    before.set("metrics", card.get("metrics"));
    card.set("metrics", metrics);
    ArrayNode trained = card.withArray("/training_data");
    result.data().stream()
        .filter(taught -> taught.use().equals("labels"))
        .forEach(
            taught -> trained.add(taught.folder() + ", " + taught.pictures() + " labelled pairs"));
    if (result.better()) {
      addSensors(result.measured().get(0).sensors());
    }
    writeCard();
    Path readme = part.resolve(README); // the parent's, still
    String theirs = Files.isRegularFile(readme) ? Files.readString(readme) : "";
    String version = card.get("version").asText();
    Files.writeString(readme, TunedCard.text(parent, version, result, theirs));
  }

  /** A model is for what it was shown to be good at. */
  private void addSensors(List<String> learnt) {
    for (String one : learnt) {
      if (parent.card().sensors().stream().noneMatch(known -> Measuring.isSame(known, one))) {
        card.withArray("/sensors").add(one);
      }
    }
  }

  void add(String name, byte[] file) throws IOException {
    Files.write(part.resolve(name), file);
  }

  private void writeCard() throws IOException {
    Files.writeString(
        part.resolve(CARD), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(card) + "\n");
  }

  /** Puts it where it belongs. */
  void finish() throws IOException {
    Files.move(part, whole);
  }

  /** Deletes what was not finished. */
  @Override
  public void close() throws IOException {
    FolderTree.delete(part);
  }
}
