package riada.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** How verbs send: the broker has every record, or the verb fails. */
final class Publisher {
  private Publisher() {}

  /**
   * Sends all and waits until the broker has them. After a failure some may have arrived; all that
   * verbs send may be sent again.
   *
   * @throws ExecutionException with Kafka's reason, when the broker did not take one
   */
  static void send(KafkaOptions kafka, List<ProducerRecord<String, byte[]>> records)
      throws InterruptedException, ExecutionException {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka.impatient(), new StringSerializer(), new ByteArraySerializer())) {
      send(producer, records);
    }
  }

  static void send(Producer<String, byte[]> producer, List<ProducerRecord<String, byte[]>> records)
      throws InterruptedException, ExecutionException {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (ProducerRecord<String, byte[]> record : records) {
      sent.add(producer.send(record));
    }
    for (Future<RecordMetadata> one : sent) {
      one.get();
    }
  }
}
