package riada.stream;

import java.util.Map;
import java.util.Properties;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/**
 * One block cache and one limit of write buffers for all RocksDB stores of a process: without it
 * each store takes its own. Whoever starts the streams owns it and closes it after them.
 */
final class RocksDbMemory implements AutoCloseable {
  private static final String KEY = "riada.rocksdb.memory";

  private final LRUCache cache;
  private final WriteBufferManager writeBuffers;

  /**
   * @param bytes for blocks, indexes, filters and write buffers together
   */
  RocksDbMemory(long bytes) {
    org.rocksdb.RocksDB.loadLibrary();
    this.cache = new LRUCache(bytes);
    this.writeBuffers = new WriteBufferManager(bytes / 2, cache);
  }

  /** Makes the stores that run with {@code settings} use this memory. */
  void install(Properties settings) {
    settings.put(KEY, this);
    settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, Setter.class);
  }

  @Override
  public void close() {
    writeBuffers.close();
    cache.close();
  }

  /** Kafka Streams makes one for each store; it must be public with no arguments. */
  public static final class Setter implements RocksDBConfigSetter {
    private static final long WRITE_BUFFER_BYTES = 4 << 20;

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
      RocksDbMemory memory = (RocksDbMemory) configs.get(KEY);
      if (memory == null) {
        throw new IllegalStateException("no shared RocksDB memory was installed");
      }
      BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
      table.setBlockCache(memory.cache);
      table.setCacheIndexAndFilterBlocks(true);
      options.setTableFormatConfig(table);
      options.setWriteBufferManager(memory.writeBuffers);
      options.setWriteBufferSize(WRITE_BUFFER_BYTES);
      options.setMaxWriteBufferNumber(2);
    }

    @Override
    public void close(String storeName, Options options) {
      // The memory is shared: it outlives every single store.
    }
  }
}
