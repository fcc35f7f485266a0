package riada.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs about labelled pictures, with the segmenter's tiny model, to which blue is water. */
class LabelVerbsTest {
  private static final String TINY = "../segmenter/src/test/resources/tiny";

  private final Shell shell = new Shell();
  @TempDir Path folder;

  @BeforeEach
  void savePonds() throws IOException {
    save("image/1.jpg", BufferedImage.TYPE_3BYTE_BGR, new Color(30, 60, 200), 40);
    save("mask/1.png", BufferedImage.TYPE_BYTE_GRAY, Color.WHITE, 40);
    save("image/2.jpg", BufferedImage.TYPE_3BYTE_BGR, new Color(30, 60, 200), 60);
    save("mask/2.png", BufferedImage.TYPE_BYTE_GRAY, Color.WHITE, 60);
  }

  @Test
  void evaluatePrintsScoresAndWritesTheReport() throws IOException {
    Path report = folder.resolve("report");

    Shell.Result result =
        shell.run(
            "evaluate",
            "--data",
            folder.toString(),
            "--prompts",
            "box",
            "--model",
            TINY,
            "--report",
            report.toString(),
            "--platform",
            "drone",
            "-o",
            "json");

    assertThat(result.status()).as(result.err()).isZero();
    JsonNode json = new ObjectMapper().readTree(result.out());
    assertThat(json.fieldNames())
        .toIterable()
        .contains("data", "prompts", "images", "model", "mean", "sd", "pooled", "component_iou")
        .contains("seconds_per_image", "per_image", "interval95", "boundary_f", "by_water");
    assertThat(json.at("/mean/iou").asDouble()).isBetween(0.7, 1.0);
    assertThat(json.at("/per_image/1/name").asText()).isEqualTo("2");
    assertThat(json.at("/per_image/1/sensor").asText()).isEqualTo("drone");
    assertThat(json.at("/model/variant").asText()).isEqualTo("fp32");
    assertThat(new ObjectMapper().readTree(report.resolve("evaluation.json").toFile()))
        .isEqualTo(json);
    assertThat(report.resolve("evaluation.html")).exists();
  }

