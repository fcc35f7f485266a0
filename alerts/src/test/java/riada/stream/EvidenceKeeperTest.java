package riada.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import riada.proto.Evidence;
import riada.proto.Tile;
import riada.proto.Topics;

/** Which copies are made again; a consumer over a list of records of given ages stands in. */
class EvidenceKeeperTest {
  private static final TopicPartition PARTITION = new TopicPartition(Topics.EVIDENCE.name(), 0);
  private static final long NOW = FloodDriver.NOW.toEpochMilli();

  private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();

  @Test
  void oldCopiesThatWereNamedAgainAreCopiedAgain() throws Exception {
    name("again", 70);
    copy("again", 70);
    name("once", 70);
    copy("once", 70);
    name("young", 50);
    copy("young", 50);
    name("again", 20);
    name("young", 20);

    assertThat(renewed()).containsExactly("again");
  }

  @Test
  void aCopyThatWasMadeAgainIsNotMadeAThirdTime() throws Exception {
    name("again", 70);
    copy("again", 70);
    name("again", 20);
    copy("again", 9);

    assertThat(renewed()).isEmpty();
  }

  @Test
  void whereNothingIsOldNothingIsCopied() throws Exception {
    name("young", 50);
    copy("young", 50);
    name("young", 20);

    assertThat(renewed()).isEmpty();
  }

  private List<String> renewed() throws Exception {
    MockProducer<byte[], byte[]> out =
        new MockProducer<>(
            true,
            new RoundRobinPartitioner(),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    EvidenceKeeper.renew(List.of(PARTITION), new Listed(), out, NOW);
    List<String> names = new ArrayList<>();
    for (var record : out.history()) {
      Evidence copy = Evidence.parseFrom(record.value());
      assertThat(copy.hasTile()).isTrue();
      assertThat(new String(record.key(), UTF_8)).isEqualTo("incident/" + copy.getObservationId());
      names.add(copy.getObservationId());
    }
    return names;
  }

  private void name(String observation, int daysAgo) {
    add(evidence(observation).build(), daysAgo);
  }

  private void copy(String observation, int daysAgo) {
    add(evidence(observation).setTile(Tile.getDefaultInstance()).build(), daysAgo);
  }

  private static Evidence.Builder evidence(String observation) {
    return Evidence.newBuilder()
        .setIncidentId("incident")
        .setObservationId(observation)
        .setSequence(1);
  }

  private void add(Evidence evidence, int daysAgo) {
    records.add(
        new ConsumerRecord<>(
            PARTITION.topic(),
            0,
            records.size(),
            NOW - Duration.ofDays(daysAgo).toMillis(),
            TimestampType.CREATE_TIME,
            0,
            0,
            ("incident/" + evidence.getObservationId()).getBytes(UTF_8),
            evidence.toByteArray(),
            new RecordHeaders(),
            Optional.empty()));
  }

  /** Hands out the records from wherever it is told to. */
  private final class Listed extends MockConsumer<byte[], byte[]> {
    private Listed() {
      super("earliest");
      updateBeginningOffsets(Map.of(PARTITION, 0L));
      updateEndOffsets(Map.of(PARTITION, (long) records.size()));
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
        Map<TopicPartition, Long> times) {
      Map<TopicPartition, OffsetAndTimestamp> found = new HashMap<>();
      records.stream()
          .filter(record -> record.timestamp() >= times.get(PARTITION))
          .findFirst()
          .ifPresent(
              record ->
                  found.put(
                      PARTITION, new OffsetAndTimestamp(record.offset(), record.timestamp())));
      return found;
    }

    @Override
    public synchronized org.apache.kafka.clients.consumer.ConsumerRecords<byte[], byte[]> poll(
        Duration timeout) {
      long from = position(PARTITION);
      records.stream().filter(record -> record.offset() >= from).forEach(this::addRecord);
      return super.poll(timeout);
    }
  }
}
