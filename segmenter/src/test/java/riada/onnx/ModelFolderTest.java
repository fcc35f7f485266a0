package riada.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.detect.Detector;
import riada.proto.BadInput;
import riada.proto.Observation;
import riada.sam.ImageEncoder;

class ModelFolderTest {
  private static final Path TINY = Path.of("src/test/resources/tiny");
  private static final Path FAMILY = Path.of("src/test/resources/family/model");

  @TempDir Path folder;

  @BeforeEach
  void copyTheTinyModel() throws IOException {
    for (String name : new String[] {"model.json", "encoder.onnx", "decoder.onnx"}) {
      Files.copy(TINY.resolve(name), folder.resolve(name));
    }
  }

  @Test
  void tellsWhatTheCardSays() throws BadInput {
    ModelFolder model = ModelFolder.open(folder);

    assertThat(model.ref().getName()).isEqualTo("tiny");
    assertThat(model.ref().getVersion()).isEqualTo("1");
    assertThat(model.inputSize()).isEqualTo(512);
    assertThat(model.maskSide()).isEqualTo(128);
    assertThat(model.file("encoder")).isEqualTo(folder.resolve("encoder.onnx"));
    assertThat(model.detector(Detector.Settings.class))
        .isEqualTo(new Detector.Settings(0.35f, 5, 0.2f, 6, 3, 0.1f, 2, 8, 12, 0.15f, 0.5));
  }

  /** {@code sha256sum decoder.onnx encoder.onnx model.json | sha256sum} in the tiny folder. */
  @Test
  void digestIsWhatSha256sumShows() throws BadInput {
    ModelFolder model = ModelFolder.open(folder);

    assertThat(model.ref().getDigest())
        .isEqualTo("ac8199cec8ce70a65dc1f2a0394875947ffbc8ff1436fd759c1c77a565478f81");
  }

  @Test
  void weightsInAFileThatTheCardDoesNotNameAreRefused() throws IOException {
    byte[] graph = graphWithWeightsIn("encoder.onnx.data");
    String before = sha256(Files.readAllBytes(folder.resolve("encoder.onnx")));
    Files.write(folder.resolve("encoder.onnx"), graph);
    Files.writeString(folder.resolve("encoder.onnx.data"), "data");
    edit(before, sha256(graph));

    assertRefused(folder, "model_data_unnamed")
        .withMessageContaining("keeps weights in encoder.onnx.data")
        .withMessageContaining("files.encoder_data");
  }

  @Test
  void weightsInTheFileThatTheCardNamesAreTaken() throws IOException, BadInput {
    byte[] graph = graphWithWeightsIn("encoder.onnx.data");
    String before = sha256(Files.readAllBytes(folder.resolve("encoder.onnx")));
    Files.write(folder.resolve("encoder.onnx"), graph);
    Files.writeString(folder.resolve("encoder.onnx.data"), "data");
    edit(before, sha256(graph));
    edit(
        "\"files\": {",
        "\"files\": {\"encoder_data\": {\"path\": \"encoder.onnx.data\", \"sha256\": \""
            + sha256("data".getBytes(UTF_8))
            + "\"},");

    ModelFolder model = ModelFolder.open(folder);

    assertThat(model.file("encoder_data")).hasFileName("encoder.onnx.data");
  }

  /** graph { initializer { name: "w" external_data { key: "location" value: place } } } */
  private static byte[] graphWithWeightsIn(String place) {
    byte[] entry = join(field(1, "location".getBytes(UTF_8)), field(2, place.getBytes(UTF_8)));
    byte[] weight = join(field(8, "w".getBytes(UTF_8)), field(13, entry));
    return join(field(2, "by hand".getBytes(UTF_8)), field(7, field(5, weight)));
  }

  private static byte[] field(int number, byte[] content) {
    return join(new byte[] {(byte) (number << 3 | 2), (byte) content.length}, content);
  }

