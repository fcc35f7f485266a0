package riada.stream;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.kstream.ValueMapper;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import riada.proto.Alert;
import riada.proto.Evidence;
import riada.proto.Ground;
import riada.proto.ProtoSerde;
import riada.proto.Reference;
import riada.proto.Region;
import riada.proto.RegionStats;
import riada.proto.Topic;
import riada.proto.Topics;

/**
 * The way from masks to alerts, in three steps that each run by key:
 *
 * <ol>
 *   <li>intake: masks, regions and reference become facts about analysis tiles ({@link MaskIntake},
 *       {@link RegionIntake}, {@link ReferenceIntake}), operators' actions news of a region ({@link
 *       ActionIntake}) or references ({@link Corrections}); what cannot be used becomes a dead
 *       letter;
 *   <li>by analysis tile: facts become ground and contributions to regions ({@link TileProcessor});
 *   <li>by region: contributions become figures and alerts ({@link IncidentProcessor}), and what a
 *       region's figures say to its children comes back to them ({@link StatsIntake}).
 * </ol>
 */
public final class FloodTopology {
  private static final Serde<String> KEY = Serdes.String();

  private FloodTopology() {}

  /** The topology for {@code config} over topics of one partition each, as in a driver. */
  public static Topology build(TopologyConfig config) {
    return build(config, 1);
  }

  /**
   * The topology for {@code config}. Pure: equal configurations give equal topologies.
   *
   * @param referencePartitions how many flood.reference.v1 has: a correction, which is an action,
   *     goes to where the references of its tile lie, however many partitions the actions have
   */
  static Topology build(TopologyConfig config, int referencePartitions) {
    StreamsBuilder builder = new StreamsBuilder();
    builder.addStateStore(store(RegionIntake.STORE, Region.parser()));
    builder.addStateStore(store(Corrections.STORE, ReferenceTime.parser()));
    builder.addStateStore(store(TileProcessor.STORE, TileInput.parser()));
    builder.addStateStore(store(RegionSums.STORE, Contribution.parser()));
    builder.addStateStore(store(IncidentProcessor.REGIONS, RegionLife.parser()));
    builder.addStateStore(store(Receipts.STORE, SentAlerts.parser()));

    KStream<String, Sifted> masks =
        intake(builder, Topics.MASKS, "masks", () -> new MaskIntake(config));
    KStream<String, Sifted> references =
        intake(
            builder,
            Topics.REFERENCE,
            "reference",
            () -> new ReferenceIntake(config),
            Corrections.STORE);
    KStream<String, Sifted> regions =
        intake(
            builder, Topics.REGIONS, "regions", () -> new RegionIntake(config), RegionIntake.STORE);
    KStream<String, Sifted> actions =
        intake(builder, Topics.ACTIONS, "actions", () -> new ActionIntake(config));
    KStream<String, Sifted> corrected =
        pick(actions, Sifted.OfCorrection.class, Sifted.OfCorrection::correction, "corrections")
            .repartition(
                repartitioned("correction", Correction.parser())
                    .withNumberOfPartitions(referencePartitions))
            .process(Corrections::new, Named.as("corrected"), Corrections.STORE);
    pick(corrected, Sifted.OfReference.class, Sifted.OfReference::reference, "corrected-reference")
        .to(Topics.REFERENCE.name(), produced("corrections-sink", Reference.parser()));
    dead(corrected, Topics.ACTIONS, "overtaken");
    pick(regions, Sifted.OfRegion.class, Sifted.OfRegion::superseded, "superseded")
        .to(Topics.EVIDENCE.name(), produced("superseded-sink", Evidence.parser()));
    KStream<String, RegionInput> notices =
        builder.stream(Topics.STATS.name(), consumed("stats"))
            .process(StatsIntake::new, Named.as("stats-intake"));

    KStream<String, Measured> measured =
        pick(masks, Sifted.ForTile.class, Sifted.ForTile::input, "masks-by-tile")
            .merge(
                pick(references, Sifted.ForTile.class, Sifted.ForTile::input, "reference-by-tile"),
                Named.as("masks-and-reference"))
            .merge(
                pick(regions, Sifted.ForTile.class, Sifted.ForTile::input, "regions-by-tile"),
                Named.as("tile-inputs"))
            .repartition(repartitioned("tile", TileInput.parser()))
            .process(TileProcessor::new, Named.as("tiles"), TileProcessor.STORE);
    pick(measured, Measured.OfGround.class, Measured.OfGround::ground, "ground")
        .to(Topics.GROUND.name(), produced("ground-sink", Ground.parser()));

    KStream<String, Judged> judged =
        pick(regions, Sifted.ForRegion.class, Sifted.ForRegion::input, "definitions")
            .merge(
                pick(measured, Measured.OfRegion.class, Measured.OfRegion::input, "contributions"),
                Named.as("definitions-and-contributions"))
            .merge(
                pick(actions, Sifted.ForRegion.class, Sifted.ForRegion::input, "actions-by-region"),
                Named.as("with-actions"))
            .merge(notices, Named.as("region-inputs"))
            .repartition(repartitioned("region", RegionInput.parser()))
            .process(
                () -> new IncidentProcessor(config),
                Named.as("incidents"),
                RegionSums.STORE,
                IncidentProcessor.REGIONS,
                Receipts.STORE);
    pick(judged, Judged.OfStats.class, Judged.OfStats::stats, "stats")
        .to(Topics.STATS.name(), produced("stats-sink", RegionStats.parser()));
    pick(judged, Judged.OfAlert.class, Judged.OfAlert::alert, "alerts")
        .to(Topics.ALERTS.name(), produced("alerts-sink", Alert.parser()));
    pick(judged, Judged.OfEvidence.class, Judged.OfEvidence::evidence, "evidence")
        .to(Topics.EVIDENCE.name(), produced("evidence-sink", Evidence.parser()));
    pick(judged, Judged.Dead.class, dead -> dead, "refused-actions")
        .map((none, dead) -> KeyValue.pair(dead.key(), dead.value()), Named.as("refused-letters"))
        .to(
            Topics.deadLetters(Topics.ACTIONS).name(),
            Produced.<Bytes, Bytes>with(Serdes.Bytes(), Serdes.Bytes())
                .withName("refused-dead-sink"));
    return builder.build();
  }

