package riada.eval;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import riada.detect.Detection;
import riada.mask.Mask;

/** The 8-connected bodies of a mask. */
final class WaterBodies {
  /** Share of the frame up to which bodies are specks: nobody is asked for them or has to see. */
  private static final double SPECK = 0.001;

  private final Mask mask;
  private final int[] labels; // number of the body at each cell, from 1; 0 where it is dry
  private final List<Body> bodies = new ArrayList<>();

  /**
   * One body.
   *
   * @param label its number
   * @param area its cells
   * @param x0 its leftmost column; {@code x1} and {@code y1} are beyond its last
   */
  record Body(int label, int area, int x0, int y0, int x1, int y1) {}

  /** A cell. */
  record Cell(int x, int y) {}

  WaterBodies(Mask mask) {
    this.mask = mask;
    int w = mask.width();
    labels = new int[w * mask.height()];
    int[] stack = new int[Math.max(64, mask.count())];
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] == 0 && mask.get(i % w, i / w)) {
        bodies.add(fill(i, bodies.size() + 1, stack));
      }
    }
    bodies.sort(Comparator.comparingInt(body -> -body.area()));
  }

  private Body fill(int start, int label, int[] stack) {
    int w = mask.width();
    int[] box = {w, mask.height(), 0, 0};
    int area = 0;
    int n = 0;
    labels[start] = label;
    stack[n++] = start;
    while (n > 0) {
      int cell = stack[--n];
      int x = cell % w;
      int y = cell / w;
      area++;
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x + 1);
      box[3] = Math.max(box[3], y + 1);
      for (int v = Math.max(0, y - 1); v <= Math.min(mask.height() - 1, y + 1); v++) {
        for (int u = Math.max(0, x - 1); u <= Math.min(w - 1, x + 1); u++) {
          if (labels[v * w + u] == 0 && mask.get(u, v)) {
            labels[v * w + u] = label; // now, so that no cell is on the stack twice
            stack[n++] = v * w + u;
          }
        }
      }
    }
    return new Body(label, area, box[0], box[1], box[2], box[3]);
  }

  /** All bodies, the largest first. */
  List<Body> largestFirst() {
    return bodies;
  }

  /** Those that are no specks: over a thousandth of the frame. The largest first. */
  List<Body> overSpecks() {
    double speck = SPECK * ((double) mask.width() * mask.height());
    return bodies.stream().filter(body -> body.area > speck).toList();
  }

  /** The box around a body, in fractions of the frame. */
  Detection.Body box(Body body, double score) {
    double w = mask.width();
    double h = mask.height();
    return new Detection.Body(body.x0 / w, body.y0 / h, body.x1 / w, body.y1 / h, (float) score);
  }

  /** The cells of one body. */
  Mask cells(Body body) {
    Mask cells = new Mask(mask.width(), mask.height());
    for (int y = body.y0; y < body.y1; y++) {
      for (int x = body.x0; x < body.x1; x++) {
        if (labels[y * mask.width() + x] == body.label) {
          cells.set(x, y);
        }
      }
    }
    return cells;
  }

  /**
   * The pole of inaccessibility of a body: of its cells the one farthest from any cell that is not
   * its own and from the frame's edge, the first of them in reading order.
   */
  Cell pole(Body body) {
    int w = body.x1 - body.x0 + 2; // a rim of cells that are not the body's
    int h = body.y1 - body.y0 + 2;
    Mask others = small(w, h);
    for (int y = 0; y < others.height(); y++) {
      for (int x = 0; x < others.width(); x++) {
        if (!isOwn(body, body.x0 + x - 1, body.y0 + y - 1)) {
          others.set(x, y);
        }
      }
    }
    long[] distance = DistanceField.squaredTo(others);
    int best = 0;
    for (int i = 0; i < distance.length; i++) {
      if (distance[i] > distance[best]) {
        best = i;
      }
    }
    return new Cell(body.x0 + best % others.width() - 1, body.y0 + best / others.width() - 1);
  }

  /**
   * A mask has at most 4096 cells a side: of a body that fills one, two columns of rim are lost.
   */
  private static Mask small(int w, int h) {
    return new Mask(
        Math.min(w, riada.mask.RunLength.MAX_SIDE), Math.min(h, riada.mask.RunLength.MAX_SIDE));
  }

  private boolean isOwn(Body body, int x, int y) {
    return x >= body.x0
        && y >= body.y0
        && x < body.x1
        && y < body.y1
        && labels[y * mask.width() + x] == body.label;
  }
}
