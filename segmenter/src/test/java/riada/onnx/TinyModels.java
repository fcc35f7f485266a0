package riada.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import riada.proto.Observation;

/** Copies of the tiny model, changed so that they are others. */
public final class TinyModels {
  private static final Path TINY = Path.of("src/test/resources/tiny");
  private static final List<String> FILES = List.of("encoder.onnx", "decoder.onnx", "model.json");

  private TinyModels() {}

  /** The tiny model as it is. */
  public static Path copy(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (String name : FILES) {
      Files.copy(TINY.resolve(name), folder.resolve(name));
    }
    return folder;
  }

  /** Of another version, to which water begins at another logit: the masks are smaller. */
  public static Path changed(Path folder, String version) throws IOException {
    copy(folder);
    edit(folder, "\"version\": \"1\"", "\"version\": \"" + version + "\"");
    edit(folder, "\"mask\": 0.0", "\"mask\": 2.0");
    return folder;
  }

  /** Its encoder is a copy of the decoder, and the card says so: all outputs are missing. */
  public static Path withoutOutputs(Path folder) throws IOException {
    changed(folder, "3");
    byte[] decoder = Files.readAllBytes(folder.resolve("decoder.onnx"));
    String before = sha256(Files.readAllBytes(folder.resolve("encoder.onnx")));
    Files.write(folder.resolve("encoder.onnx"), decoder);
    edit(folder, before, sha256(decoder));
    return folder;
  }

  /** Puts another text into the card. */
  public static void edit(Path folder, String text, String instead) throws IOException {
    Path card = folder.resolve("model.json");
    String json = Files.readString(card);
    if (!json.contains(text)) {
      throw new IllegalArgumentException("the card has no " + text);
    }
    Files.writeString(card, json.replace(text, instead));
  }

  private static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(Observation.sha256().digest(bytes));
  }
}
