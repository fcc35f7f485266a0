package riada.segmenter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.internals.AutoOffsetResetStrategy;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import riada.onnx.Device;
import riada.onnx.TinyModels;
import riada.proto.BadInput;
import riada.proto.CloudEvents;
import riada.proto.DeadLetters;
import riada.proto.Tile;
import riada.proto.Topics;
import riada.proto.WaterMask;

/** The order of errors, with Kafka's own test clients; the rest is proven on real brokers. */
class TileWorkerTest {
  private static final TopicPartition PARTITION = new TopicPartition(Topics.TILES.name(), 0);
  private static final String KEY = Painted.ID.toString();

  private final Queue<MockConsumer<byte[], byte[]>> consumers = new ConcurrentLinkedQueue<>();
  private final Queue<MockProducer<byte[], byte[]>> producers = new ConcurrentLinkedQueue<>();
  private final AtomicInteger commits = new AtomicInteger();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MockConsumer<byte[], byte[]> consumer = consumer();
  private final MockProducer<byte[], byte[]> producer = producer();
  private TileWorker worker;

  @BeforeEach
  void oneConsumerAndOneProducer() {
    consumers.add(consumer);
    producers.add(producer);
    worker =
        new TileWorker(
            () -> new TilePipeline(Painted.tiny(), Painted.CLOCK),
            consumers::remove,
            producers::remove,
            meters,
            Painted.CLOCK);
  }

  @AfterEach
  void close() {
    worker.close();
  }

