package riada.sam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import riada.onnx.Device;
import riada.onnx.ModelFolder;
import riada.onnx.OnnxModel;
import riada.proto.BadInput;
import riada.sam.Prompts.Box;
import riada.sam.Prompts.Point;

/** With the tiny model, whose answers {@code tiny/make.py} explains. */
class MaskDecoderTest {
  private static final Path TINY = Path.of("src/test/resources/tiny");

  private ImageEncoder encoder;
  private MaskDecoder decoder;
  private Embedding embedding;

  @BeforeEach
  void encodeAGreenFieldWithABluePond() throws BadInput, OrtException {
    ModelFolder folder = ModelFolder.open(TINY);
    encoder = new ImageEncoder(OnnxModel.load(folder.file("encoder"), Device.CPU, 1), folder);
    decoder = new MaskDecoder(OnnxModel.load(folder.file("decoder"), Device.CPU, 1), folder);
    embedding = new Embedding(folder);
    BufferedImage image = new BufferedImage(512, 512, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D pen = image.createGraphics();
    pen.setColor(new Color(90, 140, 60));
    pen.fillRect(0, 0, 512, 512);
    pen.setColor(new Color(30, 60, 200));
    pen.fillRect(128, 128, 128, 128);
    encoder.take(Pixels.of(image));
    encoder.encode(embedding);
  }

  @AfterEach
  void close() {
    embedding.close();
    decoder.close();
    encoder.close();
  }

  @Test
  void aPointIsWetWhereItSaysSo() throws OrtException {
    Masks masks = decoder.decode(embedding, List.of(point(400, 400, true)));

    assertThat(masks.logits(0, 0).get(100, 100)).isPositive();
    assertThat(masks.logits(0, 0).get(100, 60)).isNegative();
    assertThat(masks.logits(0, 0).get(48, 48)).isPositive();
  }

  @Test
  void aDryPointTakesWaterAway() throws OrtException {
    Masks masks = decoder.decode(embedding, List.of(point(190, 190, false)));

    assertThat(masks.logits(0, 0).get(47, 47)).isNegative();
  }

  @Test
  void aBoxKeepsTheMaskWithin() throws OrtException {
    Masks masks = decoder.decode(embedding, List.of(Prompts.box(new Box(128, 128, 190, 255))));

    assertThat(masks.logits(0, 0).get(40, 48)).isPositive();
    assertThat(masks.logits(0, 0).get(60, 48)).isNegative();
  }

  @Test
  void severalQuestionsInOneCallAreAnsweredAsOneByOne() throws OrtException {
    List<Prompts> questions =
        List.of(
            Prompts.box(new Box(0, 0, 200, 200)),
            point(300, 20, true),
            new Prompts(
                List.of(new Point(10, 10, false), new Point(200, 200, true)),
                new Box(100, 100, 300, 300),
                null));

    Masks together = decoder.decode(embedding, questions);

    assertThat(together.size()).isEqualTo(3);
    for (int i = 0; i < 3; i++) {
      Masks alone = decoder.decode(embedding, List.of(questions.get(i)));
      for (int token = 0; token < Masks.TOKENS; token++) {
        assertThat(together.logits(i, token).toArray())
            .usingComparatorWithPrecision(1e-4f)
            .containsExactly(alone.logits(0, token).toArray());
      }
    }
  }

  @Test
  void anEarlierMaskCountsOnceAndIsForgottenThen() throws OrtException {
    Prompts point = point(400, 400, true);
    Masks first = decoder.decode(embedding, List.of(point));
    Prompts again = new Prompts(point.points(), null, first.logits(0, 0));

    Masks refined = decoder.decode(embedding, List.of(again));
    Masks afterwards = decoder.decode(embedding, List.of(point));

    assertThat(refined.logits(0, 0).get(100, 100)).isEqualTo(2 * first.logits(0, 0).get(100, 100));
    assertThat(afterwards.logits(0, 0).toArray()).isEqualTo(first.logits(0, 0).toArray());
  }

  @Test
  void theBestReadingHasTheHighestPredictedIou() throws OrtException {
    Masks masks = decoder.decode(embedding, List.of(point(1, 1, true)));

    assertThat(masks.bestReading(0)).isEqualTo(2);
    assertThat(masks.iou(0, 2)).isEqualTo(0.8f);
  }

  @Test
  void aQuestionNeedsAPointOrABox() {
    assertThatThrownBy(() -> Prompts.points(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aBoxHasItsCornersInOrder() {
    assertThatThrownBy(() -> new Box(10, 10, 5, 20)).hasMessageContaining("10.0,10.0,5.0,20.0");
  }

  private static Prompts point(float x, float y, boolean wet) {
    return Prompts.points(List.of(new Point(x, y, wet)));
  }
}
