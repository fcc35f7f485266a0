package riada.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import riada.proto.BadInput;

class OnnxWeightsTest {
  private static final Path LITE = Path.of("models/riada-lite/decoder.onnx");
  private static final Path SMALL = Path.of("src/test/resources/small/decoder.onnx");
  private static final String BIAS = "mask_decoder.output_upscaling.3.bias";

  @TempDir Path folder;

  @Test
  void theBundledDecoderHasAsManyWeightsAsThePublishedOne() throws BadInput, IOException {
    DecoderWeights weights = DecoderWeights.read(LITE);

    assertThat(weights.size()).isEqualTo(4_058_340);
    assertThat(weights.tunedNames()).hasSize(120).startsWith("mask_decoder.iou_token.weight");
    assertThat(weights.shape("mask_decoder.output_upscaling.0.weight"))
        .containsExactly(256, 64, 2, 2);
  }

  @Test
  void weightsThatDoNotChangeMakeTheSameGraph() throws BadInput, IOException {
    DecoderWeights weights = DecoderWeights.read(LITE);

    byte[] file = weights.with(weights.start());

    assertThat(Onnx.OnnxFile.parseFrom(file))
        .isEqualTo(Onnx.OnnxFile.parseFrom(Files.readAllBytes(LITE)));
    assertThat(file).hasSize((int) Files.size(LITE));
  }

  @Test
  void aWeightGoesBackByItsNameRoundedAsTheFileKeepsIt() throws BadInput, IOException {
    OnnxWeights weights = OnnxWeights.read(SMALL);
    float[] changed = new float[weights.all().get(BIAS).size()];
    changed[1] = 0.1f;
    Path file = folder.resolve("decoder.onnx");

    Files.write(file, weights.with(Map.of(BIAS, changed)));

    float[] kept = new float[changed.length];
    OnnxWeights.read(file).all().get(BIAS).copyTo(kept, 0);
    assertThat(kept[0]).isZero();
    assertThat(kept[1]).isEqualTo(0.099975586f);
    assertThat(OnnxWeights.read(file).all().keySet()).isEqualTo(weights.all().keySet());
  }

  @Test
  void anUnknownNameOrAnotherSizeIsRefused() throws BadInput, IOException {
    OnnxWeights weights = OnnxWeights.read(SMALL);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> weights.with(Map.of("none", new float[1])));
    assertThatIllegalArgumentException().isThrownBy(() -> weights.with(Map.of(BIAS, new float[1])));
  }

  @Test
  void aNumberThatHalfPrecisionCannotHoldIsRefused() throws BadInput, IOException {
    OnnxWeights weights = OnnxWeights.read(SMALL);
    float[] large = new float[weights.all().get(BIAS).size()];
    large[0] = 1e6f;

    assertThatIllegalArgumentException().isThrownBy(() -> weights.with(Map.of(BIAS, large)));
  }

  @Test
  void aDecoderOfAnotherKindIsRefusedByTheNameThatItLacks() {
    assertThatThrownBy(() -> DecoderWeights.read(Path.of("src/test/resources/tiny/decoder.onnx")))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("has no weight named mask_decoder.iou_token.weight");
  }

  @Test
  void whatIsNoGraphIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("decoder.onnx"), "no graph at all");

    assertThatThrownBy(() -> OnnxWeights.read(file))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("no ONNX file");
  }
}
