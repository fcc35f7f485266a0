package riada.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import riada.proto.Evidence;
import riada.proto.Tile;
import riada.proto.Topics;

/** What a batch of names leads to; a producer that is told what the broker does stands in. */
class EvidenceCopierTest {
  private final EvidenceCopier copier = new EvidenceCopier(Map.of());

  @Test
  void aTileThatWasNotAcknowledgedIsWrittenAgain() throws Exception {
    Expiring out = new Expiring();
    out.expires = true;
    assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> copy(out, wanted("a", 1)));
    out.expires = false;

    copy(out, wanted("a", 1));

    assertThat(out.history()).hasSize(1);
    assertThat(Evidence.parseFrom(out.history().get(0).value()).hasTile()).isTrue();
  }

  @Test
  void aTileThatIsNamedAgainIsWrittenOnce() throws Exception {
    Expiring out = new Expiring();
    copy(out, wanted("a", 1), wanted("a", 1), wanted("b", 1));

    copy(out, wanted("b", 1), wanted("a", 2));

    assertThat(out.history()).hasSize(3);
  }

  @Test
  void aTileThatIsGoneIsMissingOnlyWhereAnAlertNamesIt() throws Exception {
    Expiring out = new Expiring();
    copyGone(out, wanted("a", 1, 0));
    assertThat(out.history()).as("a copy of it may lie there").isEmpty();

    copyGone(out, wanted("a", 1, 1));

    assertThat(out.history()).hasSize(1);
    assertThat(Evidence.parseFrom(out.history().get(0).value()).getMissing()).isEqualTo("Gone.");
  }

  @SafeVarargs
  private void copy(Expiring out, ConsumerRecord<byte[], byte[]>... records)
      throws ExecutionException, InterruptedException {
    copier.copy(
        List.of(records),
        evidence -> new SourceTiles.Found(Tile.getDefaultInstance(), ""),
        (record, evidence) -> {},
        out);
  }

  private void copyGone(Expiring out, ConsumerRecord<byte[], byte[]> record)
      throws ExecutionException, InterruptedException {
    copier.copy(
        List.of(record),
        evidence -> SourceTiles.Found.missing("Gone."),
        (name, evidence) -> {},
        out);
  }

  /** A producer whose records expire while the broker is away. */
  private static final class Expiring extends MockProducer<byte[], byte[]> {
    private boolean expires;

    private Expiring() {
      super(
          true, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
      return expires
          ? CompletableFuture.failedFuture(new TimeoutException("expired"))
          : super.send(record);
    }
  }

  private static ConsumerRecord<byte[], byte[]> wanted(String observation, long offset) {
    return wanted(observation, offset, 1);
  }

  private static ConsumerRecord<byte[], byte[]> wanted(
      String observation, long offset, int sequence) {
    Evidence evidence =
        Evidence.newBuilder()
            .setIncidentId("incident")
            .setObservationId(observation)
            .setSequence(sequence)
            .setSourceOffset(offset)
            .build();
    return new ConsumerRecord<>(
        Topics.EVIDENCE.name(), 0, 0, observation.getBytes(UTF_8), evidence.toByteArray());
  }
}
