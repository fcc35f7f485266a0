package riada.segmenter;

import ai.onnxruntime.OrtException;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import riada.detect.Detection;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;
import riada.proto.Pictures;
import riada.sam.Masks;
import riada.sam.Pixels;
import riada.sam.Prompts;
import riada.sam.Prompts.Box;
import riada.sam.Prompts.Point;
import riada.sam.Window;

/**
 * Segments a picture of any size for a person who may say where the water is. Without a prompt it
 * does what the stream does: a 512 x 512 tile gets the same bits. For one thread at a time; the
 * model stays the caller's.
 */
public final class ImageSegmenter {
  /** Longest side of a picture, in pixels. */
  public static final int MAX_SIDE = RunLength.MAX_SIDE;

  private static final Window ALL = Window.ALL;

  private final WaterModel model;

  public ImageSegmenter(WaterModel model) {
    this.model = model;
  }

  /**
   * An answer at the picture's own size.
   *
   * @param water what was asked for
   * @param seen what neither cloud nor shadow hides and is not wholly transparent
   * @param confidence predicted IoU, 0..1; of several boxes the least
   */
  public record Segmentation(Mask water, Mask seen, float confidence) {
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
   * What to ask of a picture, in its pixels, a pixel's centre at its whole number. Nothing: the
   * detector asks. Points alone: all water, given that these are wet or dry. Boxes: the water in
   * each, united, given the points that lie in it.
   *
   * @param bestOfThree whether an ambiguous question is to be read as one body of water: the
   *     reading with the highest predicted IoU is taken
   */
  public record Question(List<Point> points, List<Box> boxes, boolean bestOfThree) {
    /** Nothing is said: the detector looks for water. */
    public static final Question AUTOMATIC = new Question(List.of(), List.of(), false);

    public Question {
      points = List.copyOf(points);
      boxes = List.copyOf(boxes);
    }
  }

  /**
   * Reads and segments a JPEG or PNG file.
   *
   * @throws BadInput when the file is unreadable or larger than {@value #MAX_SIDE} pixels a side,
   *     or a prompt lies outside the picture or its box
   */
  public Segmentation segment(Path file, Question question) throws BadInput, OrtException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new BadInput("picture_missing", "The picture " + file + " cannot be read: " + e);
    }
    return segment(Pictures.read(file.toString(), bytes, (long) MAX_SIDE * MAX_SIDE), question);
  }

  /** Segments a picture from {@link Pictures#read}; see {@link #segment(Path, Question)}. */
  public Segmentation segment(BufferedImage image, Question question)
      throws BadInput, OrtException {
    int width = image.getWidth();
    int height = image.getHeight();
    if (Math.max(width, height) > MAX_SIDE) {
      throw new BadInput(
          "picture_too_large",
          "The picture is " + width + " x " + height + "; sides are at most " + MAX_SIDE + ".");
    }
    List<Prompts> asked = prompts(question, width, height);
    Pixels pixels = Pixels.of(image);
    model.take(pixels);
    model.encode();
    Mask seen = model.seen(ALL, width, height).and(pixels.opaque(ALL, width, height));
    Mask water = new Mask(width, height);
    float confidence = 1;
    if (asked.isEmpty()) {
      Detection found = model.detect();
      if (!found.hasWater()) {
        return new Segmentation(water, seen, 1 - found.largestWet());
      }
      asked = List.of(found.prompts());
    }
    Masks answers = model.decode(asked);
    for (int i = 0; i < answers.size(); i++) {
      int token = question.bestOfThree() ? answers.bestReading(i) : 0;
      water.or(model.water(answers.logits(i, token), ALL, width, height));
      confidence = Math.min(confidence, answers.iou(i, token));
    }
    return new Segmentation(water, seen, confidence);
  }

  private List<Prompts> prompts(Question question, int width, int height) throws BadInput {
    for (Point point : question.points()) {
      checkPoint(point, question.boxes(), width, height);
    }
    List<Prompts> prompts = new ArrayList<>();
    for (Box box : question.boxes()) {
      if (box.x0() < 0 || box.y0() < 0 || box.x1() > width || box.y1() > height) {
        throw new BadInput(
            "prompt_outside",
            "The box "
                + box.x0()
                + ","
                + box.y0()
                + ","
                + box.x1()
                + ","
                + box.y1()
                + " is not within the picture of "
                + width
                + " x "
                + height
                + ".");
      }
      prompts.add(
          new Prompts(
              question.points().stream()
                  .filter(box::contains)
                  .map(point -> onInput(point, width, height))
                  .toList(),
              onInput(box, width, height),
              null));
    }
    if (prompts.isEmpty() && !question.points().isEmpty()) {
      prompts.add(
          Prompts.points(
              question.points().stream().map(point -> onInput(point, width, height)).toList()));
    }
    return prompts;
  }

  private static void checkPoint(Point point, List<Box> boxes, int width, int height)
      throws BadInput {
    if (point.x() < 0 || point.y() < 0 || point.x() >= width || point.y() >= height) {
      throw new BadInput(
          "prompt_outside",
          name(point) + " is outside the picture of " + width + " x " + height + ".");
    }
    if (!boxes.isEmpty() && boxes.stream().noneMatch(box -> box.contains(point))) {
      throw new BadInput(
          "prompt_outside",
          name(point) + " lies in none of the boxes; give it alone, or with a box around it.");
    }
  }

  private static String name(Point point) {
    return "The point " + point.x() + "," + point.y();
  }

  private Point onInput(Point point, int width, int height) {
    return new Point(onInput(point.x(), width), onInput(point.y(), height), point.wet());
  }

  private Box onInput(Box box, int width, int height) {
    return new Box(
        onInput(box.x0(), width),
        onInput(box.y0(), height),
        onInput(box.x1(), width),
        onInput(box.y1(), height));
  }

  /** From a pixel of a side to a pixel of the network's input. */
  private float onInput(float pixel, int side) {
    return (float) ((pixel + 0.5) * model.inputSize() / side - 0.5);
  }
}
