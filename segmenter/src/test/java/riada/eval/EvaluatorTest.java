package riada.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import riada.mask.Mask;
import riada.onnx.Device;
import riada.proto.BadInput;
import riada.sam.Prompts.Point;
import riada.segmenter.WaterModel;

/** With the tiny model, to which blue is water. */
class EvaluatorTest {
  private static final Rectangle POND = new Rectangle(32, 48, 64, 32);
  private static final Rectangle NONE = new Rectangle();

  private static WaterModel model;
  @TempDir Path folder;

  @BeforeAll
  static void open() throws BadInput {
    model = WaterModel.open(Path.of("src/test/resources/tiny"), Device.Choice.CPU, 1);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @ParameterizedTest
  @EnumSource(Prompting.class)
  void aPondIsFoundHoweverItIsAskedFor(Prompting prompting)
      throws IOException, BadInput, OrtException {
    pair("pond", POND, POND);

    Evaluation evaluation = evaluate(prompting);

    assertThat(evaluation.images()).isEqualTo(1);
    assertThat(evaluation.prompts()).isEqualTo(prompting.toString());
    assertThat(evaluation.mean().iou()).isBetween(0.75, 1.0);
    assertThat(evaluation.pooled()).isEqualTo(evaluation.mean());
    assertThat(evaluation.sd().iou()).isZero();
    assertThat(evaluation.perImage().get(0).waterFraction()).isEqualTo(0.125);
    assertThat(evaluation.bySensor().get(0).name()).isEqualTo("rgb");
    assertThat(evaluation.model().digest()).isEqualTo(model.ref().getDigest());
  }

  @ParameterizedTest
  @EnumSource(Prompting.class)
  void dryGroundCallsForNothing(Prompting prompting) throws IOException, BadInput, OrtException {
    pair("dry", NONE, NONE);

    Evaluation evaluation = evaluate(prompting);

    assertThat(evaluation.mean()).isEqualTo(new Evaluation.Scores(1, 1, 1, 1));
    assertThat(evaluation.byWater().get(0).name()).isEqualTo("dry");
  }

  @Test
  void scoresAreMeansAndPoolsOfThePictures() throws IOException, BadInput, OrtException {
    pair("dry", NONE, NONE);
    pair("missed", NONE, new Rectangle(0, 0, 128, 64));

    Evaluation evaluation = evaluate(Prompting.DETECTOR);

    assertThat(evaluation.mean().iou()).isEqualTo(0.5);
    assertThat(evaluation.sd().iou()).isCloseTo(Math.sqrt(0.5), within(1e-4));
    assertThat(evaluation.pooled().iou()).isZero();
    assertThat(evaluation.interval95().get("mean_iou")).isEqualTo(new Bootstrap.Interval(0, 1));
  }

  @Test
  void clicksCorrectTheMask() throws IOException, BadInput, OrtException {
    Rectangle unseen = new Rectangle(104, 96, 3, 3); // as large as the tiny model's bump at a click
    pair("two", POND, POND.union(NONE), unseen);

    Evaluation evaluation = evaluate(Prompting.CLICKS);

    Map<String, Double> clicks = evaluation.clicks();
    assertThat(clicks).containsOnlyKeys("0", "1", "3", "5", "10");
    assertThat(evaluation.discs()).containsOnlyKeys("0", "1", "3", "5", "10");
    assertThat(evaluation.discs().get("0")).isEqualTo(clicks.get("0"));
    assertThat(evaluation.perImage().get(0).clicks()).hasSize(21);
    assertThat(evaluation.noc90()).isGreaterThanOrEqualTo(evaluation.noc85());
  }

  @Test
  void theControlPaintsADiscAtEachClick() {
    Mask truth = new Mask(128, 128);
    for (int y = 10; y < 19; y++) {
      truth.setRow(y, 10, 19);
    }

    List<Double> discs = TruthClicks.discs(new Mask(128, 128), truth);

    // a disc of 5 cells around 14,14 has the 69 cells of x² + y² < 25 in the square of 81
    assertThat(discs).hasSize(Answers.MOST_CLICKS + 1).startsWith(0.0, 69.0 / 81);
  }

  @Test
  void theDetectorsBoxesAreMeasuredByTheBodies() throws IOException, BadInput, OrtException {
    pair("square", new Rectangle(48, 48, 32, 32), new Rectangle(48, 48, 32, 32));
    pair("missed", NONE, new Rectangle(0, 0, 64, 64));

    Evaluation evaluation = evaluate(Prompting.DETECTOR);

    assertThat(evaluation.detector().bodies()).isEqualTo(2);
    assertThat(evaluation.detector().recallLarge()).isEqualTo(0.5);
    // the square is the whole mask and comes first, of the other body nothing is seen
    assertThat(evaluation.detector().ap50()).isEqualTo(0.5);
  }

  @Test
  void anEditIsAskedForWithoutTheTruth() throws IOException, BadInput, OrtException {
    pair("pond", new Rectangle(48, 48, 40, 40), NONE);

    Evaluation evaluation = evaluate(Prompting.EDITS);

    // the pond is to be dry, but a click of the tiny model digs a hole only
    assertThat(evaluation.edits().regions()).isEqualTo(1);
    assertThat(evaluation.edits().askedChanged()).isLessThan(0.5);
  }

  @Test
  void aCorrectionIsAtTheCentreOfTheLargestError() {
    Mask truth = WaterBodiesTest.drawn("###......", "###......", "###......", ".........");
    Mask water = WaterBodiesTest.drawn(".........", "........#", ".........", ".........");

    assertThat(TruthClicks.correction(water, truth)).contains(new Point(1, 1, true));
    assertThat(TruthClicks.correction(truth, new Mask(9, 4))).contains(new Point(1, 1, false));
    assertThat(TruthClicks.correction(truth, truth)).isEmpty();
  }

  @Test
  void aPictureOfOnePixelIsMeasured() throws IOException, BadInput, OrtException {
    save("image/1.png", new BufferedImage(1, 1, BufferedImage.TYPE_3BYTE_BGR));
    save("mask/1.png", new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY));

    assertThat(evaluate(Prompting.POINT).images()).isEqualTo(1);
  }