  @Test
  void evaluateIsReadableForPeople() {
    Shell.Result result =
        shell.run("evaluate", "--data", folder.toString(), "--model", TINY, "--limit", "1");

    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.out()).contains("images: 1", "mean: {\"iou\":").doesNotContain("\nper_image");
  }

  @Test
  void dataThatCannotBeMeasuredExitWith3AndASentence() throws IOException {
    Files.delete(folder.resolve("mask/2.png"));

    Shell.Result unmatched = shell.run("evaluate", "--data", folder.toString(), "--model", TINY);
    Shell.Result prompts =
        shell.run("evaluate", "--data", folder.toString(), "--model", TINY, "--prompts", "dots");

    assertThat(unmatched.status()).isEqualTo(3);
    assertThat(unmatched.err()).contains("image/2.jpg");
    assertThat(prompts.status()).isEqualTo(3);
    assertThat(prompts.err()).contains("they are detector, box, point, points, box+points");
  }

  @Test
  void datasetTellsWhatIsThereAndWhatIsWrong() throws IOException {
    Files.delete(folder.resolve("mask/2.png"));

    Shell.Result result =
        shell.run(
            "dataset", folder.toString(), "--report", folder.resolve("r").toString(), "-o", "json");

    assertThat(result.status()).as(result.err()).isZero();
    JsonNode json = new ObjectMapper().readTree(result.out());
    assertThat(json.get("pairs").asInt()).isEqualTo(1);
    assertThat(json.at("/faults/0").asText()).contains("image/2.jpg");
    assertThat(folder.resolve("r/dataset.html")).exists();
  }

  @Test
  void aFolderWithoutASoundPairIsBadInput() throws IOException {
    Files.delete(folder.resolve("mask/1.png"));
    Files.delete(folder.resolve("mask/2.png"));

    Shell.Result result = shell.run("dataset", folder.toString());

    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err()).contains("no sound pair");
  }

  @Test
  void aModelIsNoBetterThanItself() throws IOException {
    Shell.Result result =
        shell.run(
            "model", "compare", TINY, TINY + "@fp32", "--data", folder.toString(), "-o", "json");

    assertThat(result.status()).as(result.err()).isZero();
    JsonNode json = new ObjectMapper().readTree(result.out());
    assertThat(json.get("verdict").asText()).isEqualTo("neither");
    assertThat(json.get("difference_of_mean").asDouble()).isZero();
    assertThat(json.at("/per_image/0/name").asText()).isEqualTo("1");
  }

  @Test
  void modelInfoTellsTheDigestsOfTheVariants() throws IOException {
    Shell.Result result = shell.run("model", "info", "--model", TINY, "-o", "json");

    assertThat(result.status()).as(result.err()).isZero();
    JsonNode json = new ObjectMapper().readTree(result.out());
    assertThat(json.get("name").asText()).isEqualTo("tiny");
    assertThat(json.at("/variants/0/variant").asText()).isEqualTo("fp32");
    assertThat(json.at("/variants/0/digest").asText()).hasSize(64);
  }

  @Test
  void modelVerifyRunsEveryVariant() {
    Shell.Result sound = shell.run("model", "verify", "--model", TINY, "-o", "json");
    Shell.Result missing = shell.run("model", "verify", "--model", folder.toString());

    assertThat(sound.status()).as(sound.err()).isZero();
    assertThat(sound.out()).contains("\"variant\":\"fp32\"");
    assertThat(missing.status()).isEqualTo(3);
    assertThat(missing.err()).contains("There is no model at");
  }

  @Test
  void aModelIsImportedOnce() {
    String out = folder.resolve("models/tiny").toString();

    Shell.Result first = shell.run("model", "import", TINY, "--out", out);
    Shell.Result second = shell.run("model", "import", TINY, "--out", out);

    assertThat(first.status()).as(first.err()).isZero();
    assertThat(Path.of(out, "model.json")).exists();
    assertThat(second.status()).isEqualTo(3);
    assertThat(second.err()).contains("is there already");
  }

  @Test
  void aSwapTellsWhatIsServedAndWhereTheModelBeforeLies() throws IOException {
    String served = folder.resolve("served").toString();
    shell.run("model", "import", TINY, "--out", served);
    Path next = folder.resolve("next");
    shell.run("model", "import", TINY, "--out", next.toString());
    Path card = next.resolve("model.json");
    Files.writeString(
        card, Files.readString(card).replace("\"version\": \"1\"", "\"version\": \"0\""));

    Shell.Result swap =
        shell.run("model", "swap", next.toString(), "--model", served, "-o", "json");

    assertThat(swap.status()).as(swap.err()).isZero();
    JsonNode json = new ObjectMapper().readTree(swap.out());
    assertThat(json.get("model").asText()).isEqualTo("tiny 0");
    assertThat(json.get("role").asText()).isEqualTo("served");
    assertThat(json.get("before").asText()).isEqualTo("tiny 1");
    assertThat(Path.of(json.get("before_folder").asText(), "model.json")).exists();
    assertThat(json.get("supersedes").asBoolean()).isFalse();
    assertThat(swap.err()).contains("Its version is not higher");
    assertThat(shell.run("model", "info", "--model", served, "-o", "json").out())
        .contains("\"version\":\"0\"");
  }

  @Test
  void aTrialIsEndedByItsFlag() {
    String served = folder.resolve("served").toString();
    shell.run("model", "import", TINY, "--out", served);
    Shell.Result trial = shell.run("model", "swap", TINY, "--model", served, "--shadow");

    Shell.Result end = shell.run("model", "swap", "--model", served, "--end-shadow", "-o", "json");

    assertThat(trial.status()).as(trial.err()).isZero();
    assertThat(trial.out()).contains("shadow");
    assertThat(end.out()).contains("\"ended\":true");
  }

  @Test
  void aModelThatIsNotWholeIsNotSwappedIn() throws IOException {
    String served = folder.resolve("served").toString();
    shell.run("model", "import", TINY, "--out", served);

    Shell.Result swap = shell.run("model", "swap", folder.toString(), "--model", served);

    assertThat(swap.status()).isEqualTo(3);
    assertThat(swap.err()).contains("There is no model at");
    assertThat(Path.of(served, "model.json")).exists();
  }

  /** Land of 128 x 128 pixels with a square of water from the top left. */
  private void save(String name, int type, Color water, int side) throws IOException {
    BufferedImage image = new BufferedImage(128, 128, type);
    Graphics2D pen = image.createGraphics();
    pen.setColor(type == BufferedImage.TYPE_BYTE_GRAY ? Color.BLACK : new Color(90, 140, 60));
    pen.fillRect(0, 0, 128, 128);
    pen.setColor(water);
    pen.fillRect(0, 0, side, side);
    pen.dispose();
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    ImageIO.write(image, name.endsWith("jpg") ? "jpg" : "png", file.toFile());
  }
}
