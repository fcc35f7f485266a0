package riada.stream;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import riada.proto.Alert;
import riada.proto.Ground;
import riada.proto.ProtoSerde;
import riada.proto.Region;
import riada.proto.RegionStats;
import riada.proto.Topic;
import riada.proto.Topics;

/**
 * The way from masks to alerts, in three steps that each run by key:
 *
 * <ol>
 *   <li>intake: masks, regions and reference become facts about analysis tiles ({@link MaskIntake},
 *       {@link RegionIntake}, {@link ReferenceIntake}); what cannot be used becomes a dead letter;
 *   <li>by analysis tile: facts become ground and contributions to regions ({@link TileProcessor});
 *   <li>by region: contributions become figures and alerts ({@link IncidentProcessor}).
 * </ol>
 */
public final class FloodTopology {
  private static final Serde<String> KEY = Serdes.String();

  private FloodTopology() {}

  /** The topology for {@code config}. Pure: equal configurations give equal topologies. */
  public static Topology build(TopologyConfig config) {
    StreamsBuilder builder = new StreamsBuilder();
    builder.addStateStore(store(RegionIntake.STORE, Region.parser()));
    builder.addStateStore(store(TileProcessor.STORE, TileInput.parser()));
    builder.addStateStore(store(IncidentProcessor.CONTRIBUTIONS, Contribution.parser()));
    builder.addStateStore(store(IncidentProcessor.REGIONS, RegionLife.parser()));

    KStream<String, Sifted> masks =
        intake(builder, Topics.MASKS, "masks", () -> new MaskIntake(config));
    KStream<String, Sifted> references =
        intake(builder, Topics.REFERENCE, "reference", () -> new ReferenceIntake(config));
    KStream<String, Sifted> regions =
        intake(
            builder, Topics.REGIONS, "regions", () -> new RegionIntake(config), RegionIntake.STORE);

    KStream<String, Measured> measured =
        only(masks, Sifted.ForTile.class, "masks-by-tile")
            .merge(only(references, Sifted.ForTile.class, "reference-by-tile"), as("tiles-merge-1"))
            .merge(only(regions, Sifted.ForTile.class, "regions-by-tile"), as("tiles-merge-2"))
            .mapValues(Sifted.ForTile::input, as("tile-inputs-of"))
            .repartition(repartitioned("tile", TileInput.parser()))
            .process(TileProcessor::new, as("tiles"), TileProcessor.STORE);
    only(measured, Measured.OfGround.class, "ground-only")
        .mapValues(Measured.OfGround::ground, as("ground-of"))
        .to(Topics.GROUND.name(), produced("ground-sink", Ground.parser()));

    KStream<String, RegionInput> contributions =
        only(measured, Measured.OfRegion.class, "contributions-only")
            .mapValues(Measured.OfRegion::input, as("contributions-of"));
    KStream<String, Judged> judged =
        only(regions, Sifted.ForRegion.class, "definitions-only")
            .mapValues(Sifted.ForRegion::input, as("definitions-of"))
            .merge(contributions, as("regions-merge"))
            .repartition(repartitioned("region", RegionInput.parser()))
            .process(
                () -> new IncidentProcessor(config),
                as("incidents"),
                IncidentProcessor.CONTRIBUTIONS,
                IncidentProcessor.REGIONS);
    only(judged, Judged.OfStats.class, "stats-only")
        .mapValues(Judged.OfStats::stats, as("stats-of"))
        .to(Topics.STATS.name(), produced("stats-sink", RegionStats.parser()));
    only(judged, Judged.OfAlert.class, "alerts-only")
        .mapValues(Judged.OfAlert::alert, as("alerts-of"))
        .to(Topics.ALERTS.name(), produced("alerts-sink", Alert.parser()));
    return builder.build();
  }

  /** A source of raw bytes, its intake, and the sink of its dead letters. */
  private static KStream<String, Sifted> intake(
      StreamsBuilder builder,
      Topic topic,
      String name,
      ProcessorSupplier<byte[], byte[], String, Sifted> intake,
      String... stores) {
    Serde<byte[]> raw = Serdes.ByteArray();
    KStream<String, Sifted> sifted =
        builder.stream(
                topic.name(),
                Consumed.with(raw, raw)
                    // A producer's nonsense in the timestamp must not end the thread.
                    .withTimestampExtractor((record, before) -> Math.max(0, record.timestamp()))
                    .withName(name + "-source"))
            .process(intake, as(name + "-intake"), stores);
    only(sifted, Sifted.Dead.class, name + "-dead")
        .map((none, dead) -> KeyValue.pair(dead.key(), dead.value()), as(name + "-letters"))
        .to(
            Topics.deadLetters(topic).name(),
            Produced.<Bytes, Bytes>with(Serdes.Bytes(), Serdes.Bytes())
                .withName(name + "-dead-sink"));
    return sifted;
  }

  private static <V, T extends V> KStream<String, T> only(
      KStream<String, V> stream, Class<T> type, String name) {
    return stream
        .filter((key, value) -> type.isInstance(value), as(name))
        .mapValues(type::cast, as(name + "-cast"));
  }

  private static <M extends MessageLite> StoreBuilder<KeyValueStore<String, M>> store(
      String name, Parser<M> parser) {
    return Stores.keyValueStoreBuilder(
        Stores.persistentKeyValueStore(name), KEY, ProtoSerde.of(parser));
  }

  private static <M extends MessageLite> Repartitioned<String, M> repartitioned(
      String name, Parser<M> parser) {
    return Repartitioned.<String, M>as(name)
        .withKeySerde(KEY)
        .withValueSerde(ProtoSerde.of(parser));
  }

  private static <M extends MessageLite> Produced<String, M> produced(
      String name, Parser<M> parser) {
    return Produced.with(KEY, ProtoSerde.of(parser)).withName(name);
  }

  private static Named as(String name) {
    return Named.as(name);
  }
}