  @Test
  void floodIsWaterAfterWithoutWaterBefore() throws IOException, BadInput, OrtException {
    Rectangle river = new Rectangle(0, 0, 128, 16);
    change("1", river, river, POND);

    Evaluation evaluation = evaluate(Prompting.DETECTOR);

    assertThat(evaluation.mean().iou()).isBetween(0.75, 1.0);
    assertThat(evaluation.bySensor().get(0).name()).isEqualTo("b11-b8-b3");
  }

  @Test
  void changePairsTakeNoPromptsFromTheTruth() throws IOException {
    change("1", NONE, NONE, POND);

    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> evaluate(Prompting.BOX))
        .withMessageContaining("mark flood and not water");
  }

  @Test
  void theReportShowsPicturesAndComparesWithTheOneBefore()
      throws IOException, BadInput, OrtException {
    pair("a<b", POND, POND);
    Evaluator evaluator = new Evaluator(model, Prompting.DETECTOR, Optional.empty(), 0);
    LabelledFolder data = LabelledFolder.open(folder, 0);
    Evaluation evaluation = evaluator.evaluate(data, done -> {});
    Path report = folder.resolve("report");
    String json =
        "{\"data\":\""
            + folder
            + "\",\"prompts\":\"detector\",\"images\":1,\"model\":{\"name\":\"old\"}}";
    EvaluationReport.write(report, evaluation, json, evaluator, data);

    EvaluationReport.write(report, evaluation, json, evaluator, data);

    String html = Files.readString(report.resolve("evaluation.html"));
    assertThat(html).contains("data:image/jpeg;base64,").contains("a&lt;b: IoU 0.");
    assertThat(html).contains("mean IoU before");
    assertThat(html).contains("Before and after").contains("before: old").doesNotContain("a<b");
    assertThat(report.resolve("evaluation.json")).hasContent(json);
  }

  private Evaluation evaluate(Prompting prompting) throws BadInput, OrtException {
    return new Evaluator(model, prompting, Optional.empty(), 0)
        .evaluate(LabelledFolder.open(folder, 0), done -> {});
  }

  private void pair(String name, Rectangle painted, Rectangle... truth) throws IOException {
    save("image/" + name + ".png", picture(painted));
    save("mask/" + name + ".png", mask(truth));
  }

  private void change(String name, Rectangle always, Rectangle river, Rectangle flood)
      throws IOException {
    save("before/" + name + ".png", picture(always));
    save("after/" + name + ".png", picture(river, flood));
    save("mask/" + name + ".png", mask(flood));
  }

  private static BufferedImage picture(Rectangle... water) {
    BufferedImage image = new BufferedImage(128, 128, BufferedImage.TYPE_3BYTE_BGR);
    fill(image, new Color(90, 140, 60), new Rectangle(128, 128));
    fill(image, new Color(30, 60, 200), water);
    return image;
  }

  private static BufferedImage mask(Rectangle... water) {
    BufferedImage image = new BufferedImage(128, 128, BufferedImage.TYPE_BYTE_GRAY);
    fill(image, Color.WHITE, water);
    return image;
  }

  private static void fill(BufferedImage image, Color colour, Rectangle... rectangles) {
    Graphics2D pen = image.createGraphics();
    pen.setColor(colour);
    for (Rectangle rectangle : rectangles) {
      pen.fill(rectangle);
    }
    pen.dispose();
  }

  private void save(String name, BufferedImage image) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
  }
}
