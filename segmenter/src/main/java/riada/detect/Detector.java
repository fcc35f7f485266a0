package riada.detect;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import riada.sam.Prompts;
import riada.sam.Prompts.Box;
import riada.sam.Prompts.Point;

/**
 * From the detector's maps to prompts: a port of {@code segmenter/training/detector.py}, whose
 * docstring is the rule. A pure function, without randomness; thread-safe.
 */
public final class Detector {
  private static final int WET = 0;
  private static final int HEAT = 1;
  private static final int LEFT = 2;
  private static final int TOP = 3;
  private static final int RIGHT = 4;
  private static final int BOTTOM = 5;

  private final Settings settings;
  private final int inputSize;

  /**
   * The constants of the rule, as {@code model.json} has them under {@code detector}. Distances are
   * in cells, along rows or columns, whichever is more.
   *
   * @param noWater below this probability of water in every cell there is none
   * @param wetPoints most wet points
   * @param wetLeast least score of a wet point, score being wet x heat
   * @param wetApart cells between wet points
   * @param dryPoints most dry points
   * @param dryBelow probability of water below which a cell is dry
   * @param dryDepth cells from a dry point to the nearest cell that is not dry
   * @param dryApart cells between dry points
   * @param boxes most boxes
   * @param boxLeast least score of a box
   * @param boxNms IoU with a better box from which on a box is dropped
   */
  public record Settings(
      float noWater,
      int wetPoints,
      float wetLeast,
      int wetApart,
      int dryPoints,
      float dryBelow,
      int dryDepth,
      int dryApart,
      int boxes,
      float boxLeast,
      double boxNms) {}

  /**
   * @param inputSize side of the network's input in pixels, in which prompts are given
   */
  public Detector(Settings settings, int inputSize) {
    this.settings = settings;
    this.inputSize = inputSize;
  }

  /**
   * Reads the maps of one picture.
   *
   * @param maps [6, rows, columns]: wet logit, heat logit, box sides left, top, right, bottom in
   *     fractions of the picture
   */
  public Detection detect(float[] maps, int rows, int columns) {
    return new Reading(maps, rows, columns).detection();
  }

  /** One picture's maps, with what is derived from them. Cells are numbered row by row. */
  private final class Reading {
    final float[] maps;
    final int rows;
    final int columns;
    final float[] wet;
    final float[] score;

    Reading(float[] maps, int rows, int columns) {
      this.maps = maps;
      this.rows = rows;
      this.columns = columns;
      wet = new float[rows * columns];
      score = new float[rows * columns];
      for (int i = 0; i < wet.length; i++) {
        wet[i] = sigmoid(maps[WET * wet.length + i]);
        score[i] = wet[i] * sigmoid(maps[HEAT * wet.length + i]);
      }
    }

    Detection detection() {
      float largest = 0;
      for (float w : wet) {
        largest = Math.max(largest, w);
      }
      List<Point> points = new ArrayList<>();
      wetCells().forEach(cell -> points.add(centre(cell, true)));
      dryCells().forEach(cell -> points.add(centre(cell, false)));
      Prompts prompts =
          points.isEmpty()
              ? Prompts.box(new Box(0, 0, inputSize - 1, inputSize - 1))
              : Prompts.points(points);
      return new Detection(largest, largest >= settings.noWater, prompts, bodies());
    }

    List<Integer> wetCells() {
      return spread(
          byScore(cell -> score[cell] >= settings.wetLeast), settings.wetPoints, settings.wetApart);
    }

    List<Integer> dryCells() {
      int[] depth = dryDepth();
      Comparator<Integer> deepest = Comparator.comparingInt(cell -> -depth[cell]);
      List<Integer> candidates =
          cells(
              cell -> depth[cell] > 0 && depth[cell] >= settings.dryDepth,
              deepest.thenComparing(cell -> wet[cell]));
      return spread(candidates, settings.dryPoints, settings.dryApart);
    }

