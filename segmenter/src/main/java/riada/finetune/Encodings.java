package riada.finetune;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import riada.detect.Detection;
import riada.eval.TruthPoints;
import riada.finetune.Samples.Sample;
import riada.mask.Mask;
import riada.onnx.Head;
import riada.proto.BadInput;
import riada.proto.Observation;
import riada.sam.Frame;
import riada.sam.Pixels;
import riada.sam.Prompts;
import riada.sam.Prompts.Box;
import riada.sam.Prompts.Point;
import riada.segmenter.WaterModel;

/**
 * What the frozen half of the model says of each picture and its mirror images, encoded once and
 * kept on disk under the digest of picture, model and flip: 4 bytes a feature, 1 MB for 256 x 32 x
 * 32. For one thread at a time; the model stays the caller's.
 */
final class Encodings {
  private static final int MAGIC = 0x52454e43;

  private final WaterModel model;
  private final Path folder;

  /**
   * @param folder where they are kept; must be there
   */
  Encodings(WaterModel model, Path folder) {
    this.model = model;
    this.folder = folder;
  }

  /**
   * One picture's.
   *
   * @param features [channels, height, width]
   * @param hasWater whether the stream would ask the decoder at all
   * @param prompts what the stream would ask, or, where no detector asks, points of the truth
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on at once, compared by nobody
  record Encoding(float[] features, boolean hasWater, Prompts prompts) {}

  /**
   * The encoding of a picture that was flipped first; as it was kept, or made now.
   *
   * @throws IOException when it cannot be kept
   */
  Encoding of(Sample sample, Flip flip) throws BadInput, IOException, OrtException {
    Path file = folder.resolve(key(sample, flip) + ".enc");
    Encoding kept = read(file);
    if (kept != null) {
      return kept;
    }
    model.take(Pixels.of(flip.of(sample.picture())));
    model.encode();
    Encoding made;
    if (model.has(Head.DETECTOR)) {
      Detection found = model.detect();
      made = new Encoding(model.features(), found.hasWater(), found.prompts());
    } else {
      made = new Encoding(model.features(), true, told(sample, flip));
    }
    write(file, bytes(made));
    return made;
  }

  /** What a person might point at; of a picture always the same. */
  private Prompts told(Sample sample, Flip flip) throws BadInput {
    Mask water = flip.of(sample.water());
    Frame frame = model.frame().inPixelsOf(water.width(), water.height());
    int number = Integer.parseInt(sample.digest().substring(0, 7), 16);
    return Prompts.points(TruthPoints.draw(water, 0, number).stream().map(frame::onInput).toList());
  }

  private String key(Sample sample, Flip flip) {
    String what = model.has(Head.DETECTOR) ? sample.digest() : sample.identity();
    String text = what + " " + model.ref().getDigest() + " " + flip;
    return HexFormat.of().formatHex(Observation.sha256().digest(text.getBytes(UTF_8)));
  }

  private static byte[] bytes(Encoding made) {
    List<Point> points = made.prompts.points();
    Box box = made.prompts.box();
    ByteBuffer out =
        ByteBuffer.allocate(12 + 9 * points.size() + 16 + 4 + 4 * made.features.length + 8);
    out.putInt(MAGIC).putInt(made.hasWater ? 1 : 0).putInt(points.size());
    points.forEach(p -> out.putFloat(p.x()).putFloat(p.y()).put((byte) (p.wet() ? 1 : 0)));
    out.putFloat(box == null ? 0 : box.x0()).putFloat(box == null ? 0 : box.y0());
    out.putFloat(box == null ? -1 : box.x1()).putFloat(box == null ? -1 : box.y1());
    out.putInt(made.features.length);
    out.asFloatBuffer().put(made.features);
    out.position(out.position() + 4 * made.features.length);
    out.putLong(sum(out.array(), out.position()));
    return out.array();
  }

  private static long sum(byte[] bytes, int length) {
    CRC32 sum = new CRC32();
    sum.update(bytes, 0, length);
    return sum.getValue();
  }

  /** What stands there, if it is whole. */
  private static @Nullable Encoding read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return null;
    }
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length < 44
        || in.getInt() != MAGIC
        || in.getLong(bytes.length - 8) != sum(bytes, bytes.length - 8)) {
      return null; // of a machine that fell: make it again
    }
    boolean hasWater = in.getInt() == 1;
    int n = in.getInt();
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      points.add(new Point(in.getFloat(), in.getFloat(), in.get() == 1));
    }
    float x0 = in.getFloat();
    float y0 = in.getFloat();
    float x1 = in.getFloat();
    float y1 = in.getFloat();
    Box box = x1 < 0 ? null : new Box(x0, y0, x1, y1);
    float[] features = new float[in.getInt()];
    in.asFloatBuffer().get(features);
    return new Encoding(features, hasWater, new Prompts(points, box, null));
  }

  /** Writes a file whole or not at all. */
  static void write(Path file, byte[] bytes) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.write(part, bytes);
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.deleteIfExists(part);
      throw e;
    }
  }
}
