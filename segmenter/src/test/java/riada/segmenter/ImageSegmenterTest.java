package riada.segmenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.onnxruntime.OrtException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.onnx.Device;
import riada.onnx.ModelFolder;
import riada.proto.BadInput;
import riada.proto.WaterMask;
import riada.sam.Prompts.Box;
import riada.sam.Prompts.Point;
import riada.segmenter.ImageSegmenter.Segmentation;

/** With the tiny model, whose answers {@code tiny/make.py} explains. */
class ImageSegmenterTest {
  private static final Path LITE = Path.of("models/riada-lite");

  private WaterModel model;
  private ImageSegmenter segmenter;

  @BeforeEach
  void open() throws BadInput {
    model = Painted.tiny();
    segmenter = new ImageSegmenter(model);
  }

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void aClickOnAMaskChangesItThereAndNowhereElse() throws BadInput, OrtException {
    BufferedImage picture = Painted.pond();
    Mask drawn = new Mask(512, 512);
    for (int y = 400; y < 500; y += 3) {
      drawn.setRow(y, 400 + y % 7, 500); // finer than the network's cells, and nothing is there
    }
    try (WaterModel lite = WaterModel.open(LITE, ModelFolder.FP32, Device.Choice.CPU, 1)) {
      Segmentation answer =
          new ImageSegmenter(lite).correct(picture, drawn, List.of(new Point(192, 256, true)));

      Mask changed = answer.water().copy().andNot(drawn);
      assertThat(changed.get(192, 256)).isTrue();
      assertThat(drawn.copy().andNot(answer.water()).count()).isZero();
      assertThat(window(answer.water())).isEqualTo(window(drawn));
    }
  }

  @Test
  void aLineFinerThanACellObeysTheClick() throws BadInput, OrtException {
    Mask drawn = new Mask(512, 512);
    drawn.setRow(401, 100, 400); // no cell's middle
    Mask expected = drawn.copy();
    for (int x = 200; x < 204; x++) {
      expected.clear(x, 401);
    }
    try (WaterModel lite = WaterModel.open(LITE, ModelFolder.FP32, Device.Choice.CPU, 1)) {
      Segmentation answer =
          new ImageSegmenter(lite)
              .correct(Painted.pond(), drawn, List.of(new Point(202, 401, false)));

      assertThat(answer.water()).isEqualTo(expected);
    }
  }

  /** The lower right of a mask of 512 x 512. */
  private static Mask window(Mask mask) {
    Mask lower = new Mask(124, 124);
    for (int y = 0; y < 124; y++) {
      for (int x = 0; x < 124; x++) {
        if (mask.get(388 + x, 388 + y)) {
          lower.set(x, y);
        }
      }
    }
    return lower;
  }

  @Test
  void aMaskOfAnotherSizeIsNotCorrected() {
    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(
            () ->
                segmenter.correct(
                    Painted.pond(), new Mask(256, 512), List.of(new Point(1, 1, true))))
        .withMessageContaining("The mask to correct is 256 x 512 and the picture 512 x 512");
  }

  @Test
  void aTileGetsTheBitsOfTheStream(@TempDir Path folder)
      throws BadInput, OrtException, IOException {
    byte[] jpeg = Painted.bytes(Painted.pond(), "jpg");
    Path file = Files.write(folder.resolve("tile.jpg"), jpeg);
    WaterMask streamed =
        new TilePipeline(model, Painted.CLOCK)
            .segment(Painted.ID, Painted.tile(jpeg).build(), Painted.NOW);

    Segmentation answer = segmenter.segment(file, Question.AUTOMATIC);

    assertThat(answer.water()).isEqualTo(RunLength.decode(streamed.getWater()));
    assertThat(answer.seen()).isEqualTo(RunLength.decode(streamed.getValid()));
    assertThat(answer.confidence()).isEqualTo(streamed.getConfidence());
  }

  @Test
  void theAnswerHasThePicturesOwnSize() throws BadInput, OrtException {
    BufferedImage image = Painted.land(1024, 256, BufferedImage.TYPE_3BYTE_BGR);
    Painted.fill(image, Painted.WATER, 256, 64, 512, 64);

    Segmentation answer = segmenter.segment(image, Question.AUTOMATIC);

    assertThat(answer.water().width()).isEqualTo(1024);
    assertThat(answer.water().height()).isEqualTo(256);
    assertThat(answer.water().get(300, 100)).isTrue();
    assertThat(answer.water().get(300, 200)).isFalse();
    assertThat(answer.water().count()).isBetween(30_000, 36_000);
  }

  @Test
  void landIsDryEvenWithoutAsking() throws BadInput, OrtException {
    BufferedImage image = Painted.land(600, 400, BufferedImage.TYPE_3BYTE_BGR);

    Segmentation answer = segmenter.segment(image, Question.AUTOMATIC);

    assertThat(answer.water().isEmpty()).isTrue();
  }

  @Test
  void aPointIsInPixelsOfThePicture() throws BadInput, OrtException {
    BufferedImage image = Painted.land(1024, 1024, BufferedImage.TYPE_3BYTE_BGR);

    Segmentation answer =
        segmenter.segment(
            image, new Question(List.of(new Point(800, 300, true)), List.of(), false));

    assertThat(answer.water().get(800, 300)).isTrue();
    assertThat(answer.water().get(300, 800)).isFalse();
  }

