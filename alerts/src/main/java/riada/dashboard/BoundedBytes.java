package riada.dashboard;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A map that holds at most so many bytes and drops what was least recently used. One thread owns
 * it.
 */
final class BoundedBytes<K, V> {
  private final long limit;
  private final ToIntFunction<V> size;
  private final Map<K, V> entries = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;

  /**
   * @param limit in bytes
   * @param size of a value, in bytes
   */
  BoundedBytes(long limit, ToIntFunction<V> size) {
    this.limit = limit;
    this.size = size;
  }

  @Nullable V get(K key) {
    return entries.get(key);
  }

  /** Puts a value in and returns the keys that had to go; the new one too when it is too large. */
  List<K> put(K key, V value) {
    remove(key);
    entries.put(key, value);
    bytes += size.applyAsInt(value);
    List<K> dropped = new ArrayList<>();
    for (Iterator<Map.Entry<K, V>> it = entries.entrySet().iterator();
        bytes > limit && it.hasNext(); ) {
      Map.Entry<K, V> eldest = it.next();
      bytes -= size.applyAsInt(eldest.getValue());
      dropped.add(eldest.getKey());
      it.remove();
    }
    return dropped;
  }

  /** Takes a value out and returns it; null when there was none. */
  @Nullable V remove(K key) {
    V old = entries.remove(key);
    if (old != null) {
      bytes -= size.applyAsInt(old);
    }
    return old;
  }

  int size() {
    return entries.size();
  }

  List<K> keys() {
    return List.copyOf(entries.keySet());
  }

  long bytes() {
    return bytes;
  }
}
