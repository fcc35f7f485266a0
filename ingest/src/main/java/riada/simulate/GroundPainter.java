package riada.simulate;

import java.util.HashMap;
import java.util.Map;

/** Draws the unchanging part of a tile from its seed; pure, so that tiles meet without an edge. */
final class GroundPainter {
  private final int seed;
  private final Look look;
  private final Drainage drainage;
  private final Lakes lakes;
  private final Fields fields;
  private final Buildings buildings;

  GroundPainter(int seed, Look look, Drainage drainage, Lakes lakes, Buildings buildings) {
    this.seed = seed;
    this.look = look;
    this.drainage = drainage;
    this.lakes = lakes;
    this.fields = new Fields(seed, look);
    this.buildings = buildings;
  }

  /** The tile whose north-west pixel is ({@code left}, {@code top}) in the world. */
  TileGround paint(int left, int top) {
    TileGround tile = new TileGround();
    Numbers numbers = new Numbers();
    Spot spot = new Spot();
    for (int row = 0; row < TileGround.SIZE; row++) {
      for (int column = 0; column < TileGround.SIZE; column++) {
        int at = row * TileGround.SIZE + column;
        float level = paintSpot(left + column + 0.5f, top + row + 0.5f, spot);
        tile.land[at] = spot.rgb;
        tile.level[at] =
            (short) Math.max(TileGround.LAKE, Math.min(30_000, Math.round(level * 100)));
        tile.objects[at] = (byte) numbers.of(spot.object);
      }
    }
    return tile;
  }

  /** Fills the spot and returns the stage in metres from which on it is under water. */
  private float paintSpot(float x, float y, Spot spot) {
    float edge = drainage.edge(x, y);
    float ground = drainage.ground(x, y);
    float level = drainage.spill(x, y);
    float ragged = edge;
    if (edge > -12 && edge < 12) {
      // Ragged banks, but never a brook that is cut.
      float bank = 3.5f * Noise.fractal(seed + 14, x / 17, y / 17, 2);
      ragged += Math.min(0.45f * Math.min(12 - edge, 12 + edge), 1) * bank;
      level = ragged < 0 ? Math.min(level, -0.2f + ragged * 0.08f) : Math.max(level, 0.12f);
    }
    if (level > 0 && level < 5) {
      level = Math.max(0.06f, level + 0.16f * Noise.fractal(seed + 15, x / 13, y / 13, 3));
    }
    spot.stands = 0;
    int lake = lakes.lake(x, y);
    if (lake > 0 || level < 0) {
      level = lake > 0 ? TileGround.LAKE : level;
      spot.set(Look.mix(look.soil(), look.forest(), 0.3f), lake > 0 ? -100 - lake : -1);
      if (lake == 0) {
        buildings.paintRoad(x, y, edge, spot);
      }
      return level + spot.stands;
    }
    fields.paintParcel(x, y, spot);
    float rough = Noise.smooth(7, 20, ground);
    if (rough > 0) { // hills are pasture
      float dry = 0.5f + Noise.fractal(seed + 16, x / 70, y / 70, 3);
      int pasture = Look.mix(look.meadow(), look.dryGrass(), Math.min(1, Math.max(0, dry)));
      spot.set(Look.mix(spot.rgb, pasture, rough), rough > 0.5f ? 0 : spot.object);
    }
    float wood = fields.wood(x, y, edge, ground);
    if (wood > 0) {
      fields.paintWood(x, y, wood, spot);
    }
    if (ragged < 7 && ragged < 2 + 5 * Noise.value(seed + 17, x / 60, y / 60)) { // bars and beaches
      spot.set(Look.mix(spot.rgb, look.sand(), 0.75f), 0);
      spot.stands = 0;
    }
    buildings.paintVillage(x, y, edge, spot);
    buildings.paintRoad(x, y, edge, spot);
    shade(x, y, spot);
    return level + spot.stands;
  }

  private void shade(float x, float y, Spot spot) {
    float east = drainage.ground(x + 5, y) - drainage.ground(x - 5, y);
    float south = drainage.ground(x, y + 5) - drainage.ground(x, y - 5);
    float relief = 1 + Math.max(-0.3f, Math.min(0.3f, 0.16f * (east + south)));
    // Aerial colours are paler than a paint box.
    spot.rgb = Look.light(pale(spot.rgb), relief);
  }

  private static int pale(int rgb) {
    int grey = ((rgb >> 16 & 255) * 77 + (rgb >> 8 & 255) * 151 + (rgb & 255) * 28) >> 8;
    return Look.mix(rgb, grey * 0x010101, 0.22f);
  }

  /** Numbers the objects of one tile in the order in which they are met. */
  private static final class Numbers {
    private final Map<Integer, Integer> known = new HashMap<>();
    private int last;
    private int lastNumber;

    int of(int object) {
      if (object == last) { // most neighbours: no look-up, no boxing
        return lastNumber;
      }
      last = object;
      lastNumber =
          object == 0
              ? 0
              : known.computeIfAbsent(
                  object, key -> known.size() < TileGround.MAX_LAND_OBJECTS ? known.size() + 1 : 0);
      return lastNumber;
    }
  }
}
