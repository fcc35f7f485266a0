package riada.simulate;

import riada.mask.Mask;

/** Numbers the connected patches of a flood and lays them over the land's objects. */
final class Patches {
  private Patches() {}

  /**
   * @param land numbers of the land's objects, left as they are
   * @return the same with each 4-connected patch of {@code flood} numbered from {@link
   *     TileGround#MAX_LAND_OBJECTS} + 1 in reading order (small ones past 255 are 0), and 0 under
   *     {@code cloud}
   */
  static byte[] label(byte[] land, Mask flood, Mask cloud) {
    byte[] objects = land.clone();
    int size = TileGround.SIZE;
    boolean[] seen = new boolean[TileGround.CELLS];
    int[] stack = new int[TileGround.CELLS];
    int number = TileGround.MAX_LAND_OBJECTS;
    for (int start = 0; start < TileGround.CELLS; start++) {
      if (seen[start] || !flood.get(start % size, start / size)) {
        continue;
      }
      int found = fill(start, flood, seen, stack);
      boolean named = found >= 40 && number < 255;
      number += named ? 1 : 0;
      byte id = (byte) (named ? number : 0);
      for (int i = 0; i < found; i++) {
        objects[stack[i]] = id;
      }
    }
    boolean clear = cloud.isEmpty();
    for (int at = 0; at < TileGround.CELLS && !clear; at++) {
      objects[at] = cloud.get(at % size, at / size) ? 0 : objects[at];
    }
    return objects;
  }

  /** Leaves the patch's cells in {@code patch} and returns how many they are. */
  private static int fill(int start, Mask flood, boolean[] seen, int[] patch) {
    int size = TileGround.SIZE;
    int found = 1;
    patch[0] = start;
    seen[start] = true;
    int[] steps = {-1, 1, -size, size};
    for (int i = 0; i < found; i++) {
      for (int step : steps) {
        int next = patch[i] + step;
        boolean inside =
            next >= 0
                && next < TileGround.CELLS
                && (step == size || step == -size || next / size == patch[i] / size);
        if (inside && !seen[next] && flood.get(next % size, next / size)) {
          seen[next] = true;
          patch[found++] = next;
        }
      }
    }
    return found;
  }
}