  /** The topics of the contract that {@code topology} reads and writes, by name, in order. */
  static SortedSet<String> topics(Topology topology) {
    SortedSet<String> names = new TreeSet<>();
    for (TopologyDescription.Subtopology part : topology.describe().subtopologies()) {
      for (TopologyDescription.Node node : part.nodes()) {
        if (node instanceof TopologyDescription.Source source) {
          names.addAll(source.topicSet());
        } else if (node instanceof TopologyDescription.Sink sink) {
          names.add(sink.topic());
        }
      }
    }
    names.removeIf(name -> Topics.named(name).isEmpty()); // Kafka Streams makes its own
    return names;
  }

  /** A source of raw bytes, its intake, and the sink of its dead letters. */
  private static KStream<String, Sifted> intake(
      StreamsBuilder builder,
      Topic topic,
      String name,
      ProcessorSupplier<byte[], byte[], String, Sifted> intake,
      String... stores) {
    KStream<String, Sifted> sifted =
        builder.stream(topic.name(), consumed(name))
            .process(intake, Named.as(name + "-intake"), stores);
    dead(sifted, topic, name);
    return sifted;
  }

  /** What of {@code topic} cannot be used becomes its dead letters. */
  private static void dead(KStream<String, Sifted> sifted, Topic topic, String name) {
    pick(sifted, Sifted.Dead.class, dead -> dead, name + "-dead")
        .map((none, dead) -> KeyValue.pair(dead.key(), dead.value()), Named.as(name + "-letters"))
        .to(
            Topics.deadLetters(topic).name(),
            Produced.<Bytes, Bytes>with(Serdes.Bytes(), Serdes.Bytes())
                .withName(name + "-dead-sink"));
  }

  private static Consumed<byte[], byte[]> consumed(String name) {
    return Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())
        // A producer's nonsense in the timestamp must not end the thread.
        .withTimestampExtractor((record, before) -> Math.max(0, record.timestamp()))
        .withName(name + "-source");
  }

  /** What {@code of} finds in the values of one type; the others go elsewhere. */
  private static <V, T extends V, R> KStream<String, R> pick(
      KStream<String, V> stream, Class<T> type, ValueMapper<T, R> of, String name) {
    return stream
        .filter((key, value) -> type.isInstance(value), Named.as(name + "-only"))
        .mapValues(value -> of.apply(type.cast(value)), Named.as(name));
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
}
