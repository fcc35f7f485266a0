package riada.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A broker that is gone is one whose polls are empty, as the client's own stand-in plays it. */
@Timeout(20)
class PresentEndTest {
  private static final TopicPartition PARTITION = new TopicPartition("topic", 0);

  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
  private final List<Long> read = new ArrayList<>();

  @BeforeEach
  void assign() {
    consumer.assign(List.of(PARTITION));
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.updateEndOffsets(Map.of(PARTITION, 2L));
    consumer.seek(PARTITION, 0);
    consumer.addRecord(record(0));
  }

  @Test
  void readsToTheEnd() {
    consumer.addRecord(record(1));

    read(Duration.ofSeconds(10));

    assertThat(read).containsExactly(0L, 1L);
  }

  @Test
  void aBrokerThatStopsOnTheWayIsNotWaitedForWithoutEnd() {
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(() -> read(Duration.ofMillis(100)))
        .withMessageContaining("stopped handing out records");

    assertThat(read).containsExactly(0L);
  }

  private void read(Duration patience) {
    PresentEnd.read(consumer, List.of(PARTITION), patience, record -> read.add(record.offset()));
  }

  private static ConsumerRecord<byte[], byte[]> record(long offset) {
    return new ConsumerRecord<>("topic", 0, offset, new byte[0], new byte[0]);
  }
}
