package riada.cli;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;
import riada.eval.LabelReader;
import riada.eval.RunLengthText;
import riada.mask.Mask;
import riada.onnx.Head;
import riada.proto.BadInput;
import riada.proto.Pictures;
import riada.sam.Prompts.Box;
import riada.sam.Prompts.Point;
import riada.segmenter.ImageSegmenter;
import riada.segmenter.ImageSegmenter.Segmentation;
import riada.segmenter.Question;
import riada.segmenter.WaterModel;

/** {@code riada segment IMAGE}. */
@Command(
    name = "segment",
    description = "Draw the water of one picture as a mask.",
    mixinStandardHelpOptions = true)
final class SegmentVerb implements Callable<Integer> {
  @Mixin ModelOptions model = new ModelOptions();
  @Mixin Answer answer = new Answer();

  @Parameters(paramLabel = "IMAGE", description = "A JPEG or PNG.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  Path image;

  @Option(
      names = "--point",
      paramLabel = "X,Y[,0|1]",
      converter = PointText.class,
      description = "A place in pixels that is wet (1, the default) or dry (0). Repeatable.")
  List<Point> points = List.of();

  @Option(
      names = "--box",
      paramLabel = "X0,Y0,X1,Y1",
      converter = BoxText.class,
      description = "Look for water in this box of pixels. Repeatable.")
  List<Corners> boxes = List.of();

  @Option(
      names = "--everything",
      description =
          "Every body of water by itself: a grid of points is asked, the sure answers stay. A model"
              + " without a detector knows no water and finds every thing.")
  boolean everything;

  @Option(
      names = "--multimask",
      description = "Of three readings of an ambiguous question take the surest.")
  boolean multimask;

  @Option(
      names = "--prior",
      paramLabel = "MASK.png",
      description =
          "A mask of this picture to correct: each --point changes it where it falls, and nowhere"
              + " else.")
  @Nullable Path prior;

  /** Run lengths of others. */
  enum Rle {
    KAGGLE,
    COCO;

    String of(Mask mask) {
      return this == KAGGLE ? RunLengthText.kaggle(mask) : RunLengthText.coco(mask);
    }
  }

  @Option(
      names = "--rle",
      paramLabel = "kaggle|coco",
      description = "Print the mask as run lengths too, in Kaggle's form or in COCO's.")
  @Nullable Rle rle;

  @Option(
      names = "--out",
      paramLabel = "MASK.png",
      required = true,
      description = "Where to write the mask: 255 is water, 0 is not.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  Path out;

  @picocli.CommandLine.Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  picocli.CommandLine.Model.CommandSpec verb;

  /**
   * What a mask shows, of the picture's pixels.
   *
   * @param hiddenFraction null where the model cannot tell
   * @param bodies boxes, none without --everything; for a person how many, or null without it
   */
  record Row(
      String mask,
      int width,
      int height,
      long waterPixels,
      double waterFraction,
      @Nullable Double hiddenFraction,
      float confidence,
      @Nullable Object bodies,
      @Nullable String rle,
      String model,
      String variant,
      String digest,
      String device) {}

  @Override
  public Integer call() throws BadInput, IOException, OrtException {
    if (everything && !(points.isEmpty() && boxes.isEmpty())) {
      throw new picocli.CommandLine.ParameterException(
          verb.commandLine(), "--everything goes without --point and --box.");
    }
    if (prior != null && (points.isEmpty() || !boxes.isEmpty() || everything || multimask)) {
      throw new picocli.CommandLine.ParameterException(
          verb.commandLine(), "--prior goes with --point, and with nothing else that asks.");
    }
    List<Box> asked = new ArrayList<>();
    for (Corners corners : boxes) {
      asked.add(corners.box());
    }
    Question question = everything ? Question.EVERYTHING : new Question(points, asked, multimask);
    Path parent = out.toAbsolutePath().getParent();
    if (parent != null
        && !Files.isWritable(parent)) { // before the work, and not with a stack trace
      throw new BadInput(
          "folder_missing",
          "The folder "
              + parent
              + " does not exist or may not be written to; make it, or name another with --out.");
    }
    if (Files.isDirectory(out)) {
      throw new BadInput(
          "file_is_folder", out + " is a folder; name the file to write with --out.");
    }
    Pictures.requireFile(image); // before the model is loaded, which takes seconds
    try (WaterModel water = model.inference().open()) {
      ImageSegmenter segmenter = new ImageSegmenter(water);
      Segmentation found =
          prior == null
              ? segmenter.segment(image, question)
              : segmenter.correct(image, LabelReader.mask(prior), points);
      found.writePng(out);
      double pixels = (double) found.water().width() * found.water().height();
      int wet = found.water().count();
      answer.object(
          new Row(
              out.toString(),
              found.water().width(),
              found.water().height(),
              wet,
              wet / pixels,
              water.has(Head.SKY) ? 1 - found.seen().count() / pixels : null,
              found.confidence(),
              bodies(found),
              rle == null ? null : rle.of(found.water()),
              water.ref().getName() + " " + water.ref().getVersion(),
              water.variant(),
              water.ref().getDigest(),
              water.device().name()));
    }
    return 0;
  }

  private @Nullable Object bodies(Segmentation found) {
    if (answer.form == Answer.Form.JSON) {
      return found.bodies();
    }
    return everything ? found.bodies().size() : null;
  }

  private static float[] numbers(String text, String form) {
    String[] parts = text.split(",", -1);
    float[] numbers = new float[parts.length];
    try {
      for (int i = 0; i < parts.length; i++) {
        numbers[i] = Float.parseFloat(parts[i].trim());
        if (!Float.isFinite(numbers[i])) {
          throw new TypeConversionException("'" + text + "' is not " + form);
        }
      }
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + text + "' is not " + form);
    }
    return numbers;
  }

  /** Reads {@code X,Y} or {@code X,Y,0|1}. */
  static final class PointText implements ITypeConverter<@Nullable Point> {
    @Override
    public Point convert(String text) {
      float[] n = numbers(text, "X,Y or X,Y,0|1");
      if (n.length < 2 || n.length > 3 || (n.length == 3 && n[2] != 0 && n[2] != 1)) {
        throw new TypeConversionException("'" + text + "' is not X,Y or X,Y,0|1");
      }
      return new Point(n[0], n[1], n.length == 2 || n[2] == 1);
    }
  }

  /** A box as it was written. */
  record Corners(float x0, float y0, float x1, float y1) {
    Box box() throws BadInput {
      if (!(x0 < x1 && y0 < y1)) {
        throw new BadInput(
            "box_invalid",
            "The box "
                + x0
                + ","
                + y0
                + ","
                + x1
                + ","
                + y1
                + " is turned round or has no area; write left,top,right,bottom.");
      }
      return new Box(x0, y0, x1, y1);
    }
  }

  /** Reads {@code X0,Y0,X1,Y1}. */
  static final class BoxText implements ITypeConverter<@Nullable Corners> {
    @Override
    public Corners convert(String text) {
      float[] n = numbers(text, "X0,Y0,X1,Y1");
      if (n.length != 4) {
        throw new TypeConversionException("'" + text + "' is not X0,Y0,X1,Y1");
      }
      return new Corners(n[0], n[1], n[2], n[3]);
    }
  }
}
