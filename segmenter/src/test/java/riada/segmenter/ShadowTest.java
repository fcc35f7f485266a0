package riada.segmenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Instant;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import riada.mask.RunLength;
import riada.onnx.Device;
import riada.onnx.TinyModels;
import riada.proto.Tile;
import riada.proto.WaterMask;

/** The changed copy of the tiny model calls less of the pond's edge water. */
class ShadowTest {
  @TempDir Path folder;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Tile tile = Painted.tile(Painted.pond()).build();
  private MockProducer<byte[], byte[]> producer = producer(true);
  private TilePipeline atWork;
  private TilePipeline tried;
  private Shadow shadow;

  @BeforeEach
  void tryTheChangedCopy() throws Exception {
    atWork = new TilePipeline(Painted.tiny(), Painted.CLOCK);
    Path changed = TinyModels.changed(folder.resolve("changed"), "2");
    tried = new TilePipeline(WaterModel.open(changed, Device.Choice.CPU, 1), Painted.CLOCK);
    shadow = new Shadow(tried, producer, meters);
  }

  @AfterEach
  void close() {
    shadow.close();
    atWork.close();
  }

  @Test
  void whatTheTwoDifferInIsOnTheMetrics() throws Exception {
    WaterMask answer = answer();
    shadow.offer(Painted.ID, tile, new RecordHeaders(), answer);

    shadow.work();

    WaterMask mask = WaterMask.parseFrom(producer.history().get(0).value());
    int larger = RunLength.decode(answer.getWater()).count();
    int smaller = RunLength.decode(mask.getWater()).count(); // lies in the other
    assertThat(smaller).isBetween(larger / 2, larger - 1);
    assertThat(meters.get("riada.shadow.differing").summary().totalAmount())
        .isEqualTo((larger - smaller) / 262_144.0, within(1e-12));
    assertThat(meters.get("riada.shadow.iou").summary().totalAmount())
        .isEqualTo((double) smaller / larger, within(1e-12));
    assertThat(meters.get("riada.shadow.differing.valid").summary().totalAmount()).isZero();
    assertThat(meters.get("riada.shadow.stage").tag("stage", "total").timer().count()).isEqualTo(1);
    assertThat(shadow.words()).startsWith("The shadow tiny 2 has seen 1 tiles (0 dropped): 0.");
  }

  @Test
  void theMaskIsOfTheSameTileAndNamesTheModelOnTrial() throws Exception {
    WaterMask answer = answer();
    shadow.offer(Painted.ID, tile, new RecordHeaders(), answer);

    shadow.work();

    WaterMask mask = WaterMask.parseFrom(producer.history().get(0).value());
    assertThat(mask.getObservationId()).isEqualTo(answer.getObservationId());
    assertThat(mask.getSource()).isEqualTo(answer.getSource());
    assertThat(mask.getReceivedAt()).isEqualTo(answer.getReceivedAt());
    assertThat(mask.getModel()).isEqualTo(tried.model().ref()).isNotEqualTo(answer.getModel());
  }

  @Test
  void aModelThatFailsOnTrialEndsItsTrial() throws Exception {
    shadow.offer(Painted.ID, tile, new RecordHeaders(), answer());
    shadow.offer(Painted.ID, tile, new RecordHeaders(), answer());
    tried.close();

    shadow.work();

    assertThat(shadow.hasWork()).isFalse();
    assertThat(shadow.words())
        .isEqualTo("Warning: the shadow tiny 2 failed at tile 14/8185/5448 and ended.");
    assertThat(
            meters
                .counter("riada.model.refused", "role", "shadow", "reason", "model_failed")
                .count())
        .isEqualTo(1);
  }

  @Test
  void aMaskThatTheBrokerDoesNotTakeIsCounted() throws Exception {
    shadow.close();
    producer = producer(false);
    Path changed = TinyModels.changed(folder.resolve("again"), "2");
    tried = new TilePipeline(WaterModel.open(changed, Device.Choice.CPU, 1), Painted.CLOCK);
    shadow = new Shadow(tried, producer, meters);
    shadow.offer(Painted.ID, tile, new RecordHeaders(), answer());
    shadow.work();

    producer.errorNext(new TimeoutException("the broker is away"));

    assertThat(meters.get("riada.shadow.unsent").counter().count()).isEqualTo(1);
    assertThat(meters.get("riada.shadow.iou").summary().count()).isEqualTo(1);
  }

  private WaterMask answer() throws Exception {
    return atWork.segment(Painted.ID, tile, Instant.EPOCH);
  }

  private static MockProducer<byte[], byte[]> producer(boolean takes) {
    return new MockProducer<>(takes, null, new ByteArraySerializer(), new ByteArraySerializer());
  }
}
