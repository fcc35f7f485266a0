package riada.sam;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One question to the mask decoder: points, a box, and the mask that an earlier answer left.
 * Coordinates are pixels of the network's input, a pixel's centre at its whole number.
 *
 * @param points wet and dry ones
 * @param box within which water is asked for, if any
 * @param prior the logits of an earlier answer, at the decoder's resolution, if any
 */
public record Prompts(List<Point> points, @Nullable Box box, @Nullable LogitPlane prior) {
  /** Labels as the network knows them. */
  private static final float DRY = 0;

  private static final float WET = 1;
  private static final float TOP_LEFT = 2;
  private static final float BOTTOM_RIGHT = 3;

  /** A slot of a set with fewer points than its neighbours in one call. */
  static final float EMPTY = -1;

  public Prompts {
    points = List.copyOf(points);
    if (points.isEmpty() && box == null) {
      throw new IllegalArgumentException("a prompt needs a point or a box");
    }
  }

  /** Points alone: they ask for all the water of the picture. */
  public static Prompts points(List<Point> points) {
    return new Prompts(points, null, null);
  }

  /** A box alone. */
  public static Prompts box(Box box) {
    return new Prompts(List.of(), box, null);
  }

  /** A place that is wet or dry. */
  public record Point(float x, float y, boolean wet) {
    public Point {
      if (!Float.isFinite(x) || !Float.isFinite(y)) {
        throw new IllegalArgumentException("the point " + x + ", " + y + " is nowhere");
      }
    }
  }

  /** Opposite corners, {@code x0 < x1} and {@code y0 < y1}. */
  public record Box(float x0, float y0, float x1, float y1) {
    public Box {
      if (!(x0 < x1 && y0 < y1 && Float.isFinite(x1 - x0) && Float.isFinite(y1 - y0))) {
        throw new IllegalArgumentException(
            "the box " + x0 + "," + y0 + "," + x1 + "," + y1 + " is not left,top,right,bottom");
      }
    }

    public boolean contains(Point point) {
      return x0 <= point.x && point.x <= x1 && y0 <= point.y && point.y <= y1;
    }
  }

  /** How many points the network is given: a box counts as two. */
  public int slots() {
    return points.size() + (box == null ? 0 : 2);
  }

  /** Receives the slots in their order: the box's corners, then the points. */
  public interface SlotSink {
    void slot(float x, float y, float label);
  }

  /** Hands over the slots as the network is given them, with the label of each. */
  public void forEachSlot(SlotSink sink) {
    if (box != null) {
      sink.slot(box.x0, box.y0, TOP_LEFT);
      sink.slot(box.x1, box.y1, BOTTOM_RIGHT);
    }
    for (Point point : points) {
      sink.slot(point.x, point.y, point.wet ? WET : DRY);
    }
  }
}
