package riada.segmenter;

import java.util.ArrayList;
import java.util.List;
import riada.proto.BadInput;
import riada.sam.Frame;
import riada.sam.Prompts;
import riada.sam.Prompts.Box;
import riada.sam.Prompts.Point;

/**
 * What to ask of a picture, in its pixels, a pixel's centre at its whole number. Nothing: the
 * detector asks, if the model has one. Points alone: all water, given that these are wet or dry.
 * Boxes: the water in each, united, given the points that lie in it.
 *
 * @param bestOfThree whether an ambiguous question is to be read as one body of water: the reading
 *     with the highest predicted IoU is taken
 * @param everything whether every body of water is to be found one by one; without points and boxes
 */
public record Question(
    List<Point> points, List<Box> boxes, boolean bestOfThree, boolean everything) {
  /** Points and boxes in one question. */
  public static final int MOST_PROMPTS = 1000;

  /** Nothing is said: the detector looks for water. */
  public static final Question AUTOMATIC = new Question(List.of(), List.of(), false);

  /** Each body of water by itself. */
  public static final Question EVERYTHING = new Question(List.of(), List.of(), true, true);

  public Question {
    points = List.copyOf(points);
    boxes = List.copyOf(boxes);
    if (everything && !(points.isEmpty() && boxes.isEmpty())) {
      throw new IllegalArgumentException("everything is asked for without points and boxes");
    }
  }

  public Question(List<Point> points, List<Box> boxes, boolean bestOfThree) {
    this(points, boxes, bestOfThree, false);
  }

  /**
   * What to ask the decoder, in pixels of the network's input; none: nothing is said.
   *
   * @param frame how the picture lies there
   * @throws BadInput when there are more than {@value #MOST_PROMPTS} prompts, or one lies outside
   *     the picture or its box
   */
  List<Prompts> prompts(Frame frame) throws BadInput {
    int width = frame.width();
    int height = frame.height();
    int count = points.size() + boxes.size();
    if (count > MOST_PROMPTS) {
      throw new BadInput(
          "prompts_many",
          "There are " + count + " points and boxes; at most " + MOST_PROMPTS + " are taken.");
    }
    for (Point point : points) {
      checkPoint(point, width, height);
    }
    List<Prompts> prompts = new ArrayList<>();
    for (Box box : boxes) {
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
      List<Point> within = points.stream().filter(box::contains).map(frame::onInput).toList();
      prompts.add(new Prompts(within, frame.onInput(box), null));
    }
    if (prompts.isEmpty() && !points.isEmpty()) {
      prompts.add(Prompts.points(points.stream().map(frame::onInput).toList()));
    }
    return prompts;
  }

  private void checkPoint(Point point, int width, int height) throws BadInput {
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
}
