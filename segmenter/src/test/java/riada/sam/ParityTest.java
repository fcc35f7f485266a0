package riada.sam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import riada.detect.Detection;
import riada.detect.Detector;
import riada.mask.Mask;
import riada.onnx.Device;
import riada.onnx.ModelCard;
import riada.onnx.ModelFolder;
import riada.onnx.OnnxModel;
import riada.proto.BadInput;
import riada.sam.Prompts.Box;
import riada.sam.Prompts.Point;

/**
 * The bundled model in Java against the training code, from the same decoded pixels, on every
 * output: what {@code segmenter/training/vectors.py} wrote.
 */
class ParityTest {
  private static final double TOLERANCE = 1e-3;
  private static final Path VECTORS = Path.of("src/test/resources/vectors");

  private static JsonNode index;
  private static ModelFolder folder;
  private static Detector detector;
  private static ImageEncoder encoder;
  private static MaskDecoder decoder;
  private static Embedding embedding;

  @BeforeAll
  static void load() throws BadInput, OrtException, IOException {
    index = new ObjectMapper().readTree(VECTORS.resolve("vectors.json").toFile());
    folder = ModelFolder.open(Path.of("models/riada-lite"));
    detector = new Detector(folder.detector(Detector.Settings.class), folder.inputSize());
    encoder = new ImageEncoder(OnnxModel.load(folder.file("encoder"), Device.CPU, 2), folder);
    decoder = new MaskDecoder(OnnxModel.load(folder.file("decoder"), Device.CPU, 2), folder);
    embedding = new Embedding(folder);
  }

  @AfterAll
  static void close() {
    embedding.close();
    decoder.close();
    encoder.close();
  }

