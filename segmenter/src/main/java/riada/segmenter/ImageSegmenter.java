package riada.segmenter;

import ai.onnxruntime.OrtException;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import riada.detect.Detection;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;
import riada.proto.Observation;
import riada.proto.Pictures;
import riada.sam.Frame;
import riada.sam.LogitPlane;
import riada.sam.MaskDecoder;
import riada.sam.Masks;
import riada.sam.Pixels;
import riada.sam.Prompts;
import riada.sam.Prompts.Point;
import riada.sam.Window;

/**
 * Segments a picture of any size for a person who may say where the water is. Without a prompt it
 * does what the stream does: a 512 x 512 tile gets the same bits. Asked again about the picture
 * that it was asked about last, it only runs the decoder. For one thread at a time; the model stays
 * the caller's.
 */
public final class ImageSegmenter {
  /** Longest side of a picture, in pixels. */
  public static final int MAX_SIDE = RunLength.MAX_SIDE;

  private static final Window ALL = Window.ALL;

  /** Logits of a mask that somebody drew: about those of a network that is sure. */
  private static final float SURE = 10;

  private final WaterModel model;
  private @Nullable Taken taken;

  public ImageSegmenter(WaterModel model) {
    this.model = model;
  }

  /**
   * An answer at the picture's own size.
   *
   * @param water what was asked for
   * @param seen what neither cloud nor shadow hides, if the model can tell, and is not wholly
   *     transparent
   * @param confidence predicted IoU, 0..1; of several masks the least; of a corrected one that of
   *     the network's whole last answer, of which only the change at the click was taken
   * @param bodies in everything mode what the water is made of, the surest first; else empty
   */
  public record Segmentation(Mask water, Mask seen, float confidence, List<WaterBody> bodies) {
    public Segmentation {
      bodies = List.copyOf(bodies);
    }

    /** Writes the water as a grey PNG: 255 wet, 0 dry. */
    public void writePng(Path file) throws IOException {
      BufferedImage image =
          new BufferedImage(water.width(), water.height(), BufferedImage.TYPE_BYTE_GRAY);
      byte[] grey = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
      for (int y = 0, i = 0; y < water.height(); y++) {
        for (int x = 0; x < water.width(); x++, i++) {
          grey[i] = (byte) (water.get(x, y) ? 255 : 0);
        }
      }
      if (!ImageIO.write(image, "png", file.toFile())) {
        throw new IOException("this Java has no PNG writer");
      }
    }
  }

  /**
   * One body of water.
   *
   * @param x0 its leftmost column; {@code x1} and {@code y1} are beyond its last
   * @param pixels that it has
   * @param iou predicted, 0..1
   * @param stability how little it depends on the threshold, 0..1
   */
  public record WaterBody(
      int x0, int y0, int x1, int y1, int pixels, float iou, double stability) {}

  /** The picture at hand. */
  private record Taken(String sha256, long encoding, Frame frame, Mask seen) {}

  /**
   * Reads and segments a JPEG or PNG file.
   *
   * @throws BadInput when the file is unreadable or larger than {@value #MAX_SIDE} pixels a side,
   *     there are more than {@value Question#MOST_PROMPTS} prompts, one lies outside the picture or
   *     its box, or the model cannot be asked so
   */
  public Segmentation segment(Path file, Question question) throws BadInput, OrtException {
    byte[] bytes = bytes(file);
    String sha256 = HexFormat.of().formatHex(Observation.sha256().digest(bytes));
    check(question);
    Taken last = taken;
    if (last != null && last.sha256.equals(sha256) && last.encoding == model.encodings()) {
      return answer(last, question, question.prompts(last.frame));
    }
    BufferedImage image = Pictures.read(file.toString(), bytes, (long) MAX_SIDE * MAX_SIDE);
    return segment(image, sha256, question);
  }

  /** Segments a picture from {@link Pictures#read}; see {@link #segment(Path, Question)}. */
  public Segmentation segment(BufferedImage image, Question question)
      throws BadInput, OrtException {
    check(question);
    return segment(image, "", question);
  }

  /**
   * Corrects a mask click by click: of each answer the change at the click is taken, and all else
   * stays as it is to the pixel. The clicked pixel is as asked after each: where the network does
   * not turn it, such as on a line finer than its cells, what is connected to it in its cell turns.
   *
   * @param mask of the picture, an answer of before or drawn by anybody
   * @param clicks at least one, in the picture's pixels, in the order in which they were made
   * @throws BadInput as {@link #segment(Path, Question)}, or when the mask is of another size
   */
  public Segmentation correct(BufferedImage image, Mask mask, List<Point> clicks)
      throws BadInput, OrtException {
    model.requirePrompts("points");
    model.requirePrompts("mask");
    if (mask.width() != image.getWidth() || mask.height() != image.getHeight()) {
      throw new BadInput(
          "prior_size",
          String.format(
              "The mask to correct is %d x %d and the picture %d x %d; give the mask of this"
                  + " picture.",
              mask.width(), mask.height(), image.getWidth(), image.getHeight()));
    }
    Taken picture = take(image, "", new Question(clicks, List.of(), false));
    LogitPlane before =
        LogitPlane.of(mask, picture.frame, model.threshold(), SURE, model.maskSide());
    Clicks corrections = Clicks.on(model, before, 0);
    Mask corrected = mask.copy();
    for (Point click : clicks) {
      LogitPlane after = corrections.click(picture.frame.onInput(click));
      Mask was = model.water(before, ALL, mask.width(), mask.height());
      Mask is = model.water(after, ALL, mask.width(), mask.height());
      corrected.or(is.copy().andNot(was)).andNot(was.andNot(is));
      ClickedCell.obey(corrected, picture.frame, model.maskSide(), click);
      before = after;
    }
    return new Segmentation(corrected, picture.seen.copy(), corrections.predictedIou(), List.of());
  }

