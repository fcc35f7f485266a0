package riada.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import riada.mask.Mask;
import riada.sam.Prompts.Point;

/** Points that tell a model where water is and where not: drawn from a picture's truth. */
public final class TruthPoints {
  private static final int WET = 3;
  private static final int DRY = 2;

  private TruthPoints() {}

  /**
   * Three wet cells and two dry ones, none of a kind that the truth has not.
   *
   * @param number of the picture among those that are drawn with this seed
   * @return in cells of the truth, a cell's centre at its whole number
   */
  public static List<Point> draw(Mask truth, long seed, int number) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
    List<Point> points = new ArrayList<>();
    draw(truth, WET, random).forEach(c -> points.add(new Point(c.x(), c.y(), true)));
    draw(truth.not(), DRY, random).forEach(c -> points.add(new Point(c.x(), c.y(), false)));
    return points;
  }

  private static List<WaterBodies.Cell> draw(Mask from, int n, SplittableRandom random) {
    int all = from.count();
    List<WaterBodies.Cell> drawn = new ArrayList<>();
    for (int i = 0; i < n && all > 0; i++) {
      int skip = random.nextInt(all);
      int y = 0;
      while (skip >= from.countRow(y)) {
        skip -= from.countRow(y++);
      }
      int x = 0;
      while (!from.get(x, y) || skip-- > 0) {
        x++;
      }
      drawn.add(new WaterBodies.Cell(x, y));
    }
    return drawn;
  }
}