  @Test
  void modelAndVectorsHaveTheSameThresholds() {
    ModelCard.Thresholds ours = folder.card().thresholds();

    JsonNode theirs = index.get("thresholds");

    assertThat(theirs.get("mask").floatValue()).isEqualTo(ours.mask());
    assertThat(theirs.get("cloud").floatValue()).isEqualTo(ours.cloud());
    assertThat(theirs.get("shadow").floatValue()).isEqualTo(ours.shadow());
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void encoderAgrees(String name, JsonNode picture) throws IOException, OrtException {
    encode(picture);

    assertAgrees(picture.get("image"), encoder.input());
    assertAgrees(picture.get("embedding"), embedding.features());
    assertAgrees(picture.get("maps"), embedding.maps());
    float[] cloud = embedding.cloud().toArray();
    float[] shadow = embedding.shadow().toArray();
    assertAgrees(picture.get("sky"), i -> i < cloud.length ? cloud[i] : shadow[i - cloud.length]);
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void detectorAsksTheSame(String name, JsonNode picture) throws IOException, OrtException {
    encode(picture);

    Detection found = detect();

    assertThat(found.hasWater()).isEqualTo(picture.get("has_water").booleanValue());
    JsonNode prompts = picture.get("prompts");
    if (prompts != null) {
      assertThat(found.prompts()).isEqualTo(prompts(prompts, 0));
    }
    JsonNode boxes = picture.get("boxes");
    assertThat(found.bodies()).hasSize(boxes.size());
    for (int i = 0; i < boxes.size(); i++) {
      Detection.Body body = found.bodies().get(i);
      JsonNode box = boxes.get(i).get("box");
      assertThat(body.x0()).isCloseTo(box.get(0).doubleValue(), within(TOLERANCE));
      assertThat(body.y0()).isCloseTo(box.get(1).doubleValue(), within(TOLERANCE));
      assertThat(body.x1()).isCloseTo(box.get(2).doubleValue(), within(TOLERANCE));
      assertThat(body.y1()).isCloseTo(box.get(3).doubleValue(), within(TOLERANCE));
      assertThat((double) body.score())
          .isCloseTo(boxes.get(i).get("score").doubleValue(), within(TOLERANCE));
    }
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void automaticMaskAgrees(String name, JsonNode picture) throws IOException, OrtException {
    encode(picture);
    Detection found = detect();
    Mask water = new Mask(512, 512);

    if (found.hasWater()) {
      Masks masks = decoder.decode(embedding, List.of(found.prompts()));
      assertAgrees(picture.get("mask_token_0"), masks.logits(0, 0).toArray());
      assertAgrees(picture.get("masks"), logits(masks));
      assertIouAgrees(picture.get("iou_predictions"), masks);
      water = masks.logits(0, 0).above(folder.card().thresholds().mask(), Window.ALL, 512, 512);
    }

    assertNearlyEqual(water, mask(picture.get("water_png")));
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void validMaskAgrees(String name, JsonNode picture) throws IOException, OrtException {
    encode(picture);
    ModelCard.Thresholds thresholds = folder.card().thresholds();

    Mask hidden = embedding.cloud().above(thresholds.cloud(), Window.ALL, 512, 512);
    hidden.or(embedding.shadow().above(thresholds.shadow(), Window.ALL, 512, 512));

    assertNearlyEqual(hidden.not(), mask(picture.get("valid_png")));
  }

  @ParameterizedTest
  @MethodSource("decoderCases")
  void decoderAgreesOnEveryKindOfPrompt(String name, JsonNode test)
      throws IOException, OrtException {
    encode(picture(test.get("picture").textValue()));

    Masks masks = decoder.decodeInOneRun(embedding, questions(test));

    assertAgrees(test.get("masks"), logits(masks));
    assertIouAgrees(test.get("iou_predictions"), masks);
  }

  @Test
  void boxesInOneCallAreAnsweredAsOneByOne() throws IOException, OrtException {
    JsonNode test = decoderCase("three-boxes");
    encode(picture(test.get("picture").textValue()));
    List<Prompts> questions = new ArrayList<>(questions(test));
    Box first = new Box(40, 350, 200, 450);
    questions.add(new Prompts(List.of(new Point(120, 400, true)), first, null)); // a slot more

    Masks together = decoder.decode(embedding, questions);

    assertThat(together.size()).isEqualTo(4);
    for (int i = 0; i < together.size(); i++) {
      Masks alone = decoder.decode(embedding, List.of(questions.get(i)));
      for (int token = 0; token < Masks.TOKENS; token++) {
        assertThat(together.logits(i, token).toArray())
            .usingComparatorWithPrecision(1e-4f)
            .containsExactly(alone.logits(0, token).toArray());
        assertThat(together.rawIou(i, token)).isCloseTo(alone.rawIou(0, token), within(1e-4f));
      }
    }
  }

  @Test
  void aPointMovedByOnePixelIsNoticed() throws IOException, OrtException {
    JsonNode test = decoderCase("one-point");
    encode(picture(test.get("picture").textValue()));
    Point point = prompts(test, 0).points().get(0);
    Prompts moved = Prompts.points(List.of(new Point(point.x() + 1, point.y(), point.wet())));

    Masks masks = decoder.decode(embedding, List.of(moved));

    assertThat(largestDifference(test.get("masks"), logits(masks))).isGreaterThan(2 * TOLERANCE);
  }

  /** Clicks on logits that were made up: to the last bit, for what is taken is copied. */
  @Test
  void correctionTakesTheSameOfAnAnswer() throws IOException {
    JsonNode clicks = index.get("corrections").get("clicks");
    JsonNode planes = index.get("corrections").get("planes");
    int side = planes.get("shape").get(3).intValue();
    float[] logits = floats(VECTORS.resolve(planes.get("file").textValue()));
    List<LogitPlane> taken = new ArrayList<>();

    for (int i = 0; i < clicks.size(); i++) {
      JsonNode click = clicks.get(i);
      Point point =
          new Point(
              click.get(0).floatValue(), click.get(1).floatValue(), click.get(2).intValue() == 1);
      LogitPlane screen = new LogitPlane(logits, 3 * i * side * side, side);
      LogitPlane answer = new LogitPlane(logits, (3 * i + 1) * side * side, side);
      taken.add(Correction.accept(screen, answer, 0, point, folder.inputSize()));
    }

    assertThat(taken).hasSize(planes.get("shape").get(0).intValue());
    for (int i = 0; i < taken.size(); i++) {
      assertThat(taken.get(i).toArray())
          .as("correction %d", i)
          .isEqualTo(new LogitPlane(logits, (3 * i + 2) * side * side, side).toArray());
    }
  }

  // ----------------------------------------------------------------------------------------
  // vectors

  static Stream<Object[]> pictures() throws IOException {
    return named("pictures");
  }

  static Stream<Object[]> decoderCases() throws IOException {
    return named("decoder_cases");
  }

  private static Stream<Object[]> named(String list) {
    return StreamSupport.stream(index.get(list).spliterator(), false)
        .map(node -> new Object[] {node.get("name").textValue(), node});
  }

  private static JsonNode picture(String name) {
    return find("pictures", name);
  }

  private static JsonNode decoderCase(String name) {
    return find("decoder_cases", name);
  }

  private static JsonNode find(String list, String name) {
    return StreamSupport.stream(index.get(list).spliterator(), false)
        .filter(node -> node.get("name").textValue().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void encode(JsonNode picture) throws IOException, OrtException {
    encoder.take(Pixels.of(image(picture.get("picture"))));
    encoder.encode(embedding);
  }

  private static Detection detect() {
    return detector.detect(embedding.maps(), embedding.rows(), embedding.columns());
  }

  /** The prompt sets of a case; where it leaves a slot empty, a longer neighbour makes us do so. */
  private static List<Prompts> questions(JsonNode test) throws IOException {
    List<Prompts> questions = new ArrayList<>();
    int slots = test.get("point_labels").get(0).size();
    for (int i = 0; i < test.get("point_labels").size(); i++) {
      Prompts set = prompts(test, i);
      if (!test.get("mask_input").isNull()) {
        float[] prior = floats(VECTORS.resolve(test.get("mask_input").textValue()));
        set = new Prompts(set.points(), set.box(), new LogitPlane(prior, 0, folder.maskSide()));
      }
      questions.add(set);
    }
    if (questions.stream().allMatch(set -> set.slots() < slots)) {
      questions.add(Prompts.points(Collections.nCopies(slots, new Point(0, 0, true))));
    }
    return questions;
  }

  private static Prompts prompts(JsonNode test, int set) {
    List<Point> points = new ArrayList<>();
    List<Float> corners = new ArrayList<>();
    for (int i = 0; i < test.get("point_labels").get(set).size(); i++) {
      int label = test.get("point_labels").get(set).get(i).intValue();
      float x = test.get("point_coords").get(set).get(i).get(0).floatValue();
      float y = test.get("point_coords").get(set).get(i).get(1).floatValue();
      if (label >= 2) {
        corners.addAll(List.of(x, y));
      } else if (label >= 0) {
        points.add(new Point(x, y, label == 1));
      }
    }
    Box box =
        corners.isEmpty()
            ? null
            : new Box(corners.get(0), corners.get(1), corners.get(2), corners.get(3));
    return new Prompts(points, box, null);
  }

  // -------------------------------------------------------------------------------------
  // comparison

  /** All logits in the order [set, token, row, column]. */
  private static IntToDoubleFunction logits(Masks masks) {
    int plane = folder.maskSide() * folder.maskSide();
    List<float[]> planes = new ArrayList<>();
    for (int i = 0; i < masks.size() * Masks.TOKENS; i++) {
      planes.add(masks.logits(i / Masks.TOKENS, i % Masks.TOKENS).toArray());
    }
    return i -> planes.get(i / plane)[i % plane];
  }

  private static void assertAgrees(JsonNode tensor, float[] ours) throws IOException {
    assertAgrees(tensor, i -> ours[i]);
  }

  private static void assertAgrees(JsonNode tensor, IntToDoubleFunction ours) throws IOException {
    assertThat(largestDifference(tensor, ours))
        .as("largest difference of %s", tensor.get("file"))
        .isLessThan(TOLERANCE);
  }

  private static double largestDifference(JsonNode tensor, IntToDoubleFunction ours)
      throws IOException {
    float[] theirs = floats(VECTORS.resolve(tensor.get("file").textValue()));
    assertThat(theirs).isNotEmpty();
    int every = tensor.get("every").intValue();
    double largest = 0;
    for (int i = 0; i < theirs.length; i++) {
      largest = Math.max(largest, Math.abs(theirs[i] - ours.applyAsDouble(i * every)));
    }
    return largest;
  }

  private static void assertIouAgrees(JsonNode expected, Masks masks) {
    for (int set = 0; set < expected.size(); set++) {
      for (int token = 0; token < Masks.TOKENS; token++) {
        assertThat((double) masks.rawIou(set, token))
            .isCloseTo(expected.get(set).get(token).doubleValue(), within(TOLERANCE));
      }
    }
  }

  /**
   * A logit of exactly the threshold may fall to either side: at most a thousandth of the cells.
   */
  private static void assertNearlyEqual(Mask ours, Mask theirs) {
    int differing = ours.copy().or(theirs).andNot(ours.copy().and(theirs)).count();
    assertThat(differing).isLessThanOrEqualTo(512 * 512 / 1000);
  }

  private static Mask mask(JsonNode file) throws IOException {
    BufferedImage image = image(file);
    Mask mask = new Mask(image.getWidth(), image.getHeight());
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        if (image.getRaster().getSample(x, y, 0) != 0) {
          mask.set(x, y);
        }
      }
    }
    return mask;
  }

  private static BufferedImage image(JsonNode file) throws IOException {
    return ImageIO.read(VECTORS.resolve(file.textValue()).toFile());
  }

  private static float[] floats(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    float[] floats = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(floats);
    return floats;
  }
}
