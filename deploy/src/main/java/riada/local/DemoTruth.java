package riada.local;

import java.time.Instant;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import riada.eval.ConfusionMatrix;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;
import riada.proto.Reference;
import riada.proto.WaterMask;
import riada.simulate.Pass;
import riada.simulate.Shot;
import riada.simulate.Simulation;
import riada.simulate.Truth;
import riada.simulate.TruthGround;

/**
 * What is so in a simulation, and how near the masks came to it. Truth is worked out when it is
 * asked for: a demo asks after the load, which so does not pay for it. Owned by one thread.
 */
final class DemoTruth {
  /** Masks that are compared at most: a long demo must not take minutes to give its account. */
  static final int MOST_COMPARED = 1200;

  private final Simulation simulation;
  private final Map<String, Pass> passes = new HashMap<>(); // by scene
  private final int step;
  private final BitSet compared = new BitSet(); // by number of the shot
  private ConfusionMatrix quality = ConfusionMatrix.NONE;

  DemoTruth(Simulation simulation) {
    this.simulation = simulation;
    simulation.passes().forEach(pass -> passes.put(pass.scene(), pass));
    step = step(simulation.passes().size() * simulation.tiles().size(), simulation.tiles().size());
  }

  /** Every how many shots one is compared: no divisor of a pass, so that each tile has its turn. */
  static int step(int shots, int tiles) {
    int step = Math.max(1, (shots + MOST_COMPARED - 1) / MOST_COMPARED);
    while (step > 1 && greatestCommonDivisor(step, tiles) > 1) {
      step++;
    }
    return step;
  }

  private static int greatestCommonDivisor(int a, int b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }

  /** The id of the region that the simulation is watched in. */
  String region() {
    return simulation.region().getId();
  }

  /** The last pass at which the river stands highest. */
  Pass peak() {
    return simulation.passes().stream()
        .max(
            Comparator.<Pass>comparingDouble(pass -> pass.moment().stageM())
                .thenComparingInt(Pass::index))
        .orElseThrow();
  }

  /**
   * The flooded area of the region in km2, of passes up to and including {@code asOf}: for each
   * tile the exact masks back to where every cell was seen.
   */
  double floodedKm2(Instant asOf) {
    TruthGround ground = new TruthGround(simulation.ring());
    for (Reference reference : simulation.references()) {
      try {
        ground.reference(TileId.parse(reference.getTile()), RunLength.decode(reference.getWet()));
      } catch (BadInput e) {
        throw new IllegalStateException("the simulation's own reference is unreadable", e);
      }
    }
    List<Pass> oldestFirst = simulation.passes();
    for (TileId tile : simulation.tiles()) {
      Mask hidden = Mask.full(TileGrid.SIZE, TileGrid.SIZE);
      for (int i = oldestFirst.size() - 1; i >= 0 && !hidden.isEmpty(); i--) {
        Pass pass = oldestFirst.get(i);
        if (!pass.acquiredAt().isAfter(asOf)) {
          Truth truth = simulation.truth(new Shot(pass, tile));
          ground.observe(tile, pass.acquiredAt(), truth.water(), truth.valid());
          hidden.andNot(truth.valid());
        }
      }
    }
    return ground.floodedKm2(asOf);
  }

  /**
   * Holds a mask against the truth of its tile over the cells that the mask calls valid. A repeat,
   * a mask of another publisher and, in a long demo, all but every n-th are passed over.
   *
   * @throws BadInput when the mask's cells are unreadable
   */
  void compare(WaterMask mask) throws BadInput {
    Pass pass = passes.get(mask.getScene());
    if (pass == null || !mask.getPublisher().equals(Simulation.PUBLISHER)) {
      return;
    }
    Shot shot = new Shot(pass, TileId.parse(mask.getTile()));
    if (!simulation.tiles().contains(shot.tile())) {
      return;
    }
    int number = simulation.number(shot);
    if (number % step != 0 || compared.get(number)) {
      return;
    }
    Mask water = RunLength.decode(mask.getWater());
    Mask valid = RunLength.decode(mask.getValid());
    if (!isTile(water) || !isTile(valid)) {
      return;
    }
    quality = quality.plus(ConfusionMatrix.of(water, simulation.truth(shot).water(), valid));
    compared.set(number);
  }

  private static boolean isTile(Mask mask) {
    return mask.width() == TileGrid.SIZE && mask.height() == TileGrid.SIZE;
  }

  /** How many masks were compared. */
  int compared() {
    return compared.cardinality();
  }

  /** Intersection over union, pooled over the compared masks; empty when there was none. */
  Optional<Double> maskIou() {
    return compared.isEmpty() ? Optional.empty() : Optional.of(quality.iou());
  }
}
