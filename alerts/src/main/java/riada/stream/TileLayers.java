package riada.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The layers of one tile without their cells, by name: a plane's name, a bar and the observation;
 * so the newest come first. A tile made of finer ones has thousands. They stay in memory while they
 * are few; once they are more the store is asked for those that are wanted. Owned by one thread.
 */
final class TileLayers {
  /** The most layers of a tile that stay in memory. */
  static final int KEPT = 512;

  private static final StringSerializer KEYS = new StringSerializer();
  private static final long LAYER_BYTES = 1000; // about what one takes in memory

  private final KeyValueStore<String, TileInput> inputs;
  private final String prefix; // of their keys: they stand apart from what makes the picture
  private final int kept;
  private @Nullable NavigableMap<String, Layer> few; // all of them; null: they are too many

  /**
   * @param kept the most that stay in memory
   */
  TileLayers(KeyValueStore<String, TileInput> inputs, String tile, int kept) {
    this.inputs = inputs;
    this.prefix = "layer|" + tile + "|";
    this.kept = kept;
    NavigableMap<String, Layer> first = new TreeMap<>();
    for (KeyValue<String, Layer> layer : read("", kept + 1)) {
      first.put(layer.key, layer.value);
    }
    this.few = first.size() > kept ? null : first;
  }

  @Nullable Layer get(String name) {
    if (few != null) {
      return few.get(name);
    }
    TileInput input = inputs.get(prefix + name);
    return input == null ? null : input.getLayer();
  }

  /** In the store and in memory alike, in the place of the layer of this name. */
  void put(String name, Layer layer) {
    inputs.put(prefix + name, TileInput.newBuilder().setLayer(layer).build());
    if (few != null) {
      few.put(name, layer);
      few = few.size() > kept ? null : few;
    }
  }

  /** The newest first, at most so many. */
  List<Layer> newest(int most) {
    return few == null ? values(read("", most)) : few.values().stream().limit(most).toList();
  }

  /** Those of a plane by name, at most so many. */
  List<Layer> of(String plane, int most) {
    return few == null
        ? values(read(plane + "|", most))
        : part(few, plane).values().stream().limit(most).toList();
  }

  /** Takes away those of a plane: at most as many as a tile has parts of one zoom. */
  void remove(String plane) {
    List<String> names =
        few == null
            ? read(plane + "|", Integer.MAX_VALUE).stream().map(layer -> layer.key).toList()
            : List.copyOf(part(few, plane).keySet());
    for (String name : names) {
      inputs.delete(prefix + name);
      if (few != null) {
        few.remove(name);
      }
    }
  }

  /** About the memory that they take. */
  long bytes() {
    return few == null ? 0 : LAYER_BYTES * few.size();
  }

  private static NavigableMap<String, Layer> part(
      NavigableMap<String, Layer> layers, String plane) {
    return layers.subMap(plane + "|", true, plane + "}", false); // the bar's next
  }

  private static List<Layer> values(List<KeyValue<String, Layer>> layers) {
    return layers.stream().map(layer -> layer.value).toList();
  }

  private List<KeyValue<String, Layer>> read(String beginning, int most) {
    List<KeyValue<String, Layer>> found = new ArrayList<>();
    try (KeyValueIterator<String, TileInput> all = inputs.prefixScan(prefix + beginning, KEYS)) {
      while (found.size() < most && all.hasNext()) {
        KeyValue<String, TileInput> next = all.next();
        found.add(KeyValue.pair(next.key.substring(prefix.length()), next.value.getLayer()));
      }
    }
    return found;
  }
}
