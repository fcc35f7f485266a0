package riada.detect;

import java.util.List;
import riada.sam.Prompts;

/**
 * What the detector found on one picture.
 *
 * @param largestWet the highest probability of water of any cell, 0..1
 * @param hasWater whether that is enough to ask for a mask; if not, the mask is empty
 * @param prompts what to ask: wet points, dry points, or the frame as a box when there is neither
 * @param bodies boxes around single bodies of water, the surest first, for reports
 */
public record Detection(float largestWet, boolean hasWater, Prompts prompts, List<Body> bodies) {
  public Detection {
    bodies = List.copyOf(bodies);
  }

  /**
   * A body of water.
   *
   * @param x0 left edge in fractions of the picture, 0..1; likewise the other edges
   * @param score probability of water times depth within the body, 0..1
   */
  public record Body(double x0, double y0, double x1, double y1, float score) {
    /** Intersection over union with another box, 0..1; not a number if neither has an area. */
    public double iou(Body other) {
      return iou(other, 0);
    }

    /**
     * The same as the training code has it, where boxes without an area are no matter: a hair less,
     * so that one of two boxes that share just the half of both does not drop the other.
     */
    public double overlap(Body other) {
      return iou(other, 1e-9);
    }

    private double iou(Body other, double more) {
      double width = Math.min(x1, other.x1) - Math.max(x0, other.x0);
      double height = Math.min(y1, other.y1) - Math.max(y0, other.y0);
      double both = Math.max(0, width) * Math.max(0, height);
      return both / (area() + other.area() - both + more);
    }

    private double area() {
      return (x1 - x0) * (y1 - y0);
    }
  }
}
