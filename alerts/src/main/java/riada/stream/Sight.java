package riada.stream;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import riada.mask.EdgeCode;
import riada.mask.Mask;

/**
 * What one pass saw of a tile at one instant: its planes, one for each zoom that it came in.
 *
 * @param planes at least one, the finest first: it is on top
 */
record Sight(PassKey pass, List<Plane> planes) {
  Sight {
    planes = List.copyOf(planes);
  }

  /**
   * @param planes by {@link LayerOrder#NEWEST_FIRST}
   * @return newest first
   */
  static List<Sight> of(Collection<Plane> planes) {
    List<Sight> sights = new ArrayList<>();
    List<Plane> together = new ArrayList<>();
    for (Plane plane : planes) {
      if (!together.isEmpty() && !PassKey.of(together.get(0)).equals(PassKey.of(plane))) {
        sights.add(new Sight(PassKey.of(together.get(0)), together));
        together.clear();
      }
      together.add(plane);
    }
    if (!together.isEmpty()) {
      sights.add(new Sight(PassKey.of(together.get(0)), together));
    }
    return sights;
  }

  /**
   * Tells what was seen.
   *
   * @param valid becomes the cells that were seen
   * @param water becomes those of them that were wet
   */
  void paint(Mask valid, Mask water) {
    Plane bottom = planes.get(planes.size() - 1);
    EdgeCode.decode(bottom.getValid(), valid.clear());
    EdgeCode.decode(bottom.getWater(), water.clear());
    for (int i = planes.size() - 2; i >= 0; i--) { // rare: one pass in tiles of several zooms
      Planes.paint(planes.get(i), valid, water);
    }
  }
}