  private static byte[] join(byte[] a, byte[] b) {
    byte[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  private static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(Observation.sha256().digest(bytes));
  }

  @Test
  void digestChangesWithAThreshold() throws BadInput, IOException {
    String before = ModelFolder.open(folder).ref().getDigest();
    edit("\"cloud\": 0.0", "\"cloud\": 0.5");

    ModelFolder after = ModelFolder.open(folder);

    assertThat(after.ref().getDigest()).isNotEqualTo(before);
  }

  @Test
  void aCardWithoutVariantsHasSinglePrecisionAlone() throws BadInput {
    ModelFolder model = ModelFolder.open(folder, ModelFolder.SUITABLE, Device.CPU);

    assertThat(model.variant()).isEqualTo("fp32");
    assertThat(model.variants()).containsExactly("fp32");
  }

  @Test
  void theDefaultVariantIsForTheCpuAlone() throws BadInput, IOException {
    addVariant();

    ModelFolder onCpu = ModelFolder.open(folder, ModelFolder.SUITABLE, Device.CPU);
    ModelFolder onCuda =
        ModelFolder.open(folder, ModelFolder.SUITABLE, new Device("cuda:0", Optional.empty()));

    assertThat(onCpu.variant()).isEqualTo("small");
    assertThat(onCpu.file("encoder")).isEqualTo(folder.resolve("small.onnx"));
    assertThat(onCpu.file("decoder")).isEqualTo(folder.resolve("decoder.onnx"));
    assertThat(onCuda.variant()).isEqualTo("fp32");
    assertThat(onCuda.file("encoder")).isEqualTo(folder.resolve("encoder.onnx"));
  }

  /** The files of the two are equal bytes here, so only the files' names tell them apart. */
  @Test
  void variantsHaveDigestsOfTheirOwn() throws BadInput, IOException {
    addVariant();

    String small = ModelFolder.open(folder, "small", Device.CPU).ref().getDigest();
    String single = ModelFolder.open(folder, "fp32", Device.CPU).ref().getDigest();

    assertThat(small).isNotEqualTo(single);
  }

  @Test
  void anUnknownVariantIsRefusedWithTheOnesThatThereAre() throws IOException {
    addVariant();

    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> ModelFolder.open(folder, "int4", Device.CPU))
        .withMessageContaining("has no variant int4; it has fp32, small.");
  }

  @Test
  void onlyTheFilesOfTheVariantMustBeThere() throws BadInput, IOException {
    addVariant();
    Files.delete(folder.resolve("encoder.onnx"));

    ModelFolder small = ModelFolder.open(folder, "small", Device.CPU);

    assertThat(small.file("encoder")).exists();
    assertRefused(folder, "model_file_missing").withMessageContaining("encoder.onnx");
  }

