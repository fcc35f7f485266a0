package riada.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.onnxruntime.OrtException;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import riada.onnx.Device;
import riada.proto.BadInput;
import riada.segmenter.WaterModel;

/** A model without a detector, which has to be told where the water is. */
class FamilyEvaluationTest {
  private static WaterModel model;
  @TempDir Path folder;

  @BeforeAll
  static void open() throws BadInput {
    model = WaterModel.open(Path.of("src/test/resources/family/model"), Device.Choice.CPU, 1);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @BeforeEach
  void savePond() throws IOException {
    save("image/pond.png", BufferedImage.TYPE_3BYTE_BGR, new Color(30, 60, 200));
    save("mask/pond.png", BufferedImage.TYPE_BYTE_GRAY, Color.WHITE);
  }

  @ParameterizedTest
  @EnumSource(
      value = Prompting.class,
      names = {"DETECTOR", "EDITS", "NONE"},
      mode = EnumSource.Mode.EXCLUDE)
  void itIsMeasuredWithPromptsFromTheTruth(Prompting prompting) throws BadInput, OrtException {
    Evaluation evaluation = evaluate(prompting);

    assertThat(evaluation.model().name()).isEqualTo("tiny-random-sam");
    assertThat(evaluation.perImage().get(0).waterFraction()).isEqualTo(0.2);
    assertThat(evaluation.mean().iou()).isBetween(0.0, 1.0);
    if (prompting == Prompting.CLICKS) {
      assertThat(evaluation.perImage().get(0).clicks()).hasSize(21).startsWith(0.0);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Prompting.class,
      names = {"DETECTOR", "EDITS", "NONE"})
  void itIsNotMeasuredWithout(Prompting prompting) {
    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> evaluate(prompting))
        .withMessageContaining("has no detector")
        .withMessageContaining("evaluate --prompts point, points, box, box+points or clicks");
  }

  private Evaluation evaluate(Prompting prompting) throws BadInput, OrtException {
    return new Evaluator(model, prompting, Optional.empty(), 0)
        .evaluate(LabelledFolder.open(folder, 9), done -> {});
  }

  private void save(String name, int type, Color water) throws IOException {
    BufferedImage image = new BufferedImage(100, 60, type);
    Graphics2D pen = image.createGraphics();
    pen.setColor(type == BufferedImage.TYPE_BYTE_GRAY ? Color.BLACK : new Color(90, 140, 60));
    pen.fillRect(0, 0, 100, 60);
    pen.setColor(water);
    pen.fillRect(30, 10, 40, 30);
    pen.dispose();
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
  }
}
