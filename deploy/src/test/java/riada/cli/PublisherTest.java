package riada.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class PublisherTest {
  @Test
  void oneRecordThatTheBrokerDoesNotTakeFailsAll() {
    MockProducer<String, byte[]> producer =
        new MockProducer<>(
            true, new RoundRobinPartitioner(), new StringSerializer(), new ByteArraySerializer()) {
          @Override
          public synchronized Future<RecordMetadata> send(ProducerRecord<String, byte[]> record) {
            return record.key().equals("lost")
                ? CompletableFuture.failedFuture(new TimeoutException("expired"))
                : super.send(record);
          }
        };

    assertThatThrownBy(
            () -> Publisher.send(producer, List.of(record("a"), record("lost"), record("b"))))
        .hasCauseInstanceOf(TimeoutException.class);
  }

  private static ProducerRecord<String, byte[]> record(String key) {
    return new ProducerRecord<>("topic", key, new byte[1]);
  }
}