  @Test
  void aTileBecomesAMaskUnderItsKeyAndIsCommitted() throws Exception {
    arrives(consumer, 0, KEY, tile().toByteArray());

    worker.start();

    await().until(() -> committed(consumer) == 1);
    ProducerRecord<byte[], byte[]> sent = producer.history().get(0);
    assertThat(sent.topic()).isEqualTo(Topics.MASKS.name());
    assertThat(new String(sent.key(), UTF_8)).isEqualTo(KEY);
    WaterMask mask = WaterMask.parseFrom(sent.value());
    assertThat(mask.getReceivedAt().getSeconds()).isEqualTo(1_777_000_000);
    assertThat(header(sent, "traceparent")).isEqualTo("00-trace-01");
    assertThat(header(sent, "ce_id")).isEqualTo(mask.getObservationId());
    assertThat(header(sent, "ce_type")).isEqualTo(CloudEvents.WATER_MASK);
    assertThat(header(sent, "ce_time")).isEqualTo("2026-05-01T11:00:00Z");
    assertThat(meters.counter("riada.tiles.segmented").count()).isEqualTo(1);
    assertThat(meters.get("riada.segmenter.stage").tag("stage", "total").timer().count())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "14/8185/5448, garbage, message_unreadable",
    "14/8185/5448, '', message_empty",
    "14/8185/5448, , message_empty",
    ", garbage, tile_key_missing",
    "14/99999/0, tile, tile_off_grid",
    "somewhere, tile, tile_key_unreadable"
  })
  void whatCannotBeReadGoesToTheDeadLettersAndIsCommitted(String key, String value, String reason)
      throws Exception {
    byte[] bytes =
        value == null ? null : value.equals("tile") ? tile().toByteArray() : value.getBytes(UTF_8);
    arrives(consumer, 0, key, bytes);

    worker.start();

    await().until(() -> committed(consumer) == 1);
    ProducerRecord<byte[], byte[]> letter = producer.history().get(0);
    assertThat(letter.topic()).isEqualTo("dlq.flood.tiles.v1");
    assertThat(letter.value()).isEqualTo(bytes);
    assertThat(header(letter, DeadLetters.COUNTER)).isEqualTo(reason);
    assertThat(header(letter, DeadLetters.STAGE)).isEqualTo("segmenter");
    assertThat(header(letter, DeadLetters.OFFSET)).isEqualTo("0");
    assertThat(header(letter, "traceparent")).isEqualTo("00-trace-01");
    assertThat(meters.counter("riada.tiles.refused", "reason", reason).count()).isEqualTo(1);
  }

  @Test
  void aValueTooLargeEvenForTheDeadLettersIsNamedAndLeftOut() throws Exception {
    arrives(consumer, 0, KEY, new byte[9 << 20]);

    worker.start();

    await().until(() -> committed(consumer) == 1);
    ProducerRecord<byte[], byte[]> letter = producer.history().get(0);
    assertThat(letter.value()).isEmpty();
    assertThat(header(letter, DeadLetters.REASON)).contains("9437184").contains("too large");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tile", "garbage"})
  void headersOfMegabytesAreNotPassedOn(String value) throws Exception {
    byte[] bytes = value.equals("tile") ? tile().toByteArray() : value.getBytes(UTF_8);
    RecordHeaders headers = new RecordHeaders();
    headers.add("traceparent", new byte[5 << 20]);
    headers.add("tracestate", new byte[5 << 20]);
    arrives(consumer, 0, KEY, bytes, headers);

    worker.start();

    await().until(() -> committed(consumer) == 1);
    assertThat(producer.history().get(0).headers())
        .extracting(Header::key)
        .isNotEmpty()
        .doesNotContain("traceparent", "tracestate");
  }

  @Test
  void aTraceOfUsualLengthIsPassedOnAndNothingElseOfTheStrangers() throws Exception {
    RecordHeaders headers = new RecordHeaders();
    headers.add("tracestate", "k=v".repeat(170).getBytes(UTF_8));
    headers.add("ce_type", "stranger".getBytes(UTF_8));
    headers.add("x-own", "stranger".getBytes(UTF_8));
    arrives(consumer, 0, KEY, tile().toByteArray(), headers);

    worker.start();

    await().until(() -> committed(consumer) == 1);
    ProducerRecord<byte[], byte[]> mask = producer.history().get(0);
    assertThat(header(mask, "tracestate")).hasSize(510);
    assertThat(mask.headers().headers("ce_type")).hasSize(1);
    assertThat(mask.headers().lastHeader("x-own")).isNull();
  }

  @Test
  void oneBadTileDoesNotKeepTheNextFromPassing() throws Exception {
    arrives(consumer, 0, KEY, "garbage".getBytes(UTF_8));
    arrives(consumer, 1, KEY, tile().toByteArray());

    worker.start();

    await().until(() -> committed(consumer) == 2);
    assertThat(producer.history())
        .extracting(ProducerRecord::topic)
        .containsExactly("dlq.flood.tiles.v1", "flood.masks.v1");
  }

  @Test
  void nothingIsCommittedPastAMaskThatIsNotAcknowledged() throws Exception {
    MockProducer<byte[], byte[]> failing = failingProducer();
    producers.clear();
    producers.add(failing);
    MockConsumer<byte[], byte[]> second = consumer();
    consumers.add(second);
    producers.add(producer);
    arrives(consumer, 0, KEY, tile().toByteArray());
    arrives(second, 0, KEY, tile().toByteArray());

    worker.start();

    await().until(() -> committed(second) == 1);
    assertThat(consumer.closed()).isTrue();
    assertThat(commits).hasValue(1); // the second consumer's
    assertThat(producer.history()).hasSize(1);
  }

  @Test
  void aBrokenConnectionIsSaidAndMended() throws Exception {
    MockConsumer<byte[], byte[]> second = consumer();
    consumers.add(second);
    producers.add(producer());
    consumer.setPollException(new TimeoutException("no broker"));

    worker.start();

    await().until(() -> worker.health().words().contains("no broker"));
    assertThat(worker.health().ok()).isTrue();
    await().until(() -> worker.health().state() == TileWorker.State.WORKING);
  }

  @Test
  void afterACommitTheNextTroubleIsWaitedOutFromTheStart() throws Exception {
    MockConsumer<byte[], byte[]> second = consumer();
    consumers.add(second);
    producers.add(producer());
    consumers.add(consumer());
    producers.add(producer());
    consumer.setPollException(new TimeoutException("no broker"));
    arrives(second, 0, KEY, tile().toByteArray());
    second.schedulePollTask(() -> second.setPollException(new TimeoutException("gone again")));

    worker.start();

    await().until(() -> worker.health().words().contains("gone again"));
    assertThat(worker.health().words()).contains("in 1 s it connects anew");
    assertThat(commits).hasValue(1);
  }

  @Test
  void aTileAtWhichTheModelFailsTwiceIsADeadLetterAndTheModelIsLoadedAnew() throws Exception {
    AtomicInteger opened = new AtomicInteger();
    worker =
        new TileWorker(
            () -> {
              opened.incrementAndGet();
              WaterModel closed = Painted.tiny();
              closed.close(); // fails at every tile
              return new TilePipeline(closed, Painted.CLOCK);
            },
            consumers::remove,
            producers::remove,
            meters,
            Painted.CLOCK);
    arrives(consumer, 0, KEY, tile().toByteArray());

    worker.start();

    await().until(() -> committed(consumer) == 1);
    assertThat(header(producer.history().get(0), DeadLetters.COUNTER)).isEqualTo("model_failed");
    assertThat(opened).hasValue(2);
  }

  @Test
  void aModelThatCannotBeLoadedAnewStopsTheWorkerAndCommitsNothing() throws Exception {
    AtomicInteger opened = new AtomicInteger();
    worker =
        new TileWorker(
            () -> {
              if (opened.incrementAndGet() > 1) {
                throw new BadInput("model_missing", "There is no model any more.");
              }
              WaterModel closed = Painted.tiny();
              closed.close();
              return new TilePipeline(closed, Painted.CLOCK);
            },
            consumers::remove,
            producers::remove,
            meters,
            Painted.CLOCK);
    arrives(consumer, 0, KEY, tile().toByteArray());

    worker.start();

    await().until(() -> worker.health().state() == TileWorker.State.FAILED);
    assertThat(worker.health().words()).contains("There is no model any more.");
    assertThat(worker.health().ok()).isFalse();
    assertThat(producer.history()).isEmpty();
  }

  /** Between the second and the third tile: what was committed until then is of the old model. */
  @Test
  void anotherModelAnswersFromTheNextBatchOn(@TempDir Path folder) throws Exception {
    Path next = TinyModels.changed(folder.resolve("next"), "2");
    AtomicBoolean ready = new AtomicBoolean();
    worker = worker(new Swap(next, ready));
    arrives(consumer, 0, KEY, tile().toByteArray());
    arrives(consumer, 1, KEY, tile().toByteArray());
    consumer.schedulePollTask(() -> ready.set(true));
    arrives(consumer, 2, KEY, tile().toByteArray());

    worker.start();

    await().until(() -> committed(consumer) == 3);
    assertThat(versions(producer)).containsExactly("1", "1", "2");
    assertThat(meters.get("riada.device.info").gauges()).hasSize(1);
  }

  @Test
  void aShadowSeesATileWhenNoneWaitsAndItsMaskGoesToAnotherTopic(@TempDir Path folder)
      throws Exception {
    MockProducer<byte[], byte[]> apart = producer();
    Path next = TinyModels.changed(folder.resolve("next"), "2");
    worker = worker(new Trial(next, apart, meters));
    arrives(consumer, 0, KEY, tile().toByteArray());

    worker.start();

    await().until(() -> apart.history().size() == 1);
    assertThat(committed(consumer)).isEqualTo(1); // before the shadow saw it
    ProducerRecord<byte[], byte[]> sent = apart.history().get(0);
    assertThat(sent.topic()).isEqualTo("flood.masks.shadow.v1");
    assertThat(header(sent, "traceparent")).isEqualTo("00-trace-01");
    assertThat(WaterMask.parseFrom(sent.value()).getModel().getVersion()).isEqualTo("2");
    assertThat(versions(producer)).containsExactly("1");
  }

  /** Twenty polls in a row bring a tile: what a shadow may keep of them are eight. */
  @Test
  void whereTilesWaitTheShadowDoesNot(@TempDir Path folder) throws Exception {
    MockProducer<byte[], byte[]> apart = producer();
    Path next = TinyModels.changed(folder.resolve("next"), "2");
    worker = worker(new Trial(next, apart, meters));
    for (int offset = 0; offset < 20; offset++) {
      arrives(consumer, offset, KEY, tile().toByteArray());
    }

    worker.start();

    await().until(() -> apart.history().size() == 8);
    assertThat(versions(producer)).hasSize(20);
    assertThat(meters.get("riada.shadow.dropped").counter().count()).isEqualTo(12);
    assertThat(offsets(apart)).containsExactly(12L, 13L, 14L, 15L, 16L, 17L, 18L, 19L);
  }

  private TileWorker worker(PipelineSource source) {
    return new TileWorker(source, consumers::remove, producers::remove, meters, Painted.CLOCK);
  }

  /** The tiny model until another is ready. */
  private record Swap(Path folder, AtomicBoolean ready) implements PipelineSource {
    @Override
    public TilePipeline open() throws BadInput {
      return new TilePipeline(Painted.tiny(), Painted.CLOCK);
    }

    @Override
    public TilePipeline next(TilePipeline pipeline) {
      if (!ready.getAndSet(false)) {
        return pipeline;
      }
      pipeline.close();
      return pipeline(folder);
    }
  }

  /** The tiny model with a shadow from the start. */
  private record Trial(Path folder, MockProducer<byte[], byte[]> apart, MeterRegistry meters)
      implements PipelineSource {
    @Override
    public TilePipeline open() throws BadInput {
      return new TilePipeline(Painted.tiny(), Painted.CLOCK);
    }

    @Override
    public Optional<Shadow> trial(Optional<Shadow> running) {
      return running.isPresent()
          ? running
          : Optional.of(new Shadow(pipeline(folder), apart, meters));
    }
  }

  private static TilePipeline pipeline(Path folder) {
    try {
      return new TilePipeline(WaterModel.open(folder, Device.Choice.CPU, 1), Painted.CLOCK);
    } catch (BadInput e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> versions(MockProducer<byte[], byte[]> producer) throws Exception {
    List<String> versions = new ArrayList<>();
    for (ProducerRecord<byte[], byte[]> sent : producer.history()) {
      versions.add(WaterMask.parseFrom(sent.value()).getModel().getVersion());
    }
    return versions;
  }

  private static List<Long> offsets(MockProducer<byte[], byte[]> producer) throws Exception {
    List<Long> offsets = new ArrayList<>();
    for (ProducerRecord<byte[], byte[]> sent : producer.history()) {
      offsets.add(WaterMask.parseFrom(sent.value()).getSource().getOffset());
    }
    return offsets;
  }

  @Test
  void aModelThatIsNotThereIsRefusedBeforeAnythingStarts() {
    TileWorker without =
        new TileWorker(
            () ->
                new TilePipeline(
                    WaterModel.open(Path.of("nowhere"), Device.Choice.CPU, 1), Painted.CLOCK),
            consumers::remove,
            producers::remove,
            meters,
            Painted.CLOCK);

    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(without::start)
        .withMessageContaining("There is no model at nowhere");
    assertThat(consumers).hasSize(1);
  }

  @Test
  void closingEndsTheThreadAndBothClients() throws Exception {
    worker.start();
    await().until(() -> worker.health().state() == TileWorker.State.WORKING);

    worker.close();

    assertThat(worker.health().state()).isEqualTo(TileWorker.State.STOPPED);
    assertThat(consumer.closed()).isTrue();
    assertThat(producer.closed()).isTrue();
  }

  @Test
  void metricsNameTheDevice() throws Exception {
    worker.start();

    assertThat(meters.get("riada.device.info").tag("device", "cpu").gauge().value()).isEqualTo(1);
    assertThat(worker.health().device()).isEqualTo("cpu");
    assertThat(worker.health().deviceWarning()).isEmpty();
  }

  private static Tile tile() {
    return Painted.tile(Painted.pond()).build();
  }

  private MockConsumer<byte[], byte[]> consumer() {
    MockConsumer<byte[], byte[]> consumer =
        new MockConsumer<>(AutoOffsetResetStrategy.EARLIEST.name()) {
          @Override
          public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
            commits.incrementAndGet();
            super.commitSync(offsets);
          }
        };
    consumer.schedulePollTask(
        () -> {
          consumer.rebalance(List.of(PARTITION));
          consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        });
    return consumer;
  }

  private static MockProducer<byte[], byte[]> producer() {
    return new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Takes every record and then fails to deliver it. */
  private static MockProducer<byte[], byte[]> failingProducer() {
    return new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer()) {
      @Override
      public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
        Future<RecordMetadata> sent = super.send(record);
        errorNext(new TimeoutException("the broker is away"));
        return sent;
      }
    };
  }

  private static void arrives(
      MockConsumer<byte[], byte[]> consumer, long offset, String key, byte[] value) {
    RecordHeaders headers = new RecordHeaders();
    headers.add("traceparent", "00-trace-01".getBytes(UTF_8));
    arrives(consumer, offset, key, value, headers);
  }

  private static void arrives(
      MockConsumer<byte[], byte[]> consumer,
      long offset,
      String key,
      byte[] value,
      RecordHeaders headers) {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>(
            PARTITION.topic(),
            PARTITION.partition(),
            offset,
            1_777_000_000_000L,
            TimestampType.CREATE_TIME,
            0,
            0,
            key == null ? null : key.getBytes(UTF_8),
            value,
            headers,
            Optional.empty());
    consumer.schedulePollTask(() -> consumer.addRecord(record));
  }

  private static long committed(MockConsumer<byte[], byte[]> consumer) {
    var offset = consumer.committed(Set.of(PARTITION)).get(PARTITION);
    return offset == null ? -1 : offset.offset();
  }

  private static String header(ProducerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }
}
