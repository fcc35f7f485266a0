package riada.simulate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Where water runs and how far it must rise to reach a place: a meandering river from west to east
 * with tributaries, as fields over the whole world on a lattice of {@value #STEP} pixels.
 *
 * <p>The spill level of a place is the lowest stage at which water coming from the channel stands
 * there: the least, over all ways from the channel, of the highest ground on the way. So a flood
 * spreads connectedly, and a hollow behind a rise stays dry until the rise is under water.
 */
final class Drainage {
  /** Lattice spacing in pixels. */
  static final int STEP = 4;

  private static final float FAR = 1e6f;

  private final int seed;
  private final int columns; // lattice nodes a row
  private final int rows;
  private final float[] edge; // [rows][columns] pixels to the nearest channel's bank, < 0 inside
  private final float[] ground; // [rows][columns] metres above the normal water level
  private final float[] spill; // [rows][columns] metres

  /**
   * @param width and {@code height}: the world's size in pixels
   * @param halfWidth of the river in pixels
   */
  Drainage(int seed, int width, int height, float halfWidth, int tributaries) {
    this.seed = seed;
    this.columns = width / STEP + 2;
    this.rows = height / STEP + 2;
    this.edge = new float[columns * rows];
    this.ground = new float[columns * rows];
    this.spill = new float[columns * rows];
    Arrays.fill(edge, FAR);
    Arrays.fill(ground, FAR);
    SplittableRandom random = new SplittableRandom(seed);
    List<float[]> river = meander(random, width, height);
    carve(river, halfWidth, (float) random.nextDouble(230, 330), FAR);
    for (int i = 0; i < tributaries; i++) {
      float[] mouth = river.get((int) (river.size() * random.nextDouble(0.15, 0.9)));
      carve(
          brook(random, mouth, i % 2 == 0, height),
          (float) random.nextDouble(4, 6.5),
          (float) random.nextDouble(55, 100),
          420);
    }
    relief();
    spread();
  }

  /** A sine-generated curve: the direction swings as it goes, as rivers do. */
  private static List<float[]> meander(SplittableRandom random, int width, int height) {
    double swing = random.nextDouble(0.5, 1.15);
    double wave = random.nextDouble(520, 900);
    double phase = random.nextDouble(0, 6.28);
    double middle = height * random.nextDouble(0.4, 0.6);
    double phase2 = random.nextDouble(0, 6.28);
    List<float[]> points = new ArrayList<>();
    double x = -500;
    double y = middle;
    for (double s = 0; x < width + 500; s += 30) {
      points.add(new float[] {(float) x, (float) y});
      double home = (middle - y) / height; // keeps the river in the world
      double angle =
          swing * StrictMath.sin(6.2832 * s / wave + phase)
              + 0.35 * StrictMath.sin(6.2832 * s / (wave * 2.7) + phase2)
              + 0.9 * home;
      x += 30 * StrictMath.cos(angle);
      y += 30 * StrictMath.sin(angle);
    }
    return points;
  }

  private static List<float[]> brook(
      SplittableRandom random, float[] mouth, boolean north, int height) {
    double wave = random.nextDouble(180, 320);
    double phase = random.nextDouble(0, 6.28);
    double lean = random.nextDouble(-0.5, 0.5);
    List<float[]> points = new ArrayList<>();
    double x = mouth[0];
    double y = mouth[1];
    for (double s = 0; y > -100 && y < height + 100 && s < 2L * height; s += 16) {
      points.add(new float[] {(float) x, (float) y});
      double angle = lean + 0.7 * StrictMath.sin(6.2832 * s / wave + phase);
      x += 16 * StrictMath.sin(angle);
      y += (north ? -16 : 16) * StrictMath.cos(angle);
    }
    return points;
  }

  /** Lowers edge and ground around a channel, looking no further than {@code reach} pixels. */
  private void carve(List<float[]> points, float halfWidth, float plain, float reach) {
    float[] squares = new float[edge.length]; // of the distances to the middle
    Arrays.fill(squares, reach * reach);
    for (int i = 1; i < points.size(); i++) {
      approach(points.get(i - 1), points.get(i), reach, squares);
    }
    for (int at = 0; at < squares.length; at++) {
      if (squares[at] < reach * reach) {
        float distance = (float) Math.sqrt(squares[at]) - halfWidth;
        edge[at] = Math.min(edge[at], distance);
        ground[at] = Math.min(ground[at], valley(distance, plain));
      }
    }
  }

  /** Lowers {@code squares} to the squared distances from the segment {@code a} to {@code b}. */
  private void approach(float[] a, float[] b, float reach, float[] squares) {
    int west = node(Math.min(a[0], b[0]) - reach, columns);
    int east = node(Math.max(a[0], b[0]) + reach, columns);
    int north = node(Math.min(a[1], b[1]) - reach, rows);
    int south = node(Math.max(a[1], b[1]) + reach, rows);
    float dx = b[0] - a[0];
    float dy = b[1] - a[1];
    float scale = 1 / (dx * dx + dy * dy);
    for (int row = north; row <= south; row++) {
      float py = row * STEP - a[1];
      for (int column = west; column <= east; column++) {
        float px = column * STEP - a[0];
        float t = Math.min(1, Math.max(0, (px * dx + py * dy) * scale));
        float ox = px - t * dx;
        float oy = py - t * dy;
        int at = row * columns + column;
        squares[at] = Math.min(squares[at], ox * ox + oy * oy);
      }
    }
  }

  private static int node(float pixel, int nodes) {
    return (int) Math.min(nodes - 1, Math.max(0, pixel / STEP));
  }

  /** Height above the water of ground {@code distance} pixels from the bank, in metres. */
  private static float valley(float distance, float plain) {
    if (distance < 0) {
      return -0.3f + distance * 0.08f;
    }
    float across = distance / plain;
    return 0.2f + 2.3f * across + (across > 1 ? (across - 1) * plain * 0.035f : 0);
  }

  private void relief() {
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        int at = row * columns + column;
        float x = column * STEP;
        float y = row * STEP;
        // No relief at the bank, so that low stages stay along the channel.
        float away = Noise.smooth(0, 60, edge[at]);
        float high = Noise.smooth(3, 12, ground[at]);
        float rise = 1.9f * Noise.fractal(seed + 11, x / 190, y / 190, 3);
        float hills = 22 * high * (0.6f + Noise.fractal(seed + 12, x / 420, y / 420, 4));
        if (ground[at] > 0) {
          ground[at] = Math.max(0.12f, ground[at] + away * rise + hills);
        }
      }
    }
  }

  /** Sweeps in both directions until no way from the channel gets lower. */
  private void spread() {
    for (int i = 0; i < spill.length; i++) {
      spill[i] = edge[i] < 0 ? ground[i] : FAR;
    }
    boolean changed = true;
    while (changed) {
      changed = sweep(0, spill.length, 1) | sweep(spill.length - 1, -1, -1);
    }
  }

  private boolean sweep(int from, int end, int by) {
    boolean changed = false;
    for (int at = from; at != end; at += by) {
      int column = at % columns;
      float least = spill[at];
      least = column > 0 ? Math.min(least, spill[at - 1]) : least;
      least = column < columns - 1 ? Math.min(least, spill[at + 1]) : least;
      least = at >= columns ? Math.min(least, spill[at - columns]) : least;
      least = at < spill.length - columns ? Math.min(least, spill[at + columns]) : least;
      float level = Math.max(ground[at], least);
      if (level < spill[at]) {
        spill[at] = level;
        changed = true;
      }
    }
    return changed;
  }

  /** Pixels from a place to the nearest bank, negative in a channel. */
  float edge(float x, float y) {
    return at(edge, x, y);
  }

  /** Height of the ground above the normal water level in metres. */
  float ground(float x, float y) {
    return at(ground, x, y);
  }

  /** The stage in metres from which on a place is under water. */
  float spill(float x, float y) {
    return at(spill, x, y);
  }

  /** Share of the world's places that are flooded at {@code stage}, 0..1: an estimate. */
  float floodedShare(float stage) {
    int n = 0;
    for (float level : spill) {
      n += level >= 0 && level < stage ? 1 : 0;
    }
    return (float) n / spill.length;
  }

  private float at(float[] field, float x, float y) {
    float fx = Math.min(columns - 1.001f, Math.max(0, x / STEP));
    float fy = Math.min(rows - 1.001f, Math.max(0, y / STEP));
    int ix = (int) fx;
    int iy = (int) fy;
    int i = iy * columns + ix;
    float tx = fx - ix;
    float north = field[i] + (field[i + 1] - field[i]) * tx;
    float south = field[i + columns] + (field[i + columns + 1] - field[i + columns]) * tx;
    return north + (south - north) * (fy - iy);
  }
}
