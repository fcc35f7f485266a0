package riada.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.onnxruntime.OrtException;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import riada.onnx.Device;
import riada.proto.BadInput;
import riada.sam.Pixels;
import riada.segmenter.ImageSegmenter;
import riada.segmenter.Question;
import riada.segmenter.TilePipeline;
import riada.segmenter.WaterModel;

/** With a model that takes no questions, to which blue is water. */
class SemanticModelTest {
  private static final Path FOLDER = Path.of("src/test/resources/semantic");
  private static final Rectangle POND = new Rectangle(128, 192, 128, 128);

  private static WaterModel model;
  @TempDir Path folder;

  @BeforeAll
  static void open() throws BadInput {
    model = WaterModel.open(FOLDER, Device.Choice.CPU, 1);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void itsLogitsAreThoseOfTheGraph() throws OrtException {
    model.take(Pixels.of(painted(POND)));

    model.encode();

    assertThat(model.unasked().orElseThrow().get(40, 60)).isEqualTo(3f);
    assertThat(model.unasked().orElseThrow().get(0, 0)).isEqualTo(-3.25f);
  }

  @ParameterizedTest
  @EnumSource(names = {"DETECTOR", "NONE"})
  void itIsEvaluatedWithoutPrompts(Prompting prompting) throws IOException, BadInput, OrtException {
    save("image/all.png", painted(POND));
    save("mask/all.png", mask(POND));
    save("image/half.png", painted(POND));
    save("mask/half.png", mask(new Rectangle(128, 192, 128, 256)));

    Evaluation evaluation = evaluate(prompting);

    // between cells logits are bilinear: of 16384 pixels the four at the corners stay dry
    assertThat(evaluation.perImage()).extracting(row -> row.iou()).containsExactly(0.9998, 0.4999);
    assertThat(evaluation.mean().dice()).isEqualTo(0.8333); // of the rows as they are printed
    assertThat(evaluation.pooled().iou()).isEqualTo(0.6665);
    assertThat(evaluation.model().name()).isEqualTo("tiny-semantic");
    assertThat(evaluation.detector()).isNull();
    assertThat(evaluation.predictedIou()).isNull();
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"DETECTOR", "NONE"})
  void itTakesNoPrompts(Prompting prompting) throws IOException {
    save("image/1.png", painted(POND));
    save("mask/1.png", mask(POND));

    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> evaluate(prompting))
        .withMessageContaining("it takes no prompts at all");
  }

  @Test
  void itDoesNotServeTheStream() throws BadInput {
    WaterModel own = WaterModel.open(FOLDER, Device.Choice.CPU, 1);

    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> new TilePipeline(own, InstantSource.system()))
        .withMessageContaining("no detector and no cloud and shadow head");
  }

  @Test
  void itDrawsNoPictureForAPerson() {
    ImageSegmenter segmenter = new ImageSegmenter(model);

    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> segmenter.segment(painted(POND), Question.AUTOMATIC))
        .withMessageContaining("tiny-semantic 1 is semantic");
  }

  private Evaluation evaluate(Prompting prompting) throws BadInput, OrtException {
    return new Evaluator(model, prompting, Optional.empty(), 0)
        .evaluate(LabelledFolder.open(folder, 0), done -> {});
  }

  private static BufferedImage painted(Rectangle water) {
    BufferedImage image = new BufferedImage(512, 512, BufferedImage.TYPE_3BYTE_BGR);
    fill(image, new Color(90, 140, 60), new Rectangle(512, 512));
    fill(image, new Color(30, 60, 200), water);
    return image;
  }

  private static BufferedImage mask(Rectangle water) {
    BufferedImage image = new BufferedImage(512, 512, BufferedImage.TYPE_BYTE_GRAY);
    fill(image, Color.WHITE, water);
    return image;
  }

  private static void fill(BufferedImage image, Color colour, Rectangle rectangle) {
    Graphics2D pen = image.createGraphics();
    pen.setColor(colour);
    pen.fill(rectangle);
    pen.dispose();
  }

  private void save(String name, BufferedImage image) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
  }
}
