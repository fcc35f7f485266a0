package riada.segmenter;

import ai.onnxruntime.OrtException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import riada.detect.Detection;
import riada.geo.TileGrid;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.onnx.Device;
import riada.proto.BadInput;
import riada.proto.MaskRuns;
import riada.proto.Tile;
import riada.proto.WaterMask;
import riada.sam.LogitPlane;
import riada.sam.Masks;
import riada.sam.Prompts.Point;

/**
 * How long each step of {@link TilePipeline#segment} takes, in milliseconds. {@code encode} and
 * {@code decodeMask} are inference, {@code decodeTwelve} is that of twelve prompt sets, {@code
 * clickToMask} what an operator's click takes, {@code whole} is a tile's way from its bytes to its
 * masks, the others are what Java does around inference. On a machine that does nothing else:
 *
 * <pre>
 * mvn -q -pl segmenter -am test-compile dependency:build-classpath \
 *     -Dmdep.outputFile=target/benchmark
 * cd segmenter
 * java -cp target/test-classes:target/classes:$(cat target/benchmark) org.openjdk.jmh.Main
 * </pre>
 *
 * With {@code -p model=src/test/resources/tiny} inference costs next to nothing and {@code whole}
 * shows the rest; {@code -prof gc} tells what each step allocates.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TilePipelineBenchmark {
  private static final int SIDE = TileGrid.SIZE;
  private static final Point CLICK = new Point(256, 256, true);

  /** A model folder, from the module's own. */
  @Param("models/riada-lite")
  public String model;

  /** A picture of a tile with water in it, from the module's folder; it is made a JPEG first. */
  @Param("src/test/resources/vectors/river.png")
  public String picture;

  /** For inference. */
  @Param("2")
  public int threads;

  private TilePipeline pipeline;
  private WaterModel water;
  private Tile tile;
  private TilePicture decoded;
  private Detection found;
  private Masks answer;
  private Mask wet;
  private Mask seen;

  @Setup
  public void segmentOneTile() throws BadInput, OrtException, IOException {
    water = WaterModel.open(Path.of(model), Device.Choice.CPU, threads);
    pipeline = new TilePipeline(water, Painted.CLOCK);
    BufferedImage image = ImageIO.read(Path.of(picture).toFile());
    tile = Painted.tile(Painted.bytes(image, "jpg")).build();
    decoded = decodePicture();
    layBeforeTheNetwork();
    encode();
    found = detect();
    answer = decodeMask();
    wet = cutWater();
    seen = cutSky();
  }

  @TearDown
  public void close() {
    pipeline.close();
  }

  @Benchmark
  public WaterMask whole() throws BadInput, OrtException {
    return pipeline.segment(Painted.ID, tile, Painted.NOW);
  }

  @Benchmark
  public TilePicture decodePicture() throws BadInput {
    return TilePicture.of(Painted.ID, tile);
  }

  @Benchmark
  public void layBeforeTheNetwork() {
    water.take(decoded.pixels());
  }

  @Benchmark
  public void encode() throws OrtException {
    water.encode();
  }

  @Benchmark
  public Detection detect() {
    return water.detect();
  }

  @Benchmark
  public Masks decodeMask() throws OrtException {
    return water.decode(List.of(found.prompts()));
  }

  @Benchmark
  public Masks decodeTwelve() throws OrtException {
    return water.decode(Collections.nCopies(12, found.prompts()));
  }

  /** What an operator waits for: one more click on the mask, the picture being encoded. */
  @Benchmark
  public Mask clickToMask() throws OrtException {
    LogitPlane after = Clicks.on(water, answer.logits(0, 0), 0).click(CLICK);
    return water.water(after, decoded.window(), SIDE, SIDE);
  }

  @Benchmark
  public Mask cutWater() {
    return water.water(answer.logits(0, 0), decoded.window(), SIDE, SIDE);
  }

  @Benchmark
  public Mask cutSky() {
    return water.seen(decoded.window(), SIDE, SIDE).and(decoded.valid());
  }

  @Benchmark
  public MaskRuns[] code() {
    return new MaskRuns[] {RunLength.encode(wet), RunLength.encode(seen)};
  }
}
