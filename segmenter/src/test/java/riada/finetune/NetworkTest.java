package riada.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import riada.finetune.Encodings.Encoding;
import riada.onnx.Device;
import riada.onnx.ModelFolder;
import riada.proto.Pictures;
import riada.sam.Masks;
import riada.sam.Pixels;
import riada.sam.Prompts;
import riada.sam.Prompts.Box;
import riada.sam.Prompts.Point;
import riada.segmenter.WaterModel;

/** ONNX Runtime and PyTorch give the same answers. */
class NetworkTest {
  private static final float TOLERANCE = 1e-4f;
  private static final Path LITE = Path.of("models/riada-lite");
  private static final Path SMALL = Path.of("src/test/resources/small");
  private static final Path FAMILY = Path.of("src/test/resources/family/model");
  private static final Path RIVER = Path.of("src/test/resources/vectors/river.png");
  private static final Point WET = new Point(50.25f, 61, true);
  private static final Point DRY = new Point(100, 20.5f, false);

  @TempDir Path folder;

  static List<Prompts> questions() {
    return List.of(
        Prompts.points(List.of(WET)),
        Prompts.points(List.of(WET, DRY, new Point(3, 4, false))),
        Prompts.box(new Box(10, 20, 90, 110)),
        new Prompts(List.of(DRY), new Box(10, 20, 90, 110), null));
  }

  @ParameterizedTest
  @MethodSource("questions")
  void theBundledDecoderAnswersAlike(Prompts question) throws Exception {
    assertSame(LITE, question);
  }

  @ParameterizedTest
  @MethodSource("questions")
  void aSmallerDecoderOfTheFamilyAnswersAlike(Prompts question) throws Exception {
    assertSame(SMALL, question);
  }

  @ParameterizedTest
  @MethodSource("questions")
  void aDecoderThatPadsPointsAndHasFewerHeadsAnswersAlike(Prompts question) throws Exception {
    assertSame(FAMILY, question);
  }

  @Test
  void anEarlierAnswerIsTakenIntoAccountAlike() throws Exception {
    Torch.start(1);
    try (WaterModel model = open(LITE);
        Network network = network(LITE)) {
      Encoding picture = encode(model);
      Masks first = model.decode(List.of(Prompts.points(List.of(WET))));
      Prompts again = new Prompts(List.of(WET, DRY), null, first.logits(0, 0).clamped(12));

      Masks graph = model.decode(List.of(again));

      assertAlike(graph, network, network.weights().start(), picture, again);
    }
  }

  @Test
  void otherWeightsAnswerAlikeOnceTheyAreRoundedAsTheFileKeepsThem() throws Exception {
    Torch.start(1);
    ModelFolder parent = ModelFolder.open(LITE);
    Prompts question = Prompts.points(List.of(WET, DRY));
    try (Network network = network(LITE)) {
      float[] row = network.weights().start();
      SplittableRandom random = new SplittableRandom(1);
      for (int i = 0; i < row.length; i++) {
        row[i] += (float) (1e-3 * (random.nextDouble() - 0.5));
      }
      Path out = folder.resolve("tuned");
      byte[] decoder = network.weights().with(row);
      try (TunedFolder tuned = new TunedFolder(parent, out, decoder, Instant.EPOCH)) {
        tuned.finish();
      }
      try (WaterModel model = open(out)) {
        Encoding picture = encode(model);

        Masks graph = model.decode(List.of(question));

        assertAlike(graph, network, network.weights().kept(row), picture, question);
        assertThat(Files.size(out.resolve("decoder.onnx")))
            .isEqualTo(Files.size(LITE.resolve("decoder.onnx")));
      }
    }
  }

  private static void assertSame(Path folder, Prompts question) throws Exception {
    Torch.start(1);
    try (WaterModel model = open(folder);
        Network network = network(folder)) {
      Encoding picture = encode(model);

      Masks graph = model.decode(List.of(question));

      assertAlike(graph, network, network.weights().start(), picture, question);
    }
  }

  private static void assertAlike(
      Masks graph, Network network, float[] weights, Encoding picture, Prompts question) {
    try (NDManager scratch = network.manager().newSubManager()) {
      NDArray row = scratch.create(weights, new Shape(weights.length));
      TunedDecoder.Answer ours = network.answer(row, picture, question, scratch);
      for (int token = 0; token < Masks.TOKENS; token++) {
        assertThat(ours.masks().get(token).toFloatArray())
            .usingComparatorWithPrecision(TOLERANCE)
            .containsExactly(graph.logits(0, token).toArray());
        assertThat(Math.min(Math.max(ours.iou().getFloat(token), 0), 1))
            .isCloseTo(graph.iou(0, token), org.assertj.core.api.Assertions.within(TOLERANCE));
      }
    }
  }

  private static WaterModel open(Path folder) throws Exception {
    return WaterModel.open(folder, ModelFolder.FP32, Device.Choice.CPU, 1);
  }

  private static Network network(Path folder) throws Exception {
    ModelFolder model = ModelFolder.open(folder);
    DecoderWeights weights = DecoderWeights.read(model.file("decoder"));
    Network network = new Network(NDManager.newBaseManager(), weights, model);
    network.setHeads(folder.equals(FAMILY) ? 4 : Network.FAMILY_HEADS);
    return network;
  }

  private static Encoding encode(WaterModel model) throws Exception {
    byte[] bytes = Files.readAllBytes(RIVER);
    model.take(Pixels.of(Pictures.read("river.png", bytes, 1 << 20)));
    model.encode();
    return new Encoding(model.features(), true, Prompts.points(List.of(WET))); // nobody asks it
  }
}
