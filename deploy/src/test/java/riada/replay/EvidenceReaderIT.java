package riada.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import riada.local.Cluster;
import riada.local.EmbeddedBroker;
import riada.local.TopicAdmin;
import riada.proto.Topics;

/** An incident's evidence is looked for once, and then read only where it lies. */
@Timeout(90)
class EvidenceReaderIT {
  @TempDir Path folder;

  @Test
  void onlyWhatLiesBetweenTheFirstAndTheLastIsReadAgain() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"), 0)) {
      Map<String, Object> client = Cluster.plain(broker.bootstrapServers()).client();
      TopicAdmin.create(client, 3, (short) 1); // nothing of it lies in the third partition
      try (KafkaProducer<byte[], byte[]> out =
          new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
        for (String key : List.of("other/1", "own/1", "own/2", "other/2", "own/3", "other/3")) {
          send(out, 0, key);
        }
        send(out, 1, "own/4");
        send(out, 2, "own");
      }
      EvidenceReader reader = new EvidenceReader(client);
      List<String> first = new ArrayList<>();
      EvidenceReader.Span span =
          reader.read(Topics.EVIDENCE, 0, "own/", (key, value, timestampMs) -> first.add(key));
      assertThat(first).hasSize(8);
      forget(client, 2); // as retention does meanwhile

      List<String> again = new ArrayList<>();
      reader.read(span, (key, value, timestampMs) -> again.add(key));

      assertThat(again).containsExactlyInAnyOrder("own/2", "other/2", "own/3", "own/4");
      assertThat(again).containsSubsequence("own/2", "other/2", "own/3");
    }
  }

  private static void send(KafkaProducer<byte[], byte[]> out, int partition, String key)
      throws Exception {
    out.send(
            new ProducerRecord<>(
                Topics.EVIDENCE.name(), partition, key.getBytes(UTF_8), new byte[0]))
        .get();
  }

  private static void forget(Map<String, Object> client, long before) throws Exception {
    TopicPartition partition = new TopicPartition(Topics.EVIDENCE.name(), 0);
    try (Admin admin = Admin.create(client)) {
      admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(before))).all().get();
    }
  }
}
