package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import riada.proto.Alert;
import riada.proto.Evidence;
import riada.proto.ProtoSerde;
import riada.proto.Region;
import riada.proto.Topics;

/** What only shows while news of some of a region's tiles is still on its way. */
class IncidentProcessorTest {
  private static final long T0 = FloodDriver.NOW.toEpochMilli();
  private static final long KM2 = (long) 1e10;

  @TempDir Path dir;
  private MockProcessorContext<String, Judged> context;
  private IncidentProcessor incidents;
  private KeyValueStore<String, RegionLife> lives;

  @BeforeEach
  void open() {
    Properties properties = StreamsSettings.of("none:1", dir).properties();
    context = new MockProcessorContext<>(properties, new TaskId(0, 0), dir.toFile());
    context.setCurrentSystemTimeMs(T0);
    store(RegionSums.STORE, Contribution.parser());
    lives = store(IncidentProcessor.REGIONS, RegionLife.parser());
    store(Receipts.STORE, SentAlerts.parser());
    incidents = new IncidentProcessor(TopologyConfig.defaults());
    incidents.init(context);
  }

  @Test
  void theCancelOfADeletedRegionRepeatsTheFiguresToldLast() {
    define("v1");
    contribute("v1", "14/1/1", 2 * KM2);
    contribute("v1", "14/1/2", 3 * KM2);
    define("v2");
    contribute("v2", "14/1/1", KM2); // the other has not yet reported on the change
    Alert told = alerts().get(0);

    send(RegionInput.newBuilder().setDeleted(true));

    Alert cancel = alerts().get(1);
    assertThat(cancel.getKind()).isEqualTo(Alert.Kind.CANCEL);
    assertThat(cancel.getAlertId()).isEqualTo(told.getIncidentId() + "-2");
    assertThat(cancel.getReferencesList()).containsExactly(told.getAlertId());
    assertThat(cancel.getFloodedKm2()).isEqualTo(told.getFloodedKm2()).isEqualTo(5);
    assertThat(cancel.getAsOf()).isEqualTo(told.getAsOf());
    assertThat(cancel.getEvidenceDigest()).isEqualTo(told.getEvidenceDigest());
    assertThat(cancel.getEvidenceCount()).isEqualTo(2);
    assertThat(cancel.getVisibility()).isEqualTo(told.getVisibility());
    assertThat(cancel.getObservationCount()).isEqualTo(2);
    assertThat(cancel.getObservationsDigest()).isEqualTo(told.getObservationsDigest());
    assertThat(cancel.getCapXml()).contains("no all-clear");
  }

  @Test
  void anOpenIncidentNamesItsEvidenceAgainWhileItsTilesAreStillKept() {
    define("v1");
    contribute("v1", "14/1/1", 2 * KM2);
    contribute("v1", "14/1/2", 3 * KM2);
    context.resetForwards();

    keepHouse(T0 + Topics.TILES.retention().dividedBy(2).toMillis());

    assertThat(alerts()).isEmpty();
    assertThat(evidence())
        .extracting(Evidence::getObservationId)
        .containsExactly("14/1/1", "14/1/2");
    assertThat(evidence()).allMatch(one -> one.getSequence() == 0);
  }

  @Test
  void evidenceOfAnIncidentThatIsHeldBackIsNamedToo() {
    define("v1", "parent");
    send(
        RegionInput.newBuilder()
            .setParent(ParentNotice.newBuilder().setParent("parent").setSilences(true)));
    contribute("v1", "14/1/1", 2 * KM2);
    contribute("v1", "14/1/2", 3 * KM2);
    assertThat(lives.get("r").getState()).isEqualTo(riada.proto.RegionState.ALERTING);

    keepHouse(T0 + 3_600_000);

    assertThat(alerts()).isEmpty();
    assertThat(evidence())
        .extracting(Evidence::getIncidentId, Evidence::getObservationId, Evidence::getSequence)
        .containsExactly(
            tuple("r-20260301T120000Z", "14/1/1", 0), tuple("r-20260301T120000Z", "14/1/2", 0));
    assertThat(Incidents.begun("r-20260301T120000Z")).isEqualTo(FloodDriver.NOW);
  }

  @Test
  void evidenceOfAnIncidentThatIsStillPendingIsNamedToo() {
    define("v1", FloodDriver.region("r", "").setRaisePasses(2));
    contribute("v1", "14/1/1", 2 * KM2);
    contribute("v1", "14/1/2", 3 * KM2);
    assertThat(lives.get("r").getState()).isEqualTo(riada.proto.RegionState.PENDING);

    keepHouse(T0 + 3_600_000);

    assertThat(alerts()).isEmpty();
    assertThat(evidence())
        .extracting(Evidence::getIncidentId, Evidence::getObservationId, Evidence::getSequence)
        .containsExactly(
            tuple("r-20260301T120000Z", "14/1/1", 0), tuple("r-20260301T120000Z", "14/1/2", 0));
  }

