package riada.segmenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.onnxruntime.OrtException;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import riada.mask.Mask;
import riada.onnx.Device;
import riada.onnx.Head;
import riada.proto.BadInput;
import riada.sam.LogitPlane;
import riada.sam.Prompts;
import riada.sam.Prompts.Box;
import riada.sam.Prompts.Point;
import riada.segmenter.ImageSegmenter.Segmentation;

/**
 * A model of the Segment Anything family, which has neither detector nor sky head: tiny, with
 * random weights. What it answers means nothing; that it is asked and cut rightly is
 * FamilyParityTest's.
 */
class FamilyModelTest {
  private WaterModel model;
  private ImageSegmenter segmenter;
  private BufferedImage image;

  @BeforeEach
  void open() throws BadInput {
    Path folder = Path.of("src/test/resources/family/model");
    model = WaterModel.open(folder, Device.Choice.CPU, 1);
    segmenter = new ImageSegmenter(model);
    image = Painted.land(300, 100, BufferedImage.TYPE_3BYTE_BGR);
    Painted.fill(image, Painted.WATER, 100, 20, 80, 60);
  }

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void pointsAndBoxesAreAnsweredAtThePicturesSize() throws BadInput, OrtException {
    Point point = new Point(140, 50, true);
    Box box = new Box(100, 20, 180, 80);

    Segmentation answer =
        segmenter.segment(image, new Question(List.of(point), List.of(box), true));

    assertThat(answer.water().width()).isEqualTo(300);
    assertThat(answer.water().height()).isEqualTo(100);
    assertThat(answer.water().count()).isBetween(1, 300 * 100 - 1);
  }

  @Test
  void whatItCannotTellIsNotHidden() throws BadInput, OrtException {
    Question question = new Question(List.of(new Point(140, 50, true)), List.of(), false);

    Segmentation answer = segmenter.segment(image, question);

    assertThat(model.has(Head.SKY)).isFalse();
    assertThat(answer.seen()).isEqualTo(Mask.full(300, 100));
  }

  @Test
  void everythingAsksAllOverThePicture() throws BadInput, OrtException {
    Segmentation answer = segmenter.segment(image, Question.EVERYTHING);

    assertThat(answer.water().width()).isEqualTo(300);
    for (ImageSegmenter.WaterBody body : answer.bodies()) {
      assertThat(body.iou()).isBetween(0.5f, 1f);
      assertThat(body.x1()).isLessThanOrEqualTo(300);
    }
  }

  @Test
  void itFindsNoWaterByItself() {
    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> segmenter.segment(image, Question.AUTOMATIC))
        .withMessageStartingWith("The model tiny-random-sam 1 has no detector")
        .withMessageContaining("--point, --box or --everything");
  }

  @Test
  void theStreamRefusesAndClosesIt() {
    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> new TilePipeline(model, Painted.CLOCK))
        .withMessageStartingWith("The model tiny-random-sam 1 cannot segment tiles of a stream")
        .withMessageContaining("no detector and no cloud and shadow head");
  }

  @Test
  void anEarlierAnswerIsGivenBackAsItIs() throws OrtException {
    model.encode();
    LogitPlane answer =
        model.decode(List.of(Prompts.points(List.of(new Point(9, 9, true))))).logits(0, 0);

    assertThat(model.prior(answer)).isSameAs(answer);
  }

  @Test
  void promptsThatAModelDoesNotTakeAreRefused() {
    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> model.requirePrompts("words"))
        .withMessage("The model tiny-random-sam 1 takes no words; it takes points, boxes, mask.");
  }
}
