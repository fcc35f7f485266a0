package riada.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import riada.mask.Mask;
import riada.sam.Prompts.Point;

/**
 * The clicks of a person who knows the truth: each in the middle of the largest error. Pure
 * functions.
 */
final class TruthClicks {
  /** Clicks are placed on a grid of at most this side: the centre of an error is no finer. */
  private static final int CLICK_GRID = 512;

  /** Radius of the control's discs: of the side of the frame, along each axis. */
  private static final double DISC = 5.0 / 128;

  private TruthClicks() {}

  /** The pole of the largest error, wet where water was missed; none where there is no error. */
  static Optional<Point> correction(Mask water, Mask truth) {
    int longer = Math.max(truth.width(), truth.height());
    int step = (longer - 1) / CLICK_GRID + 1;
    Mask missed = every(step, truth.copy().andNot(water));
    Mask extra = every(step, water.copy().andNot(truth));
    WaterBodies misses = new WaterBodies(missed);
    WaterBodies extras = new WaterBodies(extra);
    boolean wet = area(misses) >= area(extras);
    WaterBodies errors = wet ? misses : extras;
    if (area(errors) == 0) {
      return Optional.empty();
    }
    WaterBodies.Cell pole = errors.pole(errors.largestFirst().get(0));
    return Optional.of(new Point(pole.x() * step, pole.y() * step, wet));
  }

  private static int area(WaterBodies bodies) {
    return bodies.largestFirst().isEmpty() ? 0 : bodies.largestFirst().get(0).area();
  }

  private static Mask every(int step, Mask mask) {
    if (step == 1) {
      return mask;
    }
    Mask coarse = new Mask((mask.width() - 1) / step + 1, (mask.height() - 1) / step + 1);
    for (int y = 0; y < coarse.height(); y++) {
      for (int x = 0; x < coarse.width(); x++) {
        if (mask.get(x * step, y * step)) {
          coarse.set(x, y);
        }
      }
    }
    return coarse;
  }

  /** The control: no model is asked; each click paints the disc that it stands in. */
  static List<Double> discs(Mask automatic, Mask truth) {
    Mask painted = automatic.copy();
    List<Double> ious = new ArrayList<>();
    ious.add(ConfusionMatrix.of(painted, truth).iou());
    for (int i = 0; i < Answers.MOST_CLICKS; i++) {
      Optional<Point> click = correction(painted, truth);
      click.ifPresent(point -> paint(painted, point));
      ious.add(ConfusionMatrix.of(painted, truth).iou());
    }
    return ious;
  }

  /** Makes the cells within {@value #DISC} of the frame around a click wet or dry. */
  private static void paint(Mask mask, Point click) {
    double high = Math.max(DISC * mask.height(), 0.5);
    double wide = Math.max(DISC * mask.width(), 0.5);
    for (int y = 0; y < mask.height(); y++) {
      double dy = (y - click.y()) / high;
      for (int x = 0; x < mask.width() && Math.abs(dy) < 1; x++) {
        double dx = (x - click.x()) / wide;
        if (dx * dx + dy * dy < 1) {
          if (click.wet()) {
            mask.set(x, y);
          } else {
            mask.clear(x, y);
          }
        }
      }
    }
  }
}