  @Test
  void boxesAreUnitedAndEachTakesItsOwnPoints() throws BadInput, OrtException {
    BufferedImage image = Painted.land(512, 512, BufferedImage.TYPE_3BYTE_BGR);
    Painted.fill(image, Painted.WATER, 0, 0, 512, 512);

    Segmentation answer =
        segmenter.segment(
            image,
            new Question(
                List.of(new Point(400, 400, false)),
                List.of(new Box(32, 32, 160, 160), new Box(320, 320, 480, 480)),
                false));

    Mask water = answer.water();
    assertThat(water.get(100, 100)).isTrue();
    assertThat(water.get(330, 330)).isTrue();
    assertThat(water.get(400, 400)).isFalse();
    assertThat(water.get(240, 240)).isFalse();
  }

  @Test
  void theBestOfThreeIsTakenByPredictedIou() throws BadInput, OrtException {
    Question question = new Question(List.of(new Point(190, 250, true)), List.of(), true);

    Segmentation answer = segmenter.segment(Painted.pond(), question);

    assertThat(answer.confidence()).isEqualTo(0.8f);
  }

  @Test
  void aPointOutsideThePictureIsRefused() {
    Question question = new Question(List.of(new Point(512, 5, true)), List.of(), false);

    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> segmenter.segment(Painted.pond(), question))
        .withMessage("The point 512.0,5.0 is outside the picture of 512 x 512.");
  }

  @Test
  void aPointInNoneOfTheBoxesIsRefused() {
    Question question =
        new Question(List.of(new Point(5, 5, true)), List.of(new Box(50, 50, 90, 90)), false);

    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> segmenter.segment(Painted.pond(), question))
        .withMessageContaining("lies in none of the boxes");
  }

  @Test
  void aBoxBeyondThePictureIsRefused() {
    Question question = new Question(List.of(), List.of(new Box(50, 50, 900, 90)), false);

    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> segmenter.segment(Painted.pond(), question))
        .withMessageContaining("900");
  }

  @Test
  void aThousandBoxesAreAnswered() throws BadInput, OrtException {
    List<Box> boxes = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      boxes.add(new Box(i % 40 * 12, i / 40 * 20, i % 40 * 12 + 8, i / 40 * 20 + 8));
    }

    Segmentation answer = segmenter.segment(Painted.pond(), new Question(List.of(), boxes, false));

    assertThat(answer.water().get(195, 243)).isTrue();
    assertThat(answer.water().get(10, 10)).isFalse();
  }

  @Test
  void moreThanAThousandPromptsAreRefused() {
    List<Point> points = Collections.nCopies(1001, new Point(5, 5, true));

    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> segmenter.segment(Painted.pond(), new Question(points, List.of(), false)))
        .withMessage("There are 1001 points and boxes; at most 1000 are taken.");
  }

  @Test
  void aSecondQuestionAboutAPictureCostsOnlyTheDecoder(@TempDir Path folder)
      throws BadInput, OrtException, IOException {
    Path file = Files.write(folder.resolve("pond.png"), Painted.bytes(Painted.pond(), "png"));
    Question point = new Question(List.of(new Point(400, 400, true)), List.of(), false);
    segmenter.segment(file, Question.AUTOMATIC);

    Segmentation second = segmenter.segment(file, point);

    assertThat(model.encodings()).isEqualTo(2); // the model's own first run, and this picture's
    assertThat(second.water().get(400, 400)).isTrue();
  }

  @Test
  void anEmbeddingIsNotUsedForAnotherPicture(@TempDir Path folder)
      throws BadInput, OrtException, IOException {
    Path file = Files.write(folder.resolve("pond.png"), Painted.bytes(Painted.pond(), "png"));
    segmenter.segment(file, Question.AUTOMATIC);
    segmenter.segment(Painted.land(512, 512, BufferedImage.TYPE_3BYTE_BGR), Question.AUTOMATIC);

    Segmentation again = segmenter.segment(file, Question.AUTOMATIC);

    assertThat(again.water().get(190, 250)).isTrue();
  }

  @Test
  void everythingFindsEachBodyOnce() throws BadInput, OrtException {
    Segmentation found = segmenter.segment(Painted.pond(), Question.EVERYTHING);

    assertThat(found.bodies()).hasSize(1);
    ImageSegmenter.WaterBody body = found.bodies().get(0);
    assertThat(body.x0()).isBetween(120, 136);
    assertThat(body.y1()).isBetween(312, 328);
    assertThat(body.pixels()).isEqualTo(found.water().count());
    assertThat(body.stability()).isBetween(0.8, 1.0);
    assertThat(found.confidence()).isEqualTo(0.8f);
  }

  @Test
  void everythingOnDryLandIsNothing() throws BadInput, OrtException {
    BufferedImage land = Painted.land(1, 1, BufferedImage.TYPE_3BYTE_BGR);

    Segmentation found = segmenter.segment(land, Question.EVERYTHING);

    assertThat(found.bodies()).isEmpty();
    assertThat(found.water()).isEqualTo(new Mask(1, 1));
  }

  @Test
  void theMaskIsWrittenAsBlackAndWhite(@TempDir Path folder)
      throws BadInput, OrtException, IOException {
    Path file = folder.resolve("mask.png");

    segmenter.segment(Painted.pond(), Question.AUTOMATIC).writePng(file);

    BufferedImage written = ImageIO.read(file.toFile());
    assertThat(written.getRaster().getSample(130, 200, 0)).isEqualTo(255);
    assertThat(written.getRaster().getSample(10, 10, 0)).isEqualTo(0);
  }
}
