package riada.finetune;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.awt.Rectangle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import riada.eval.LabelledFolder;
import riada.onnx.ModelFolder;
import riada.proto.BadInput;

/** With the small model, whose decoder knows nothing, and painted ponds. */
class FineTuningTest {
  private static final Path SMALL = Path.of("src/test/resources/small");
  private static final Path FAMILY = Path.of("src/test/resources/family/model");
  private static final Path SEMANTIC = Path.of("src/test/resources/semantic");

  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-05-04T03:02:01Z"));

  /**
   * So slow that last bits stay small: at the rate of the others they grew to a fifth of the way.
   */
  private static final Training GENTLE = new Training(3, 3e-5, 100, 0.5, 2, 100, 1);

  @TempDir Path folder;

  @BeforeEach
  void paintPonds() throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 20; i++) {
      Painted.pair(data(), String.valueOf(i), pond(random), pond(random));
    }
  }

  private static Rectangle pond(SplittableRandom random) {
    return new Rectangle(random.nextInt(64), random.nextInt(64), 48, 48);
  }

  @Test
  void theErrorGoesDownAndTheNewModelSaysWhereItIsFrom() throws Exception {
    Path out = folder.resolve("out");

    Tuned result = tuning(out, 8).tune();

    Tuned.Row row = result.measured().get(0);
    assertThat(row.images()).isEqualTo(5);
    assertThat(row.groups()).isEqualTo(5);
    assertThat(1 - row.meanIou()).isLessThan(0.8 * (1 - row.parentMeanIou()));
    assertThat(result.better()).isTrue();
    assertThat(row.sensors()).containsExactly("rgb");
    assertThat(result.notMeasured()).containsExactly("vv");
    ModelFolder tuned = ModelFolder.open(out);
    assertThat(tuned.ref().getDigest()).isEqualTo(result.model().digest());
    JsonNode card = new ObjectMapper().readTree(out.resolve("model.json").toFile());
    assertThat(card.at("/metrics/parent/digest").asText())
        .isEqualTo(ModelFolder.open(SMALL).ref().getDigest());
    assertThat(card.at("/metrics/fine_tuning/better").asBoolean()).isTrue();
    assertThat(card.at("/metrics/fine_tuning/data/0/pictures").asInt()).isEqualTo(12);
    assertThat(card.at("/metrics/fine_tuning/data/0/choosing").asInt()).isEqualTo(3);
    assertThat(card.at("/metrics/fine_tuning/data/0/judging").asInt()).isEqualTo(5);
    assertThat(card.at("/metrics/fine_tuning/not_measured/0").asText()).isEqualTo("vv");
    assertThat(card.get("version").asText()).startsWith("1+tuned.20260504T030201Z.");
    assertThat(out.resolve("curve.png")).exists();
    assertThat(left()).containsExactlyInAnyOrder("data", "out");
  }

  /** What was learnt at the end, before one of several shares of the way is chosen. */
  @Test
  void aRunThatWasCutOffEndsAsOneThatWasNot() throws Exception {
    float[] start = DecoderWeights.read(SMALL.resolve("decoder.onnx")).start();
    Path cut = folder.resolve("cut");
    Checkpoint whole = last(folder.resolve("whole"), start.length);
    assertThatThrownBy(
            () -> new FineTuning(request(cut, 3, List.of()), GENTLE, cutAt(8), CLOCK).tune())
        .isInstanceOf(CutOff.class);
    assertThat(cut).doesNotExist();

    Checkpoint resumed = last(cut, start.length);

    assertThat(resumed.steps()).isEqualTo(whole.steps());
    assertThat(resumed.epochs()).hasSameSizeAs(whole.epochs());
    // PyTorch's sums differ in their last bits from run to run
    assertThat(meanDifference(resumed.weights(), whole.weights()))
        .isLessThan(0.05 * meanDifference(start, whole.weights()));
  }

  /** Tunes to the end; what stood in the checkpoint when training was done. */
  private Checkpoint last(Path out, int size) throws Exception {
    Path file = out.resolveSibling(out.getFileName() + ".run").resolve("checkpoint");
    List<Checkpoint> trained = new ArrayList<>();
    FineTuning.Progress progress =
        (stage, done, all) -> {
          if (stage.equals("measuring the parent") && done == 1) {
            try {
              trained.add(Checkpoint.read(file, size).orElseThrow());
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    new FineTuning(request(out, 3, List.of()), GENTLE, progress, CLOCK).tune();
    return trained.get(0);
  }

  private static double meanDifference(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]);
    }
    return sum / a.length;
  }

  @Test
  void anotherRunsRestsAreNotGoneOnWith() throws Exception {
    Path out = folder.resolve("out");
    assertThatThrownBy(
        () -> new FineTuning(request(out, 4, List.of()), training(4), cutAt(8), CLOCK).tune());

    assertThatThrownBy(() -> tuning(out, 5).tune())
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("unfinished run");
  }

  @Test
  void picturesOfElsewhereAreMeasuredToo() throws Exception {
    Path elsewhere = folder.resolve("elsewhere");
    for (int i = 0; i < 6; i++) {
      Painted.pair(elsewhere, String.valueOf(i), new Rectangle(30, 30, 60, 60));
    }
    Path out = folder.resolve("out");
    FineTuning.Request request = request(out, 2, List.of(LabelledFolder.open(elsewhere, 0)));

    Tuned result = new FineTuning(request, training(2), (stage, done, all) -> {}, CLOCK).tune();

    assertThat(result.measured()).extracting(Tuned.Row::folder).contains("data", "elsewhere");
    assertThat(result.data().get(1).use()).isEqualTo("rehearsal");
    assertThat(result.data().get(1).judging()).isEqualTo(3);
  }

  @Test
  void aModelWithoutDetectorLearnsFromPointsOfTheTruth() throws Exception {
    Path out = folder.resolve("out");
    FineTuning.Request request = request(FAMILY, data(), out, 6);

    Tuned result = new FineTuning(request, training(6), (stage, done, all) -> {}, CLOCK).tune();

    Tuned.Row row = result.measured().get(0);
    assertThat(row.prompts()).isEqualTo("points");
    assertThat(1 - row.meanIou()).isLessThan(0.8 * (1 - row.parentMeanIou()));
    assertThat(ModelFolder.open(out).card().sensors()).containsExactly("rgb");
  }

  @Test
  void floodTeachesNothingToAModelWithoutDetector() throws Exception {
    Path changes = folder.resolve("changes");
    Rectangle pond = new Rectangle(30, 30, 60, 60);
    Painted.change(changes, "1", Color.BLUE, List.of(), List.of(pond), pond);
    FineTuning.Request request = request(FAMILY, changes, folder.resolve("out"), 1);

    assertThatThrownBy(
            () -> new FineTuning(request, training(1), (stage, done, all) -> {}, CLOCK).tune())
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("mark flood and not water");
  }

  @Test
  void aModelThatTakesNoQuestionsIsRefused() throws Exception {
    FineTuning.Request request = request(SEMANTIC, data(), folder.resolve("out"), 1);

    assertThatThrownBy(
            () -> new FineTuning(request, training(1), (stage, done, all) -> {}, CLOCK).tune())
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("no decoder that answers points");
  }

  @Test
  void theCardForPeopleIsOfTheTunedModelAndKeepsTheParentsLicences() throws Exception {
    Path out = folder.resolve("out");
    FineTuning.Request request = request(FAMILY, data(), out, 2);

    Tuned result = new FineTuning(request, training(2), (stage, done, all) -> {}, CLOCK).tune();

    Tuned.Row row = result.measured().get(0);
    assertThat(Files.readString(out.resolve("README.md")))
        .startsWith("# tiny-random-sam 1+tuned.20260504T030201Z.")
        .contains("| parent | tiny-random-sam 1, digest `" + result.parent().digest() + "` |")
        .contains("| data | labels | 12 | 3 | 5 | `" + result.data().get(0).sha256() + "` |")
        .contains(String.format(Locale.ROOT, "| %.3f | %.3f |", row.parentMeanIou(), row.meanIou()))
        .contains("- weights: random numbers of seed 5, none of Meta's weights")
        .contains("- code of the architecture: Meta Platforms, Inc., Apache-2.0")
        .doesNotContain("# tiny-random-sam 1\n");
  }

  @Test
  void whatGainsNothingIsNoModel() throws Exception {
    Path out = folder.resolve("out");
    Training still = new Training(1, 1e-12, 1, 1, 4, 1, 0);

    Tuned result =
        new FineTuning(request(out, 1, List.of()), still, (stage, done, all) -> {}, CLOCK).tune();

    assertThat(result.better()).isFalse();
    assertThat(result.out()).isNull();
    assertThat(result.sentence()).contains("Nothing was gained");
    assertThat(out).doesNotExist();
  }

  @Test
  void aPlaceThatCannotBeWrittenIsASentence() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");

    assertThatThrownBy(() -> tuning(file.resolve("out"), 1).tune())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("name another place with --out");
  }

  @Test
  void twoRunsDoNotWriteTheSameModel() throws Exception {
    Path out = folder.resolve("out");
    List<Throwable> refused = new ArrayList<>();
    FineTuning.Progress beside =
        (stage, done, all) -> {
          if (stage.equals("training") && done == 1) {
            refused.add(catchThrowable(() -> tuning(out, 1).tune()));
          }
        };

    Tuned first = new FineTuning(request(out, 1, List.of()), training(1), beside, CLOCK).tune();

    assertThat(refused)
        .singleElement()
        .isInstanceOf(BadInput.class)
        .extracting(Throwable::getMessage, as(STRING))
        .contains("Another `riada finetune --out")
        .contains("(process " + ProcessHandle.current().pid() + ")");
    assertThat(first.parent().name()).isEqualTo("small");
    assertThat(left()).doesNotContain("out.run");
  }

  @Test
  void whatIsThereIsNotOverwritten() {
    assertThatThrownBy(() -> tuning(data(), 1).tune())
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("is there already");
  }

  private Path data() {
    return folder.resolve("data");
  }

  private FineTuning tuning(Path out, int epochs) throws BadInput {
    return new FineTuning(
        request(out, epochs, List.of()), training(epochs), (stage, done, all) -> {}, CLOCK);
  }

  private FineTuning.Request request(Path out, int epochs, List<LabelledFolder> also)
      throws BadInput {
    return new FineTuning.Request(
        LabelledFolder.open(data(), 0),
        Optional.empty(),
        also,
        SMALL,
        ModelFolder.SUITABLE,
        out,
        epochs,
        1,
        1);
  }

  private static FineTuning.Request request(Path model, Path data, Path out, int epochs)
      throws BadInput {
    return new FineTuning.Request(
        LabelledFolder.open(data, 0),
        Optional.empty(),
        List.of(),
        model,
        ModelFolder.SUITABLE,
        out,
        epochs,
        1,
        1);
  }

  /** A rate at which random weights learn. */
  private static Training training(int epochs) {
    return new Training(epochs, 3e-3, 100, 0.5, 2, 100, 1);
  }

  /** Stands in for a person who pulls the plug. */
  private static final class CutOff extends RuntimeException {}

  private static FineTuning.Progress cutAt(int step) {
    return (stage, done, all) -> {
      if (done == step) {
        throw new CutOff();
      }
    };
  }

  private List<String> left() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
