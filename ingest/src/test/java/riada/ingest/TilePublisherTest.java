package riada.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import riada.geo.TileId;
import riada.proto.BadInput;
import riada.proto.Observation;
import riada.proto.Picture;
import riada.proto.ProtoSerde;
import riada.proto.Tile;
import riada.proto.Topics;

class TilePublisherTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Instant ACQUIRED = Instant.parse("2026-11-22T11:00:00Z");
  private static final String KEY = "14/8149/6136";

  @Test
  void aRecordCanBeRoutedByItsHeaders() throws Exception {
    ProducerRecord<String, byte[]> record = TilePublisher.record(KEY, tile(1000), NOW);

    assertThat(record.topic()).isEqualTo("flood.tiles.v1");
    assertThat(record.key()).isEqualTo(KEY);
    assertThat(header(record, "ce_specversion")).isEqualTo("1.0");
    assertThat(header(record, "ce_id"))
        .isEqualTo(Observation.id("río brigade", "s-1", TileId.parse(KEY), ACQUIRED));
    assertThat(header(record, "ce_type")).isEqualTo("riada.Tile");
    assertThat(header(record, "ce_source")).isEqualTo("r%C3%ADo+brigade");
    assertThat(header(record, "ce_time")).isEqualTo("2026-11-22T11:00:00Z");
  }

  @Test
  void receivedAtIsStampedWhereItIsAbsent() throws Exception {
    Tile sent = parsed(TilePublisher.record(KEY, tile(10), NOW));
    Tile early = tile(10).toBuilder().setReceivedAt(Observation.timestamp(ACQUIRED)).build();

    assertThat(Observation.instant(sent.getReceivedAt())).isEqualTo(NOW);
    assertThat(parsed(TilePublisher.record(KEY, early, NOW))).isEqualTo(early);
  }

  @Test
  void aTileOfFiveMegabytesIsRefusedAtOnce() {
    assertThatThrownBy(() -> TilePublisher.record(KEY, tile(5 << 20), NOW))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("a record holds " + Topics.MAX_MESSAGE_BYTES);
  }

  @Test
  void theLargestTileFitsTheTopic() throws Exception {
    ProducerRecord<String, byte[]> record =
        TilePublisher.record(KEY, tile(Topics.MAX_MESSAGE_BYTES - 1000), NOW);

    assertThat(record.value().length).isLessThan(Topics.MAX_MESSAGE_BYTES);
  }

  @Test
  void aTileThatBreaksTheContractIsRefused() {
    assertThatThrownBy(() -> TilePublisher.record("14/99999/1", tile(10), NOW))
        .isInstanceOf(BadInput.class);
    assertThatThrownBy(
            () -> TilePublisher.record(KEY, tile(10).toBuilder().clearScene().build(), NOW))
        .isInstanceOf(BadInput.class)
        .hasMessage("The tile names no scene; set it.");
  }

  @Test
  void aBrokerThatIsAwayIsToldOfWithTheWayOut() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    try (TilePublisher publisher =
        new TilePublisher(
            "127.0.0.1:" + free, Map.of("max.block.ms", 500), InstantSource.fixed(NOW))) {
      publisher.send(KEY, tile(10));

      assertThatThrownBy(publisher::flush)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("The broker at 127.0.0.1:" + free + " did not take a tile")
          .hasMessageContaining("See that it runs");
      assertThat(publisher.acknowledged()).isZero();
    }
  }

  @Test
  void closingWaitsForTheLastTiles() throws Exception {
    Closings producer = new Closings();
    TilePublisher publisher = new TilePublisher("broker", producer, InstantSource.fixed(NOW));
    publisher.send(KEY, tile(10));

    publisher.close();

    assertThat(producer.patience).containsExactly(Duration.ofSeconds(10));
  }

  @Test
  void closingAfterAFailureDoesNotWaitForTheOtherTiles() throws Exception {
    Closings producer = new Closings();
    TilePublisher publisher = new TilePublisher("broker", producer, InstantSource.fixed(NOW));
    publisher.send(KEY, tile(10));
    publisher.send(KEY, tile(10));
    producer.errorNext(new TimeoutException("the broker is away"));

    publisher.close();

    assertThat(producer.patience).containsExactly(Duration.ZERO);
  }

  @Test
  void allIsSettledWhenTheBrokerHasTheLastTile() throws Exception {
    Closings producer = new Closings();
    TilePublisher publisher = new TilePublisher("broker", producer, InstantSource.fixed(NOW));
    publisher.send(KEY, tile(10));
    publisher.send(KEY, tile(10));
    producer.completeNext();
    boolean early = publisher.isSettled();

    producer.completeNext();

    assertThat(early).isFalse();
    assertThat(publisher.isSettled()).isTrue();
  }

  @Test
  void whatTheBrokerDidNotTakeIsNeverSettled() throws Exception {
    Closings producer = new Closings();
    TilePublisher publisher = new TilePublisher("broker", producer, InstantSource.fixed(NOW));
    publisher.send(KEY, tile(10));

    producer.errorNext(new TimeoutException("the broker is away"));

    assertThatThrownBy(publisher::isSettled)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the broker is away");
  }

  @Test
  void closingInAnInterruptedThreadEndsAtOnceAndKeepsTheFlag() throws Exception {
    TilePublisher publisher = new TilePublisher("127.0.0.1:1", Map.of(), InstantSource.fixed(NOW));
    Thread.currentThread().interrupt();

    assertThatCode(publisher::close).doesNotThrowAnyException();

    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aBrokersNameThatIsNoneIsRefused() {
    assertThatThrownBy(() -> new TilePublisher("nonsense", Map.of(), InstantSource.fixed(NOW)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("The broker \"nonsense\" cannot be used");
  }

  /** Kafka's own test producer, which also remembers how long it was given to close. */
  private static final class Closings extends MockProducer<String, byte[]> {
    final List<Duration> patience = new ArrayList<>();

    Closings() {
      super(false, null, new StringSerializer(), new ByteArraySerializer());
    }

    @Override
    public void close(Duration timeout) {
      patience.add(timeout);
      super.close(timeout);
    }
  }

  private static Tile tile(int pictureBytes) {
    return Tile.newBuilder()
        .setPublisher("río brigade")
        .setScene("s-1")
        .setAcquiredAt(Observation.timestamp(ACQUIRED))
        .setPicture(Picture.newBuilder().setData(ByteString.copyFrom(new byte[pictureBytes])))
        .build();
  }

  private static String header(ProducerRecord<String, byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }

  private static Tile parsed(ProducerRecord<String, byte[]> record) throws BadInput {
    return ProtoSerde.parse(Tile.parser(), "Tile", record.value());
  }
}
