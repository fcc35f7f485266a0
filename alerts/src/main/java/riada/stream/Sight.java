package riada.stream;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import riada.mask.Mask;

/**
 * What one pass saw of a tile at one instant: one layer, or as many as the pass has finer tiles
 * here. They are measured as one, so that a pass of thousands of them costs no more than one.
 *
 * @param layers at least one, the topmost first
 */
record Sight(PassKey pass, List<Layer> layers) {
  Sight {
    layers = List.copyOf(layers);
  }

  /**
   * @param layers by {@link LayerOrder#NEWEST_FIRST}
   * @return newest first
   */
  static List<Sight> of(Collection<Layer> layers) {
    List<Sight> sights = new ArrayList<>();
    List<Layer> together = new ArrayList<>();
    for (Layer layer : layers) {
      if (!together.isEmpty() && !PassKey.of(together.get(0)).equals(PassKey.of(layer))) {
        sights.add(new Sight(PassKey.of(together.get(0)), together));
        together.clear();
      }
      together.add(layer);
    }
    if (!together.isEmpty()) {
      sights.add(new Sight(PassKey.of(together.get(0)), together));
    }
    return sights;
  }

  /**
   * Paints what was seen over what {@code valid} and {@code water} held before.
   *
   * @param valid becomes the cells that were seen
   * @param water becomes those of them that were wet
   */
  void paint(Mask valid, Mask water) {
    valid.clear();
    water.clear();
    for (int i = layers.size() - 1; i >= 0; i--) { // the topmost is painted last
      Layer layer = layers.get(i);
      TileState.fill(layer.getValid(), valid);
      TileState.erase(layer.getValid(), water);
      TileState.fill(layer.getWater(), water); // an intake lets no water pass that is not valid
    }
  }
}
