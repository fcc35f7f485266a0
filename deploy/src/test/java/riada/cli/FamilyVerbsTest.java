package riada.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs with a tiny model of the Segment Anything family, which has random weights. */
class FamilyVerbsTest {
  private static final Path FAMILY = Path.of("../segmenter/src/test/resources/family/model");

  private final Shell shell = new Shell();
  @TempDir Path folder;

  @Test
  void aPointIsAnsweredAndWhatHidesIsNotClaimed() throws IOException {
    Shell.Result result = segment("--point", "30,20", "-o", "json");

    assertThat(result.status()).as(result.err()).isZero();
    JsonNode row = new ObjectMapper().readTree(result.out());
    assertThat(row.get("width").asInt()).isEqualTo(90);
    assertThat(row.get("hidden_fraction").isNull()).isTrue();
    assertThat(row.get("model").asText()).isEqualTo("tiny-random-sam 1");
  }

  @Test
  void boxesAndEverythingAreAnswered() {
    Shell.Result box = segment("--box", "10,10,60,40", "--multimask");
    Shell.Result everything = segment("--everything");

    assertThat(box.status()).as(box.err()).isZero();
    assertThat(everything.status()).as(everything.err()).isZero();
  }

  @Test
  void theAutomaticMaskIsRefusedInASentence() {
    Shell.Result result = segment();

    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err()).contains("has no detector, so it finds no water by itself");
  }

  @Test
  void theStreamRefusesItInASentence() {
    Shell.Result result =
        shell.run(
            "serve",
            "segmenter",
            "--model",
            FAMILY.toString(),
            "--bootstrap-servers",
            "localhost:1",
            "--port",
            "0");

    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err()).contains("cannot segment tiles of a stream");
  }

  @Test
  void aSoundModelIsImportedWithItsCardForPeople() throws IOException {
    Path out = folder.resolve("models/new");

    Shell.Result imported = shell.run("model", "import", FAMILY.toString(), "--out", "" + out);
    Shell.Result info = shell.run("model", "info", "--model", "" + out, "-o", "json");

    assertThat(imported.status()).as(imported.err()).isZero();
    assertThat(out.resolve("README.md")).hasSameTextualContentAs(FAMILY.resolve("README.md"));
    assertThat(new ObjectMapper().readTree(info.out()).get("fit").asText())
        .isEqualTo("longest_side");
  }

  @Test
  void aWrongDigestIsNotImported() throws IOException {
    Path source = copy();
    Files.write(source.resolve("encoder.onnx"), new byte[] {1, 2, 3});

    assertRefused(source, "encoder.onnx is not the one that model.json describes");
  }

  @Test
  void aMissingOutputIsNotImported() throws Exception {
    Path source = copy();
    edit(source, "\"heads\": []", "\"heads\": [\"sky\"]");
    edit(source, "\"mask\": 0.0", "\"mask\": 0.0, \"cloud\": 0.0, \"shadow\": 0.0");

    assertRefused(source, "has no output named sky");
  }

  @Test
  void anotherInputSizeIsNotImported() throws Exception {
    Path source = copy();
    edit(source, "\"input_size\": 128", "\"input_size\": 256");

    assertRefused(source, "but model.json makes it [-1, 3, 256, 256]");
  }

  @Test
  void aGraphInThePlaceOfTheOtherIsNotImported() throws Exception {
    Path source = copy();
    Files.copy(FAMILY.resolve("decoder.onnx"), delete(source.resolve("encoder.onnx")));
    edit(source, sha256(FAMILY.resolve("encoder.onnx")), sha256(source.resolve("encoder.onnx")));

    assertRefused(source, "has no input named image");
  }

  @Test
  void whatIsNoGraphIsNotImported() throws Exception {
    Path source = copy();
    String before = sha256(source.resolve("decoder.onnx"));
    Files.writeString(source.resolve("decoder.onnx"), "no graph");
    edit(source, before, sha256(source.resolve("decoder.onnx")));

    assertRefused(source, "does not run on cpu");
  }

  private void assertRefused(Path source, String told) {
    Path out = folder.resolve("models/new");

    Shell.Result result = shell.run("model", "import", source.toString(), "--out", "" + out);

    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err()).contains(told).doesNotContain("\tat ");
    assertThat(folder.resolve("models")).doesNotExist();
  }

  private Shell.Result segment(String... prompts) {
    Path image = folder.resolve("land.png");
    try {
      ImageIO.write(new BufferedImage(90, 60, BufferedImage.TYPE_3BYTE_BGR), "png", image.toFile());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    String[] all = new String[prompts.length + 6];
    System.arraycopy(prompts, 0, all, 6, prompts.length);
    all[0] = "segment";
    all[1] = image.toString();
    all[2] = "--model";
    all[3] = FAMILY.toString();
    all[4] = "--out";
    all[5] = folder.resolve("mask.png").toString();
    return shell.run(all);
  }

  private Path copy() throws IOException {
    Path source = Files.createDirectories(folder.resolve("source"));
    for (String name : new String[] {"model.json", "encoder.onnx", "decoder.onnx"}) {
      Files.copy(FAMILY.resolve(name), source.resolve(name));
    }
    return source;
  }

  private static Path delete(Path file) throws IOException {
    Files.delete(file);
    return file;
  }

  private static void edit(Path source, String text, String instead) throws IOException {
    Path card = source.resolve("model.json");
    String json = Files.readString(card);
    assertThat(json).contains(text);
    Files.writeString(card, json.replace(text, instead));
  }

  private static String sha256(Path file) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    return HexFormat.of().formatHex(digest);
  }
}
