package riada.simulate;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Villages with streets, houses and car parks, and the roads that join the edges of the world. */
final class Buildings {
  private static final float CELL_U = 19;
  private static final float CELL_V = 16;

  private final int seed;
  private final Look look;
  private final List<Village> villages = new ArrayList<>();
  private final List<Road> roads = new ArrayList<>();

  /** A village: streets along (cos, sin); houses thin out towards the radius, in pixels. */
  private record Village(float x, float y, float radius, float cos, float sin) {}

  /** A road across the world: where it runs for each pixel along its way, and half its width. */
  private static final class Road {
    private final boolean northSouth;
    private final float half;
    private final float[] course; // pixels across, one for each pixel along

    Road(SplittableRandom random, boolean northSouth, int length, int span) {
      this.northSouth = northSouth;
      this.half = (float) random.nextDouble(1.6, 3.4);
      this.course = new float[length + 2];
      double offset = span * random.nextDouble(0.1, 0.9);
      double swing = random.nextDouble(20, 110);
      double wave = random.nextDouble(160, 420);
      double phase = random.nextDouble(0, 6.28);
      for (int i = 0; i < course.length; i++) {
        course[i] = (float) (offset + swing * StrictMath.sin(i / wave + phase));
      }
    }
  }

  Buildings(int seed, Look look, Drainage drainage, int width, int height) {
    this.seed = seed;
    this.look = look;
    SplittableRandom random = new SplittableRandom(seed * 17L + 3);
    int wanted = Math.max(2, width * height / 330_000);
    for (int tries = 0; villages.size() < wanted && tries < 400; tries++) {
      float x = (float) random.nextDouble(0, width);
      float y = (float) random.nextDouble(0, height);
      float edge = drainage.edge(x, y);
      // Every second village stands in the plain, where the flood comes.
      boolean fits =
          villages.size() % 2 == 0
              ? edge > 40 && edge < 180
              : edge > 180 && drainage.ground(x, y) < 25;
      if (fits && villages.stream().noneMatch(v -> StrictMath.hypot(v.x - x, v.y - y) < 260)) {
        double angle = random.nextDouble(-0.7, 0.7);
        villages.add(
            new Village(
                x,
                y,
                (float) random.nextDouble(70, 170),
                (float) StrictMath.cos(angle),
                (float) StrictMath.sin(angle)));
      }
    }
    int count = Math.max(2, (width + height) / 1100);
    for (int i = 0; i < count; i++) {
      boolean northSouth = i % 2 == 0;
      roads.add(
          northSouth
              ? new Road(random, true, height, width)
              : new Road(random, false, width, height));
    }
  }

  /** Roads; those from north to south bridge the river, the others end at it. */
  void paintRoad(float x, float y, float edge, Spot spot) {
    for (int i = 0; i < roads.size(); i++) {
      Road road = roads.get(i);
      float along = road.northSouth ? y : x;
      float across = road.northSouth ? x : y;
      float course = road.course[(int) along];
      float off = Math.abs(across - course);
      if (off > 14 * road.half) {
        continue;
      }
      float slope = road.course[(int) along + 1] - course;
      float distance = off / (float) Math.sqrt(1 + slope * slope);
      if (distance > road.half + 1.4f || !road.northSouth && edge < 10) {
        continue;
      }
      if (distance > road.half) {
        if (edge > 4) {
          spot.set(Look.mix(look.dryGrass(), spot.rgb, 0.4f), 0);
          spot.stands = 0;
        }
        continue;
      }
      float dash = along / 9 - (float) Math.floor(along / 9);
      boolean line = distance < 0.5f && road.half > 2.4f && dash < 0.5f;
      spot.set(
          line ? 0xd8d8d0 : Look.light(look.asphalt(), edge < 4 ? 1.25f : 1), seed + 60 + i | 1);
      spot.stands = edge < 4 ? 15 : 0.25f; // a bridge, or a low bank
    }
  }

  /** Villages; does nothing far from them. */
  void paintVillage(float x, float y, float edge, Spot spot) {
    for (int i = 0; i < villages.size(); i++) {
      Village village = villages.get(i);
      float dx = x - village.x;
      float dy = y - village.y;
      float reach = (dx * dx + dy * dy) / (village.radius * village.radius);
      if (reach > 1.4f || edge < 14) {
        continue;
      }
      float ragged = reach + 0.35f * Noise.value(seed + 41, x / 40, y / 40);
      if (ragged < 1) {
        float u = dx * village.cos + dy * village.sin;
        float v = dy * village.cos - dx * village.sin;
        paintStreets(u, v, i * 1000, ragged, spot);
      }
    }
  }

  private void paintStreets(float u, float v, int village, float ragged, Spot spot) {
    float fu = u / CELL_U;
    float fv = v / CELL_V;
    int iu = (int) Math.floor(fu);
    int iv = (int) Math.floor(fv);
    float inU = (fu - iu) * CELL_U;
    float inV = (fv - iv) * CELL_V;
    boolean street =
        Math.floorMod(iv, 2) == 0 && inV < 3.2f || Math.floorMod(iu, 4) == 0 && inU < 3;
    if (street) {
      spot.set(Look.light(look.asphalt(), 1.15f), seed + 80 | 1);
      spot.stands = 0;
      return;
    }
    int plot = Noise.hash(seed + 42 + village, iu, iv);
    float kind = Noise.unit(plot, 0, 0);
    spot.stands = 0;
    if (kind < 0.05f) { // a car park
      spot.set(Look.light(look.asphalt(), 0.8f), plot | 1);
      return;
    }
    float garden = 0.9f + 0.25f * Noise.value(seed + 43, u / 5, v / 5);
    spot.set(Look.light(Look.mix(look.meadow(), look.dryGrass(), kind), garden), 0);
    if (kind > 0.98f - 0.35f * ragged * ragged) {
      return; // an empty plot
    }
    float halfU = 3.4f + 4 * Noise.unit(plot, 1, 0);
    float halfV = 2.8f + 2.4f * Noise.unit(plot, 2, 0);
    float ou = inU - CELL_U / 2 - 1;
    float ov = inV - CELL_V / 2 - 1.2f;
    if (Math.abs(ou) < halfU && Math.abs(ov) < halfV) {
      float side = ov < 0 ? 1.12f : 0.86f; // two sides of a ridge
      spot.set(Look.light(look.roofs().pick(plot), side), plot | 1);
      spot.stands = 15;
    } else if (Math.abs(ou - 2) < halfU && Math.abs(ov - 2) < halfV) {
      spot.rgb = Look.light(spot.rgb, 0.55f); // the house's own shadow
    }
  }
}
