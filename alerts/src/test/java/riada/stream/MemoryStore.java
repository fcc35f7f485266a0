package riada.stream;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import riada.proto.ProtoSerde;

/** A store as the topology has them, keys in the same order, in memory and with nothing beneath. */
final class MemoryStore {
  private MemoryStore() {}

  static <M extends MessageLite> KeyValueStore<String, M> of(Parser<M> parser) {
    KeyValueStore<String, M> store =
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore("store"), Serdes.String(), ProtoSerde.of(parser))
            .withLoggingDisabled()
            .build();
    store.init(new MockProcessorContext<>().getStateStoreContext(), store);
    return store;
  }
}