  /** The same for a JPEG or PNG file. */
  public Segmentation correct(Path file, Mask mask, List<Point> clicks)
      throws BadInput, OrtException {
    BufferedImage image = Pictures.read(file.toString(), bytes(file), (long) MAX_SIDE * MAX_SIDE);
    return correct(image, mask, clicks);
  }

  private static byte[] bytes(Path file) throws BadInput {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new BadInput("picture_missing", "The picture " + file + " does not exist.");
    } catch (IOException e) {
      throw new BadInput("picture_missing", "The picture " + file + " cannot be read: " + e);
    }
  }

  private void check(Question question) throws BadInput {
    if (question.everything() || !question.points().isEmpty()) {
      model.requirePrompts("points");
    } else if (question.boxes().isEmpty()) {
      model.requireDetector();
    }
    if (!question.boxes().isEmpty()) {
      model.requirePrompts("boxes");
    }
  }

  private Segmentation segment(BufferedImage image, String sha256, Question question)
      throws BadInput, OrtException {
    Taken now = take(image, sha256, question);
    return answer(now, question, question.prompts(now.frame));
  }

  /** Encodes a picture about which this may be asked. */
  private Taken take(BufferedImage image, String sha256, Question question)
      throws BadInput, OrtException {
    int width = image.getWidth();
    int height = image.getHeight();
    if (Math.max(width, height) > MAX_SIDE) {
      throw new BadInput(
          "picture_too_large",
          "The picture is " + width + " x " + height + "; sides are at most " + MAX_SIDE + ".");
    }
    Frame frame = model.frame(width, height);
    question.prompts(frame); // before the costly part: they may be refused
    Pixels pixels = Pixels.of(image);
    model.take(pixels);
    model.encode();
    Mask seen = model.seen(ALL, width, height).and(pixels.opaque(ALL, width, height));
    Taken now = new Taken(sha256, model.encodings(), frame, seen);
    taken = now;
    return now;
  }

  private Segmentation answer(Taken picture, Question question, List<Prompts> asked)
      throws OrtException {
    if (question.everything()) {
      return everything(picture);
    }
    Mask water = new Mask(picture.frame.width(), picture.frame.height());
    List<Prompts> questions = asked;
    if (asked.isEmpty()) {
      Detection found = model.detect();
      if (!found.hasWater()) {
        return new Segmentation(water, picture.seen.copy(), 1 - found.largestWet(), List.of());
      }
      questions = List.of(found.prompts());
    }
    float confidence = 1;
    for (int from = 0; from < questions.size(); from += MaskDecoder.MOST_AT_ONCE) {
      int to = Math.min(from + MaskDecoder.MOST_AT_ONCE, questions.size());
      Masks answers = model.decode(questions.subList(from, to));
      for (int i = 0; i < answers.size(); i++) {
        int token = question.bestOfThree() ? answers.bestReading(i) : 0;
        water.or(model.water(answers.logits(i, token), ALL, water.width(), water.height()));
        confidence = Math.min(confidence, answers.iou(i, token));
      }
    }
    return new Segmentation(water, picture.seen.copy(), confidence, List.of());
  }

  private Segmentation everything(Taken picture) throws OrtException {
    Mask water = new Mask(picture.frame.width(), picture.frame.height());
    List<WaterBody> bodies = new ArrayList<>();
    float confidence = 1;
    for (Everything.Body body : Everything.find(model)) {
      Mask mask = model.water(body.logits(), ALL, water.width(), water.height());
      int[] box = box(mask);
      bodies.add(
          new WaterBody(
              box[0], box[1], box[2], box[3], mask.count(), body.iou(), body.stability()));
      water.or(mask);
      confidence = Math.min(confidence, body.iou());
    }
    return new Segmentation(water, picture.seen.copy(), confidence, bodies);
  }

  /** The least box around a mask: first column and row, and those beyond the last. */
  private static int[] box(Mask mask) {
    int[] box = {mask.width(), mask.height(), 0, 0};
    for (int y = 0; y < mask.height(); y++) {
      for (int x = 0; x < mask.width(); x++) {
        if (mask.get(x, y)) {
          box[0] = Math.min(box[0], x);
          box[1] = Math.min(box[1], y);
          box[2] = Math.max(box[2], x + 1);
          box[3] = y + 1;
        }
      }
    }
    return box;
  }
}
