package riada.sam;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import riada.onnx.Device;
import riada.onnx.ModelFolder;
import riada.onnx.OnnxModel;
import riada.proto.BadInput;

/**
 * The bundled model's int8 encoder in Java against the runtime that {@code
 * segmenter/training/quantize.py} measured it with, from the same pixels. A sum that falls on the
 * other side of a rounding changes a value by a whole step of its scale, and the layers after it
 * carry that on: versions of ONNX Runtime and kinds of CPU differ so. Hence bounds on the mean and,
 * far wider, on the largest difference.
 */
class Int8ParityTest {
  private static final Path VECTORS = Path.of("src/test/resources/vectors");
  private static final double MEAN = 0.02;
  private static final double LARGEST = 1;

  @Test
  void theInt8EncoderAgreesWithPythonsRuntime() throws BadInput, OrtException, IOException {
    ModelFolder folder = ModelFolder.open(Path.of("models/riada-lite"), "int8", Device.CPU);
    JsonNode index = new ObjectMapper().readTree(VECTORS.resolve("int8.json").toFile());
    assertThat(folder.card().variants().get("int8").files().get("encoder").sha256())
        .as("quantize.py --vectors was run for this encoder")
        .isEqualTo(index.get("encoder_sha256").textValue());

    List<String> far = new ArrayList<>();
    try (ImageEncoder encoder =
            new ImageEncoder(OnnxModel.load(folder.file("encoder"), Device.CPU, 2), folder);
        Embedding embedding = new Embedding(folder)) {
      for (JsonNode picture : index.get("pictures")) {
        encoder.take(
            Pixels.of(ImageIO.read(VECTORS.resolve(picture.get("picture").textValue()).toFile())));
        encoder.encode(embedding);
        compare(picture.get("embedding"), embedding.features(), far);
        compare(picture.get("maps"), embedding.maps(), far);
        compare(picture.get("sky"), embedding.sky(), far);
      }
    }

    assertThat(far).isEmpty();
  }

  private static void compare(JsonNode tensor, float[] ours, List<String> far) throws IOException {
    byte[] bytes = Files.readAllBytes(VECTORS.resolve(tensor.get("file").textValue()));
    ByteBuffer theirs = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int every = tensor.get("every").intValue();
    double sum = 0;
    double largest = 0;
    int n = bytes.length / Float.BYTES;
    for (int i = 0; i < n; i++) {
      double difference = Math.abs(theirs.getFloat() - ours[i * every]);
      sum += difference;
      largest = Math.max(largest, difference);
    }
    if (n == 0 || sum / n > MEAN || largest > LARGEST) {
      far.add(tensor.get("file") + ": mean " + sum / n + ", largest " + largest);
    }
  }
}
