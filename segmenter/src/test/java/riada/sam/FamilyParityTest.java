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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import riada.mask.Mask;
import riada.onnx.Device;
import riada.onnx.ModelFolder;
import riada.onnx.OnnxModel;
import riada.proto.BadInput;
import riada.sam.Prompts.Box;
import riada.sam.Prompts.Point;

/**
 * Exports of the Segment Anything family against {@code SamPredictor}, from the same decoded pixels
 * and prompts in the picture's pixels: what {@code segmenter/training/family.py} wrote. Here a tiny
 * model with random weights; {@code -Driada.family=DIR} holds another against its own vectors, in
 * {@code DIR/model} and {@code DIR/vectors}.
 */
class FamilyParityTest {
  /** In standard deviations of the logits of a mask. */
  private static final double TOLERANCE = 1e-3;

  private static final Path HOME =
      Path.of(System.getProperty("riada.family", "src/test/resources/family"));
  private static final Path VECTORS = HOME.resolve("vectors");

  /** Largest differences; embeddings and logits in standard deviations. */
  private static final Map<String, Double> WORST = new TreeMap<>();

  private static JsonNode index;
  private static ModelFolder folder;
  private static ImageEncoder encoder;
  private static MaskDecoder decoder;
  private static Embedding embedding;
  private static String encoded = "";
  private static Frame frame;

  @BeforeAll
  static void load() throws BadInput, OrtException, IOException {
    index = new ObjectMapper().readTree(VECTORS.resolve("vectors.json").toFile());
    folder = ModelFolder.open(HOME.resolve("model"));
    encoder = new ImageEncoder(OnnxModel.load(folder.file("encoder"), Device.CPU, 2), folder);
    decoder = new MaskDecoder(OnnxModel.load(folder.file("decoder"), Device.CPU, 2), folder);
    embedding = new Embedding(folder);
  }

  @AfterAll
  static void close() {
    System.out.println(folder.card().name() + " against SamPredictor, at most: " + WORST);
    embedding.close();
    decoder.close();
    encoder.close();
  }

