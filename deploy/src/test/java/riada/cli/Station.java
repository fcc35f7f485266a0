package riada.cli;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import riada.cap.Issuer;
import riada.local.Cluster;
import riada.local.EmbeddedBroker;
import riada.local.Inference;
import riada.local.LocalSystem;
import riada.local.TopicAdmin;
import riada.onnx.Device;
import riada.proto.Topic;
import riada.proto.Topics;

/** The whole system on a broker of its own, for tests that feed it from outside. */
final class Station implements AutoCloseable {
  /** The model as it lies in the source tree. */
  static final Path MODEL = Path.of("..", "segmenter", "models", "riada-lite");

  /** What {@code riada demo} without a page says, with this model. */
  static Shell.Result demo(String... more) {
    List<String> args = new ArrayList<>(List.of("demo", "--headless", "--model", MODEL.toString()));
    args.addAll(List.of(more));
    return new Shell().run(args.toArray(String[]::new));
  }

  final Path folder;
  final Shell shell = new Shell();
  final URI page;
  private final LocalSystem system;
  private volatile EmbeddedBroker broker;

  Station(Path folder) throws Exception {
    this.folder = folder;
    broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
    TopicAdmin.create(cluster().client(), Topics.DEMO_PARTITIONS, (short) 1);
    system = new LocalSystem(cluster(), Clock.systemUTC());
    page = system.startDashboard("127.0.0.1", 0);
    system.startAlerts(folder.resolve("state"), 1, 0, Issuer.here());
    system.startSegmenter(new Inference(MODEL, Device.Choice.CPU, 2));
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(system::isWorking);
    shell.environment.put("RIADA_BOOTSTRAP_SERVERS", broker.bootstrapServers());
  }

  Cluster cluster() {
    return Cluster.plain(broker.bootstrapServers());
  }

  LocalSystem system() {
    return system;
  }

  void killBroker() {
    broker.process().destroyForcibly();
    broker.ended().join();
  }

  void restartBroker() {
    try {
      broker = EmbeddedBroker.start(folder.resolve("broker"), broker.port());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void send(String topic, byte[] key, byte[] value) throws Exception {
    send(cluster(), topic, key, value);
  }

  static void send(Cluster cluster, String topic, byte[] key, byte @Nullable [] value)
      throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                cluster.bootstrapServers(),
                "max.request.size",
                Topics.MAX_DEAD_LETTER_BYTES),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topic, key, value)).get();
    }
  }

  List<ConsumerRecord<byte[], byte[]>> records(Topic topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (TopicReader reader = new TopicReader(cluster().impatient(), topic.name(), true)) {
      reader.forEachToEnd(records::add);
    }
    return records;
  }

  <M extends Message> List<M> messages(Topic topic, Parser<M> parser) throws Exception {
    List<M> messages = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records(topic)) {
      messages.add(parser.parseFrom(record.value()));
    }
    return messages;
  }

  @Override
  public void close() {
    system.close();
    broker.close();
  }
}