    /**
     * Of each cell the distance to the nearest that is not dry; 0 where it is not dry itself, the
     * number of rows where all are dry. By two sweeps: chessboard distance is the shortest way over
     * neighbours.
     */
    int[] dryDepth() {
      int[] depth = new int[wet.length];
      for (int i = 0; i < depth.length; i++) {
        depth[i] = wet[i] < settings.dryBelow ? rows + columns : 0;
      }
      for (int i = 0; i < depth.length; i++) {
        depth[i] = Math.min(depth[i], 1 + nearest(depth, i, -1));
      }
      for (int i = depth.length - 1; i >= 0; i--) {
        depth[i] = Math.min(depth[i], 1 + nearest(depth, i, 1));
      }
      for (int i = 0; i < depth.length; i++) {
        depth[i] = depth[i] >= rows + columns ? rows : depth[i];
      }
      return depth;
    }

    /** The least depth among the four neighbours that lie {@code behind} (1) or before (-1). */
    private int nearest(int[] depth, int cell, int behind) {
      int row = cell / columns;
      int column = cell % columns;
      int least = depthAt(depth, row, column + behind);
      for (int c = column - 1; c <= column + 1; c++) {
        least = Math.min(least, depthAt(depth, row + behind, c));
      }
      return least;
    }

    private int depthAt(int[] depth, int row, int column) {
      boolean within = row >= 0 && row < rows && column >= 0 && column < columns;
      return within ? depth[row * columns + column] : rows + columns; // beyond the frame: no matter
    }

    List<Detection.Body> bodies() {
      List<Detection.Body> kept = new ArrayList<>();
      for (int cell : byScore(c -> score[c] >= settings.boxLeast)) {
        Detection.Body body = body(cell);
        if (kept.stream().allMatch(other -> body.overlap(other) < settings.boxNms)) {
          kept.add(body);
          if (kept.size() == settings.boxes) {
            break;
          }
        }
      }
      return kept;
    }

    private Detection.Body body(int cell) {
      double x = (cell % columns + 0.5) / columns;
      double y = (cell / columns + 0.5) / rows;
      return new Detection.Body(
          Math.max(0, x - maps[LEFT * wet.length + cell]),
          Math.max(0, y - maps[TOP * wet.length + cell]),
          Math.min(1, x + maps[RIGHT * wet.length + cell]),
          Math.min(1, y + maps[BOTTOM * wet.length + cell]),
          score[cell]);
    }

    private List<Integer> byScore(IntPredicate chosen) {
      return cells(chosen, Comparator.comparing(cell -> -score[cell]));
    }

    /** The chosen cells in this order, ties in the order of their numbers: by row, then column. */
    private List<Integer> cells(IntPredicate chosen, Comparator<Integer> order) {
      return IntStream.range(0, wet.length).filter(chosen).boxed().sorted(order).toList();
    }

    /** The first {@code most} of the cells that keep {@code apart} from each other. */
    private List<Integer> spread(List<Integer> cells, int most, int apart) {
      List<Integer> taken = new ArrayList<>();
      for (int cell : cells) {
        if (taken.size() < most && taken.stream().allMatch(t -> distance(t, cell) >= apart)) {
          taken.add(cell);
        }
      }
      return taken;
    }

    private int distance(int a, int b) {
      return Math.max(Math.abs(a / columns - b / columns), Math.abs(a % columns - b % columns));
    }

    /** The cell's centre in pixels of the input; a pixel's own centre is at its whole number. */
    private Point centre(int cell, boolean isWet) {
      float width = (float) inputSize / columns;
      float height = (float) inputSize / rows;
      return new Point(
          width * (cell % columns) + width / 2 - 0.5f,
          height * (cell / columns) + height / 2 - 0.5f,
          isWet);
    }
  }

  private static float sigmoid(float x) {
    return 1 / (1 + (float) Math.exp(-x));
  }
}