  @Test
  void evidenceOfAnIncidentThatNeverRaisedIsNotNamedAnyMore() {
    define("v1", FloodDriver.region("r", "").setRaisePasses(2));
    contribute("v1", "14/1/1", 2 * KM2);
    contribute("v1", "14/1/2", 3 * KM2);
    contribute("v1", "14/1/1", 0);
    contribute("v1", "14/1/2", 0);
    assertThat(lives.get("r").getState()).isEqualTo(riada.proto.RegionState.NORMAL);

    keepHouse(T0 + 3_600_000);

    assertThat(evidence()).isEmpty();
  }

  @Test
  void theLifeOfADeletedRegionIsDroppedWhenNoAlertOfItIsKept() {
    define("v1");
    contribute("v1", "14/1/1", 2 * KM2);
    contribute("v1", "14/1/2", 3 * KM2);
    send(RegionInput.newBuilder().setDeleted(true));
    keepHouse(T0);
    long kept = T0 + Topics.ALERTS.retention().toMillis();
    keepHouse(kept - 1);
    assertThat(lives.get("r").getSequence()).as("no alert id comes twice").isEqualTo(2);

    keepHouse(kept);

    assertThat(lives.get("r")).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {-86_400_000, 400 * 86_400_000L})
  void aClockThatJumpsEndsNoIncident(long jumpMs) {
    define("v1");
    contribute("v1", "14/1/1", 2 * KM2);
    contribute("v1", "14/1/2", 3 * KM2);

    context.setCurrentSystemTimeMs(T0 + jumpMs);
    context.scheduledPunctuators().get(0).getPunctuator().punctuate(T0 + jumpMs);
    keepHouse(T0 + jumpMs);

    assertThat(lives.get("r").getState()).isEqualTo(riada.proto.RegionState.ALERTING);
    assertThat(lives.get("r").getAsOfMs()).isGreaterThanOrEqualTo(T0);
    assertThat(alerts()).extracting(Alert::getKind).doesNotContain(Alert.Kind.CANCEL);
  }

  @Test
  void aFloodRaisesOnceAClockThatRanAheadIsRightAgain() {
    define("v1");
    contribute("v1", "14/1/1", 0);
    contribute("v1", "14/1/2", 0);
    context.setCurrentSystemTimeMs(T0 + 86_400_000);
    context.scheduledPunctuators().get(0).getPunctuator().punctuate(T0 + 86_400_000);
    context.setCurrentSystemTimeMs(T0);

    contribute("v1", "14/1/2", 3 * KM2);

    assertThat(lives.get("r").getState()).isEqualTo(riada.proto.RegionState.ALERTING);
  }

  private void keepHouse(long nowMs) {
    context.setCurrentSystemTimeMs(nowMs);
    context.scheduledPunctuators().get(1).getPunctuator().punctuate(nowMs);
  }

  private List<Evidence> evidence() {
    return context.forwarded().stream()
        .map(forward -> forward.record().value())
        .filter(Judged.OfEvidence.class::isInstance)
        .map(judged -> ((Judged.OfEvidence) judged).evidence())
        .toList();
  }

  private void define(String version) {
    define(version, "");
  }

  private void define(String version, String parent) {
    define(version, FloodDriver.region("r", "").setParent(parent));
  }

  private void define(String version, Region.Builder region) {
    send(
        RegionInput.newBuilder()
            .setDefinition(
                RegionDefinition.newBuilder()
                    .setRegion(region)
                    .setVersion(version)
                    .setAreaCm2(10 * KM2)
                    .setTiles(2)));
  }

  private void contribute(String version, String tile, long floodCm2) {
    send(
        RegionInput.newBuilder()
            .setContribution(
                Contribution.newBuilder()
                    .setRegionId("r")
                    .setRegionVersion(version)
                    .setTile(tile)
                    .addEvidence(Layer.newBuilder().setObservationId(tile).setSourceTile(tile))
                    .addPasses(
                        PassSums.newBuilder()
                            .setPublisher("p")
                            .setScene("s")
                            .setAcquiredAtMs(T0)
                            .setValidCm2(5 * KM2)
                            .setVisibleCm2(5 * KM2)
                            .setFloodCm2(floodCm2)
                            .setFloodChangeCm2(floodCm2))));
  }

  private void send(RegionInput.Builder input) {
    incidents.process(new Record<>("r", input.setRegionId("r").build(), T0));
  }

  private List<Alert> alerts() {
    return context.forwarded().stream()
        .map(forward -> forward.record().value())
        .filter(Judged.OfAlert.class::isInstance)
        .map(judged -> ((Judged.OfAlert) judged).alert())
        .toList();
  }

  private <M extends MessageLite> KeyValueStore<String, M> store(String name, Parser<M> parser) {
    KeyValueStore<String, M> store =
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(name), Serdes.String(), ProtoSerde.of(parser))
            .withLoggingDisabled()
            .build();
    store.init(context.getStateStoreContext(), store);
    return store;
  }
}
