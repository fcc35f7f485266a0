package riada.stream;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import riada.geo.TileId;
import riada.proto.BadInput;

/**
 * The tiles' states as the store holds them, the last used of them in memory, so that a change does
 * not read its whole tile again. Whoever changes the one changes the other. Owned by one thread.
 */
final class TileStates {
  private static final StringSerializer KEYS = new StringSerializer();

  private final KeyValueStore<String, TileInput> inputs;
  private final long maxBytes;
  private final LinkedHashMap<String, Held> used = new LinkedHashMap<>(64, 0.75f, true);
  private final Map<String, Long> bytes = new LinkedHashMap<>();
  private long allBytes;

  private record Held(TileState state, TileLayers layers) {}

  /**
   * @param maxBytes about how much memory the states may take; the one in use may be larger
   */
  TileStates(KeyValueStore<String, TileInput> inputs, long maxBytes) {
    this.inputs = inputs;
    this.maxBytes = maxBytes;
  }

  /** The state of a tile, to be given back to {@link #settle} once it was changed. */
  TileState of(String tile) {
    return held(tile).state;
  }

  /** The layers that the tile's planes are made of; they keep themselves in the store. */
  TileLayers layers(String tile) {
    return held(tile).layers;
  }

  private Held held(String tile) {
    Held known = used.get(tile);
    if (known == null) {
      known = new Held(read(tile), new TileLayers(inputs, tile, TileLayers.KEPT));
      used.put(tile, known);
    }
    return known;
  }

  private TileState read(String tile) {
    TileState state = new TileState(tileId(tile));
    try (KeyValueIterator<String, TileInput> all = inputs.prefixScan(tile + "|", KEYS)) {
      while (all.hasNext()) {
        state.add(all.next().value);
      }
    }
    return state;
  }

  /** Takes note of a tile's size, and forgets those that were used longest ago. */
  void settle(TileState state) {
    String tile = state.tile().toString();
    long now = state.bytes() + layers(tile).bytes();
    Long before = bytes.put(tile, now);
    allBytes += now - (before == null ? 0 : before);
    List<String> gone = new ArrayList<>();
    for (Iterator<String> eldest = used.keySet().iterator();
        allBytes > maxBytes && eldest.hasNext(); ) {
      String name = eldest.next();
      Long size = bytes.remove(name);
      allBytes -= size == null ? 0 : size;
      gone.add(name);
    }
    gone.forEach(used::remove);
  }

  static TileId tileId(String tile) {
    try {
      return TileId.parse(tile);
    } catch (BadInput e) {
      throw new IllegalStateException("an intake let pass a tile that is none", e);
    }
  }
}
