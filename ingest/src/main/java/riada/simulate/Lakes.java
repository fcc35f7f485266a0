package riada.simulate;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Standing water that is always there. */
final class Lakes {
  private final int seed;
  private final List<Lake> lakes = new ArrayList<>();

  private record Lake(float x, float y, float radius, float stretch, float cos, float sin) {}

  Lakes(int seed, Drainage drainage, int width, int height, int count, float largest) {
    this.seed = seed;
    SplittableRandom random = new SplittableRandom(seed * 13L + 1);
    for (int tries = 0; lakes.size() < count && tries < 400; tries++) {
      float x = (float) random.nextDouble(0, width);
      float y = (float) random.nextDouble(0, height);
      float radius = (float) random.nextDouble(0.25, 1) * largest;
      double angle = random.nextDouble(0, 3.14);
      if (drainage.edge(x, y) > radius + 45) {
        lakes.add(
            new Lake(
                x,
                y,
                radius,
                (float) random.nextDouble(0.45, 1),
                (float) StrictMath.cos(angle),
                (float) StrictMath.sin(angle)));
      }
    }
  }

  /** Index of the lake at a place from 1, or 0. */
  int lake(float x, float y) {
    for (int i = 0; i < lakes.size(); i++) {
      Lake lake = lakes.get(i);
      float dx = x - lake.x;
      float dy = y - lake.y;
      if (Math.abs(dx) < 1.5f * lake.radius && Math.abs(dy) < 1.5f * lake.radius) {
        float u = (dx * lake.cos + dy * lake.sin) / lake.radius;
        float v = (dy * lake.cos - dx * lake.sin) / (lake.radius * lake.stretch);
        if (u * u + v * v + 0.5f * Noise.fractal(seed + 51, x / 55, y / 55, 3) < 1) {
          return i + 1;
        }
      }
    }
    return 0;
  }
}
