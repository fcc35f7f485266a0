package riada.stream;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The contributions of the tiles to their regions, and each region's sums over them, which are
 * rebuilt from the store when they are first asked for. Owned by one thread.
 */
final class RegionSums {
  /** Store of contributions: region id, NUL and tile. */
  static final String STORE = "contributions";

  private static final StringSerializer KEYS = new StringSerializer();

  private final KeyValueStore<String, Contribution> contributions;
  private final Map<String, RegionState> states = new HashMap<>();

  RegionSums(KeyValueStore<String, Contribution> contributions) {
    this.contributions = contributions;
  }

  /** The sums of a region as it is defined now. */
  RegionState of(RegionDefinition definition) {
    String region = definition.getRegion().getId();
    RegionState known = states.get(region);
    if (known != null) {
      return known;
    }
    RegionState state = new RegionState(definition, taker -> each(region, taker));
    each(region, state::add);
    states.put(region, state);
    return state;
  }

  /** The sums with what a tile contributes now, in the place of what it did before. */
  RegionState count(RegionDefinition definition, Contribution contribution) {
    RegionState state = of(definition);
    String key = key(contribution.getRegionId(), contribution.getTile());
    Contribution before = contributions.get(key);
    state.replace(before, contribution);
    contributions.put(key, contribution);
    return state;
  }

  /** The region was changed or deleted: its tiles will report anew, or never again. */
  void forget(String region) {
    states.remove(region);
    List<String> keys = new ArrayList<>(); // as many as tiles: a region has at most 100,000
    each(region, gone -> keys.add(key(region, gone.getTile())));
    keys.forEach(contributions::delete);
  }

  /**
   * The figures as of {@code asOfMs}. Patches that are asked for are looked at only where their
   * flood could raise: in an open incident nothing asks for them.
   */
  Figures at(RegionDefinition definition, long asOfMs, boolean isOpen) {
    RegionState state = of(definition);
    Figures figures = state.at(asOfMs);
    long raiseCm2 = Limits.of(definition).raiseCm2();
    boolean asked =
        !isOpen
            && Limits.cm2(definition.getRegion().getMinPatchKm2()) > 0
            && Limits.reaches(figures.floodCm2(), raiseCm2);
    return asked ? figures.mapped(state.mappedCm2(raiseCm2)) : figures;
  }

  private void each(String region, Consumer<Contribution> taker) {
    try (KeyValueIterator<String, Contribution> all =
        contributions.prefixScan(key(region, ""), KEYS)) {
      all.forEachRemaining(entry -> taker.accept(entry.value));
    }
  }

  private static String key(String region, String tile) {
    return region + "\0" + tile;
  }
}