  @Test
  void theVectorsAreThisModels() {
    assertThat(index.get("model").textValue()).isEqualTo(folder.card().name());
    assertThat(index.get("pictures")).hasSize(3);
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void embeddingsAgree(String name, JsonNode picture) throws IOException, OrtException {
    encode(picture);

    double deviation = deviation(floats(picture.get("embedding")), embedding.features());

    WORST.merge("embedding", deviation, Math::max);
    assertThat(deviation).isLessThan(TOLERANCE);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void masksAgree(String name, JsonNode picture, JsonNode test) throws IOException, OrtException {
    encode(picture);

    Masks masks = decoder.decode(embedding, questions(test));

    double deviation = largestDeviation(test, masks);
    WORST.merge("logits", deviation, Math::max);
    assertThat(deviation).isLessThan(TOLERANCE);
    assertThat(masks.size()).isEqualTo(test.get("iou_predictions").size());
    for (int i = 0; i < masks.size(); i++) {
      for (int token = 0; token < Masks.TOKENS; token++) {
        double theirs = test.get("iou_predictions").get(i).get(token).doubleValue();
        assertThat((double) masks.rawIou(i, token)).isCloseTo(theirs, within(TOLERANCE));
        WORST.merge("predicted IoU", Math.abs(masks.rawIou(i, token) - theirs), Math::max);
      }
    }
  }

  /** At the picture's own size; a logit of about the threshold may fall to either side. */
  @ParameterizedTest
  @MethodSource("cases")
  void masksAreCutFromThePictureAlike(String name, JsonNode picture, JsonNode test)
      throws IOException, OrtException {
    encode(picture);
    Mask theirs = mask(test.get("first_mask"));
    LogitPlane first = decoder.decode(embedding, questions(test)).logits(0, 0);
    float threshold = folder.card().thresholds().mask();

    Mask ours = first.above(threshold, frame, Window.ALL, theirs.width(), theirs.height());

    int differing = ours.copy().or(theirs).andNot(ours.copy().and(theirs)).count();
    WORST.merge("pixels", (double) differing, Math::max);
    assertThat(differing).isLessThanOrEqualTo(theirs.width() * theirs.height() / 10_000);
    assertThat(theirs.count()).isPositive();
  }

  @Test
  void boxesInOneCallAreAnsweredAsOneByOne() throws IOException, OrtException {
    JsonNode picture = index.get("pictures").get(0);
    encode(picture);
    List<Prompts> boxes = questions(find(picture, "three-boxes"));

    Masks together = decoder.decode(embedding, boxes);

    for (int i = 0; i < boxes.size(); i++) {
      Masks alone = decoder.decode(embedding, List.of(boxes.get(i)));
      for (int token = 0; token < Masks.TOKENS; token++) {
        float[] one = alone.logits(0, token).toArray();
        assertThat(deviation(one, together.logits(i, token).toArray())).isLessThan(1e-4);
      }
    }
  }

  /** The check can fail: these are wrong by one pixel of the picture, or by half of the input's. */
  @Test
  void aPointMovedByOnePixelFailsTheCheck() throws IOException, OrtException {
    JsonNode picture = index.get("pictures").get(0);
    JsonNode test = find(picture, "one-point");
    encode(picture);
    Point asked = points(test.get("questions").get(0)).get(0);
    Point right = frame.onInput(new Point(asked.x() + 1, asked.y(), asked.wet()));
    Point below = frame.onInput(new Point(asked.x(), asked.y() + 1, asked.wet()));
    Point centred = frame.onInput(asked);
    Point halfAPixelOff = new Point(centred.x() + 0.5f, centred.y() + 0.5f, asked.wet());

    for (Point wrong : List.of(right, below, halfAPixelOff)) {
      Masks masks = decoder.decode(embedding, List.of(Prompts.points(List.of(wrong))));

      assertThat(largestDeviation(test, masks)).isGreaterThan(2 * TOLERANCE);
    }
  }

  /** So can this: without its slot a point is another question. */
  @Test
  void aPointWithoutItsEmptySlotFailsTheCheck() throws IOException, OrtException {
    JsonNode picture = index.get("pictures").get(0);
    encode(picture);
    Prompts point = questions(find(picture, "one-point")).get(0);
    // Longer neighbours in the same run leave a second slot empty.
    Prompts longer = new Prompts(point.points(), new Box(0, 0, 9, 9), null);

    Masks masks = decoder.decodeInOneRun(embedding, List.of(point, longer));

    assertThat(largestDeviation(find(picture, "one-point"), masks)).isGreaterThan(2 * TOLERANCE);
  }

  // ----------------------------------------------------------------------------------------
  // vectors

  static Stream<Object[]> pictures() {
    return stream(index.get("pictures"))
        .map(picture -> new Object[] {picture.get("name").textValue(), picture});
  }

  static Stream<Object[]> cases() {
    return stream(index.get("pictures"))
        .flatMap(
            picture ->
                stream(picture.get("cases"))
                    .map(test -> new Object[] {name(picture, test), picture, test}));
  }

  private static String name(JsonNode picture, JsonNode test) {
    return picture.get("name").textValue() + " " + test.get("name").textValue();
  }

  private static Stream<JsonNode> stream(JsonNode list) {
    List<JsonNode> nodes = new ArrayList<>();
    list.forEach(nodes::add);
    return nodes.stream();
  }

  private static JsonNode find(JsonNode picture, String name) {
    return stream(picture.get("cases"))
        .filter(test -> test.get("name").textValue().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void encode(JsonNode picture) throws IOException, OrtException {
    String file = picture.get("picture").textValue();
    if (!encoded.equals(file)) { // large members of the family take seconds
      frame = encoder.take(Pixels.of(ImageIO.read(VECTORS.resolve(file).toFile())));
      encoder.encode(embedding);
      encoded = file;
    }
  }

  private static List<Prompts> questions(JsonNode test) throws IOException {
    List<Prompts> questions = new ArrayList<>();
    for (JsonNode question : test.get("questions")) {
      JsonNode box = question.get("box");
      LogitPlane prior = null;
      if (!question.get("prior").isNull()) { // the first plane in the file: token 0
        prior = new LogitPlane(floats(question.get("prior")), 0, folder.maskSide());
      }
      questions.add(
          new Prompts(
              points(question).stream().map(frame::onInput).toList(),
              box.isNull()
                  ? null
                  : frame.onInput(
                      new Box(number(box, 0), number(box, 1), number(box, 2), number(box, 3))),
              prior));
    }
    return questions;
  }

  private static List<Point> points(JsonNode question) {
    return stream(question.get("points"))
        .map(point -> new Point(number(point, 0), number(point, 1), number(point, 2) == 1))
        .toList();
  }

  private static float number(JsonNode numbers, int i) {
    return numbers.get(i).floatValue();
  }

  private static Mask mask(JsonNode file) throws IOException {
    BufferedImage image = ImageIO.read(VECTORS.resolve(file.textValue()).toFile());
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

  private static float[] floats(JsonNode file) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(VECTORS.resolve(file.textValue())))
            .order(ByteOrder.LITTLE_ENDIAN);
    float[] floats = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(floats);
    return floats;
  }

  // -------------------------------------------------------------------------------------
  // comparison

  /** The worst of the masks that the case has, each in standard deviations of its own logits. */
  private static double largestDeviation(JsonNode test, Masks masks) throws IOException {
    float[] theirs = floats(test.get("logits"));
    int cells = folder.maskSide() * folder.maskSide();
    double largest = 0;
    for (int i = 0; i * cells < theirs.length; i++) {
      float[] plane = new LogitPlane(theirs, i * cells, folder.maskSide()).toArray();
      float[] ours = masks.logits(i / Masks.TOKENS, i % Masks.TOKENS).toArray();
      largest = Math.max(largest, deviation(plane, ours));
    }
    return largest;
  }

  /** The largest difference, in standard deviations of {@code theirs}. */
  private static double deviation(float[] theirs, float[] ours) {
    assertThat(ours).hasSameSizeAs(theirs);
    double mean = 0;
    for (float value : theirs) {
      mean += value / (double) theirs.length;
    }
    double variance = 0;
    double largest = 0;
    for (int i = 0; i < theirs.length; i++) {
      variance += (theirs[i] - mean) * (theirs[i] - mean) / theirs.length;
      largest = Math.max(largest, Math.abs(theirs[i] - ours[i]));
    }
    return largest / Math.sqrt(variance);
  }
}
