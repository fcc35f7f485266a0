package riada.eval;

import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import riada.mask.Mask;
import riada.sam.Frame;
import riada.sam.LogitPlane;
import riada.sam.Pixels;
import riada.sam.Prompts.Point;
import riada.sam.Window;
import riada.segmenter.Clicks;
import riada.segmenter.WaterModel;

/**
 * Whether one click changes what it points at and nothing else. Regions are what has the colour
 * around a place that is drawn at random: no truth is needed, and none explains what the click
 * asks. Each is to be the other way than most of it is on the automatic mask; the click is at the
 * pole of what is to change, asked as an operator's correction of the automatic mask would be.
 */
final class Edits {
  /** Cells along each side on which regions are made and counted. */
  static final int GRID = 128;

  private static final int REGIONS = 4;
  private static final int TRIES = 40;

  /** Cells that a region has at least and at most: 0.2 % and 15 % of the frame. */
  private static final int LEAST = GRID * GRID / 500;

  private static final int MOST = GRID * GRID * 15 / 100;

  /** Grey levels, over the three channels, that a cell of a region may be from the first one. */
  private static final int ALIKE = 30;

  private Edits() {}

  /**
   * What one click did.
   *
   * @param obeys whether the clicked cell is as asked
   * @param asked share of the cells to be changed that were
   * @param others share of the cells outside the region that were changed
   */
  record Edit(boolean obeys, double asked, double others) {}

  /**
   * Edits regions of the picture that the model encoded last.
   *
   * @param automatic logits of its automatic mask, where the detector sees water
   */
  static List<Edit> of(WaterModel model, Optional<LogitPlane> automatic, Pixels picture, long seed)
      throws OrtException {
    Mask start = new Mask(GRID, GRID);
    LogitPlane screen = null;
    if (automatic.isPresent()) {
      screen = automatic.get();
      start = model.water(screen, Window.ALL, GRID, GRID);
    }
    Frame frame = model.frame().inPixelsOf(GRID, GRID);
    List<Edit> edits = new ArrayList<>();
    for (Mask region : regions(picture, seed)) {
      boolean wet = 2 * start.copy().and(region).count() <= region.count();
      Mask toChange = wet ? region.copy().andNot(start) : region.copy().and(start);
      Point click = pole(toChange, wet);
      LogitPlane answer = Clicks.on(model, screen, 0).click(frame.onInput(click));
      edits.add(edit(start, model.water(answer, Window.ALL, GRID, GRID), region, toChange, click));
    }
    return edits;
  }

  private static Point pole(Mask mask, boolean wet) {
    WaterBodies bodies = new WaterBodies(mask);
    WaterBodies.Cell pole = bodies.pole(bodies.largestFirst().get(0));
    return new Point(pole.x(), pole.y(), wet);
  }

  /** What a click did to the mask {@code start}. */
  static Edit edit(Mask start, Mask after, Mask region, Mask toChange, Point click) {
    Mask changed = after.copy().andNot(start).or(start.copy().andNot(after));
    Mask others = region.copy().not();
    return new Edit(
        after.get((int) click.x(), (int) click.y()) == click.wet(),
        (double) changed.copy().and(toChange).count() / toChange.count(),
        (double) changed.and(others).count() / Math.max(1, others.count()));
  }

  /** At most {@value #REGIONS} regions of one colour, neither specks nor half the picture. */
  static List<Mask> regions(Pixels picture, long seed) {
    int[][] colours = colours(picture);
    SplittableRandom random = new SplittableRandom(seed);
    List<Mask> regions = new ArrayList<>();
    for (int i = 0; i < TRIES && regions.size() < REGIONS; i++) {
      int x = random.nextInt(GRID);
      int y = random.nextInt(GRID);
      if (regions.stream().noneMatch(other -> other.get(x, y))) {
        Mask region = alike(colours, x, y);
        int cells = region.count();
        if (cells >= LEAST && cells <= MOST) {
          regions.add(region);
        }
      }
    }
    return regions;
  }

  /** Mean colour of 3 x 3 places of each cell: noise makes no regions. */
  private static int[][] colours(Pixels picture) {
    int[][] colours = new int[GRID * GRID][3];
    for (int i = 0; i < colours.length; i++) {
      for (int k = 0; k < 9; k++) {
        int x = (int) ((i % GRID + (k % 3 + 0.5) / 3) * picture.width() / GRID);
        int y = (int) ((i / GRID + (k / 3 + 0.5) / 3) * picture.height() / GRID);
        for (int c = 0; c < 3; c++) {
          colours[i][c] += picture.get(x, y, c);
        }
      }
      for (int c = 0; c < 3; c++) {
        colours[i][c] /= 9;
      }
    }
    return colours;
  }

  /** The cells that are connected with one by cells that look like it. */
  private static Mask alike(int[][] colours, int x, int y) {
    int[] first = colours[y * GRID + x];
    Mask like = new Mask(GRID, GRID);
    for (int i = 0; i < colours.length; i++) {
      int[] colour = colours[i];
      int far = 0;
      for (int c = 0; c < 3; c++) {
        far += Math.abs(colour[c] - first[c]);
      }
      if (far <= ALIKE) {
        like.set(i % GRID, i / GRID);
      }
    }
    WaterBodies bodies = new WaterBodies(like);
    return bodies.largestFirst().stream()
        .map(bodies::cells)
        .filter(cells -> cells.get(x, y))
        .findFirst()
        .orElseThrow();
  }
}
