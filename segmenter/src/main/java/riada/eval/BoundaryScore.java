package riada.eval;

import riada.mask.Mask;

/**
 * How well two masks agree on where water ends: the F-score of their boundary cells, each found if
 * the other has one within a tolerance. Source: Csurka et al., What is a good evaluation measure
 * for semantic segmentation? (2013); the tolerance is theirs, 0.75 % of the diagonal.
 */
final class BoundaryScore {
  private static final double TOLERANCE = 0.0075;

  private BoundaryScore() {}

  /** 0..1; 1 when neither mask has a boundary, 0 when only one has. */
  static double of(Mask mask, Mask truth) {
    Mask ours = boundary(mask);
    Mask theirs = boundary(truth);
    if (ours.isEmpty() || theirs.isEmpty()) {
      return ours.isEmpty() && theirs.isEmpty() ? 1 : 0;
    }
    double reach = Math.max(1, TOLERANCE * Math.hypot(mask.width(), mask.height()));
    double precision = share(ours, theirs, reach);
    double recall = share(theirs, ours, reach);
    return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
  }

  /** Wet cells with a dry one beside, above or below them; the frame's edge is none. */
  static Mask boundary(Mask mask) {
    Mask boundary = new Mask(mask.width(), mask.height());
    for (int y = 0; y < mask.height(); y++) {
      for (int x = 0; x < mask.width(); x++) {
        if (mask.get(x, y)
            && (isDry(mask, x - 1, y)
                || isDry(mask, x + 1, y)
                || isDry(mask, x, y - 1)
                || isDry(mask, x, y + 1))) {
          boundary.set(x, y);
        }
      }
    }
    return boundary;
  }

  private static boolean isDry(Mask mask, int x, int y) {
    boolean within = x >= 0 && y >= 0 && x < mask.width() && y < mask.height();
    return within && !mask.get(x, y);
  }

  private static double share(Mask of, Mask near, double reach) {
    long[] distance = DistanceField.squaredTo(near);
    int found = 0;
    for (int y = 0; y < of.height(); y++) {
      for (int x = 0; x < of.width(); x++) {
        if (of.get(x, y) && distance[y * of.width() + x] <= reach * reach) {
          found++;
        }
      }
    }
    return (double) found / of.count();
  }
}