  @ParameterizedTest
  @CsvSource({
    "'\"default_variant\": \"small\"', '\"default_variant\": \"tiny\"', default_variant tiny",
    "'\"small\": {', '\"fp32\": {', named fp32",
    "'\"encoder\": {\"path\": \"small', '\"sky\": {\"path\": \"small', files other than"
  })
  void variantsThatDoNotFitAreNamed(String text, String instead, String told) throws IOException {
    addVariant();
    edit(text, instead);

    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> ModelFolder.open(folder, "small", Device.CPU))
        .withMessageContaining(told);
  }

  @Test
  void aCopyHasTheFilesOfAllVariants(@TempDir Path elsewhere) throws BadInput, IOException {
    addVariant();
    Path copy = elsewhere.resolve("new/model");

    ModelFolder.open(folder).copyTo(copy);

    assertThat(ModelFolder.open(copy, "small", Device.CPU).ref())
        .isEqualTo(ModelFolder.open(folder, "small", Device.CPU).ref());
    assertThat(copy.resolve("encoder.onnx")).exists();
  }

  @Test
  void aCopyThatFailsLeavesNothing(@TempDir Path elsewhere) throws BadInput, IOException {
    ModelFolder model = ModelFolder.open(folder);
    Path taken = Files.createDirectories(elsewhere.resolve("model/taken")).getParent();

    assertThatIOException().isThrownBy(() -> model.copyTo(taken));

    assertThat(elsewhere).isDirectoryNotContaining(path -> !path.equals(taken));
  }

  @Test
  void aCopyHasNothingOfOneThatWasKilled(@TempDir Path elsewhere) throws BadInput, IOException {
    Files.writeString(
        Files.createDirectories(elsewhere.resolve("model.part")).resolve("half.onnx"), "half");

    ModelFolder.open(folder).copyTo(elsewhere.resolve("model"));

    assertThat(elsewhere.resolve("model")).isDirectoryNotContaining("glob:**half.onnx");
    assertThat(elsewhere.resolve("model.part")).doesNotExist();
  }

  /** The variant is not the one that was opened, so opening did not check it. */
  @ParameterizedTest
  @CsvSource({
    "'\"small.onnx\"', '\"../small.onnx\"', model_file_missing",
    "'\"path\": \"small.onnx\"', '\"path\": \"decoder.onnx\"', model_digest",
    "'\"encoder\": {\"path\": \"small', '\"sky\": {\"path\": \"small', model_card",
  })
  void aVariantThatIsNotWhatTheCardSaysIsNotCopied(
      String text, String instead, String counter, @TempDir Path elsewhere) throws Exception {
    addVariant();
    edit(text, instead);
    ModelFolder model = ModelFolder.open(folder);

    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> model.copyTo(elsewhere.resolve("model")))
        .satisfies(e -> assertThat(e.counter()).isEqualTo(counter));

    assertThat(elsewhere).isEmptyDirectory();
  }

  /** A variant named small, whose encoder is a copy of the other. */
  private void addVariant() throws IOException {
    Files.copy(folder.resolve("encoder.onnx"), folder.resolve("small.onnx"));
    String sha = "9b81c8123a2fe91e11690ac6113c8a348c205507f4ed37138294aacc0d69265f";
    edit(
        "\"metrics\": {}",
        "\"metrics\": {}, \"default_variant\": \"small\", \"variants\": {\"small\": {\"files\":"
            + " {\"encoder\": {\"path\": \"small.onnx\", \"sha256\": \""
            + sha
            + "\"}}}}");
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    Path nowhere = folder.resolve("nowhere");

    assertRefused(nowhere, "model_missing").withMessageContaining(nowhere.toString());
  }

  @Test
  void aFileThatIsNotTheOneDescribedIsNamed() throws IOException {
    Files.copy(TINY.resolve("encoder.onnx"), replace("decoder.onnx"));

    assertRefused(folder, "model_digest").withMessageContaining("decoder.onnx");
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    Files.delete(folder.resolve("encoder.onnx"));

    assertRefused(folder, "model_file_missing").withMessageContaining("encoder.onnx");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"input_size\": 512|\"input_sise\": 512|input_size",
        "\"mask_stride\": 4|\"mask_stride\": 5|do not fit",
        "\"name\": \"tiny\"|\"name\": tiny|tiny",
        "\"name\": \"tiny\"|\"name\": \" \"|name is not blank",
        "\"name\": \"tiny\"|\"name\": \"ti\\nny\"|no control character",
        "\"decoder\": {|\"other\": {|files.decoder",
        "\"files\": {|\"files\": {\"sky\": {\"path\": \"../sky\", \"sha256\": \"\"},|others than"
      })
  void anUnreadableCardSaysWhatIsWrong(String text, String instead, String told)
      throws IOException {
    edit(text, instead);

    assertRefused(folder, "model_card").withMessageContaining(told);
  }

  @Test
  void aPathOutOfTheFolderIsNotFollowed() throws IOException {
    edit("\"encoder.onnx\"", "\"../encoder.onnx\"");

    assertRefused(folder, "model_file_missing");
  }

  @Test
  void aMissingConstantOfTheDetectorIsNamed() throws IOException, BadInput {
    edit("\"wet_points\"", "\"wet_dots\"");
    ModelFolder model = ModelFolder.open(folder);

    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> model.detector(Detector.Settings.class))
        .withMessageContaining("wet_points");
  }

  @Test
  void aGraphWithoutTheOutputsIsRefusedByName() throws BadInput, OrtException {
    ModelFolder model = ModelFolder.open(folder);
    try (OnnxModel decoder = OnnxModel.load(model.file("decoder"), Device.CPU, 1)) {
      assertThatExceptionOfType(BadInput.class)
          .isThrownBy(() -> new ImageEncoder(decoder, model))
          .withMessageContaining("has no input named image");
    }
  }

  @Test
  void aGraphOfAnotherInputSizeIsRefused() throws BadInput, OrtException, IOException {
    edit("\"input_size\": 512", "\"input_size\": 1024");
    ModelFolder model = ModelFolder.open(folder);
    try (OnnxModel encoder = OnnxModel.load(model.file("encoder"), Device.CPU, 1)) {
      assertThatExceptionOfType(BadInput.class)
          .isThrownBy(() -> new ImageEncoder(encoder, model))
          .withMessageContaining("[-1, 3, 512, 512]")
          .withMessageContaining("[-1, 3, 1024, 1024]");
    }
  }

  @Test
  void aCardThatIsSilentHasTheBundledModelsWay() throws BadInput {
    ModelCard card = ModelFolder.open(folder).card();

    assertThat(card.fit()).isEqualTo(Fit.SQUASH);
    assertThat(card.heads()).containsExactlyInAnyOrder(Head.DETECTOR, Head.SKY);
    assertThat(card.padPoints()).isFalse();
    assertThat(card.priorLimit()).isEqualTo(12);
  }

  @Test
  void aModelOfTheFamilySaysHowItDiffers() throws BadInput {
    ModelFolder model = ModelFolder.open(FAMILY);

    assertThat(model.card().fit()).isEqualTo(Fit.LONGEST_SIDE);
    assertThat(model.card().heads()).isEmpty();
    assertThat(model.has(Head.DETECTOR)).isFalse();
    assertThat(model.card().prompts()).containsExactly("points", "boxes", "mask");
    assertThat(model.card().padPoints()).isTrue();
    assertThat(model.inputSize()).isEqualTo(128);
    assertThat(model.maskSide()).isEqualTo(32);
  }

  @ParameterizedTest
  @CsvSource({
    "'\"metrics\": {}', '\"metrics\": {}, \"fit\": \"crop\"', crop",
    "'\"metrics\": {}', '\"metrics\": {}, \"heads\": [\"sea\"]', sea",
    "'\"metrics\": {}', '\"metrics\": {}, \"heads\": 1', Head"
  })
  void aFitOrHeadThatNobodyKnowsIsNamed(String text, String instead, String told)
      throws IOException {
    edit(text, instead);

    assertRefused(folder, "model_card").withMessageContaining(told);
  }

  /** {@code sha256sum} of the four letters. */
  @Test
  void weightsBesideAGraphAreCheckedAndCopied(@TempDir Path elsewhere) throws Exception {
    addData("3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7");
    Files.writeString(folder.resolve("README.md"), "# tiny");

    ModelFolder.open(folder).copyTo(elsewhere.resolve("model"));

    assertThat(elsewhere.resolve("model/encoder.onnx.data")).hasContent("data");
    assertThat(elsewhere.resolve("model/README.md")).hasContent("# tiny");
    assertThat(ModelFolder.open(folder).bytes())
        .isEqualTo(
            4
                + Files.size(folder.resolve("encoder.onnx"))
                + Files.size(folder.resolve("decoder.onnx")));
  }

  @Test
  void weightsBesideAGraphThatAreOthersAreNamed() throws IOException {
    addData("0000");

    assertRefused(folder, "model_digest").withMessageContaining("encoder.onnx.data");
  }

  @Test
  void aVariantsGraphDoesWithoutTheWeightsBesideTheOther() throws IOException, BadInput {
    addVariant();
    addData("3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7");
    Files.delete(folder.resolve("encoder.onnx.data"));

    ModelFolder small = ModelFolder.open(folder, "small", Device.CPU);

    assertThat(small.file("encoder")).isEqualTo(folder.resolve("small.onnx"));
  }

  @Test
  void aCopyThatIsJudgedUnfitDoesNotAppear(@TempDir Path elsewhere) throws BadInput {
    ModelFolder model = ModelFolder.open(folder);
    ModelFolder.Judge judge =
        copy -> {
          throw new BadInput("test", "unfit");
        };

    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> model.copyTo(elsewhere.resolve("model"), judge));

    assertThat(elsewhere).isEmptyDirectory();
  }

  private void addData(String sha256) throws IOException {
    Files.writeString(folder.resolve("encoder.onnx.data"), "data");
    edit(
        "\"files\": {\n    \"encoder\": {",
        "\"files\": {\n    \"encoder_data\": {\"path\": \"encoder.onnx.data\", \"sha256\": \""
            + sha256
            + "\"},\n    \"encoder\": {");
  }

  private static ThrowableAssertAlternative<BadInput> assertRefused(Path folder, String counter) {
    return assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> ModelFolder.open(folder))
        .satisfies(e -> assertThat(e.counter()).isEqualTo(counter));
  }

  private Path replace(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.delete(file);
    return file;
  }

  private void edit(String text, String instead) throws IOException {
    Path card = folder.resolve("model.json");
    String json = Files.readString(card);
    assertThat(json).contains(text);
    Files.writeString(card, json.replace(text, instead));
  }
}
