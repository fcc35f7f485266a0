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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import riada.onnx.ModelFolder;
import riada.proto.BadInput;
import riada.proto.Observation;

/**
 * A model's folder in the making: a copy of the parent's with another decoder, beside the place
 * where it will be. It comes to be there whole, or is deleted.
 */
final class TunedFolder implements AutoCloseable {
  private static final String CARD = "model.json";
  private static final ObjectMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private final Path part;
  private final Path whole;
  private final ObjectNode card;

  /**
   * Copies the parent and puts the decoder in. Variants with a decoder of their own are left out:
   * theirs was not tuned.
   *
   * @param out must not exist
   */
  TunedFolder(ModelFolder parent, Path out, byte[] decoder) throws BadInput, IOException {
    whole = out.toAbsolutePath().normalize();
    part = whole.resolveSibling(whole.getFileName() + ".tuned");
    delete(part); // of a run that was killed
    parent.copyTo(part);
    try {
      card = (ObjectNode) JSON.readTree(Files.readAllBytes(part.resolve(CARD)));
      ObjectNode entry = (ObjectNode) card.at("/files/decoder");
      Files.write(part.resolve(entry.get("path").asText()), decoder);
      String sha = HexFormat.of().formatHex(Observation.sha256().digest(decoder));
      entry.put("sha256", sha);
      card.put("version", parent.card().version() + "+tuned." + sha.substring(0, 8));
      leaveOutOtherDecoders();
      writeCard();
    } catch (IOException | RuntimeException e) {
      delete(part);
      throw e;
    }
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

  /** Tells in the card what was done, with the figures of it. */
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
    String learnt = result.measured().get(0).sensor();
    boolean known = false;
    for (JsonNode sensor : card.withArray("/sensors")) {
      known |= sensor.asText().equals(learnt) || sensor.asText().endsWith("-" + learnt);
    }
    if (!known) {
      card.withArray("/sensors").add(learnt);
    }
    writeCard();
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
    delete(part);
  }

  static void delete(Path tree) throws IOException {
    if (Files.exists(tree)) {
      try (Stream<Path> all = Files.walk(tree)) {
        for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
