package riada.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedBrokerIT {
  @TempDir Path folder;

  @Test
  void isReadyWithinFiveSecondsAndCarriesRecords() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0)) {
      produce(broker, "first");

      assertThat(consume(broker)).containsExactly("first");
      System.out.println("embedded broker ready after " + broker.readyAfter().toMillis() + " ms");
      assertThat(broker.readyAfter()).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void keepsItsRecordsOverARestartOnTheSameFolder() throws Exception {
    int port;
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0)) {
      port = broker.port();
      produce(broker, "before");
    }

    try (EmbeddedBroker again = EmbeddedBroker.start(folder, port)) {
      assertThat(consume(again)).containsExactly("before");
    }
  }

  @Test
  void keepsItsRecordsWhenItWasKilled() throws Exception {
    EmbeddedBroker broker = EmbeddedBroker.start(folder, 0);
    produce(broker, "before");

    broker.process().destroyForcibly();

    assertThat(broker.ended().get()).contains("stopped with exit status");
    try (EmbeddedBroker again = EmbeddedBroker.start(folder, broker.port())) {
      assertThat(consume(again)).containsExactly("before");
    }
  }

  @Test
  void isGoneWhenItsParentIsKilled() throws Exception {
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out = new BufferedReader(new InputStreamReader(parent.getInputStream(), UTF_8));
    ProcessHandle broker = ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow();
    assertThat(broker.isAlive()).isTrue();

    parent.destroyForcibly();

    await().atMost(Duration.ofSeconds(10)).until(() -> !broker.isAlive());
  }

  /** A process that starts a broker, prints the broker's process id and waits to be killed. */
  static final class Parent {
    public static void main(String[] args) throws Exception {
      EmbeddedBroker broker = EmbeddedBroker.start(Path.of(args[0]), 0);
      System.out.println(broker.process().pid());
      broker.process().onExit().join();
    }
  }

  @Test
  void saysThatThePortIsInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> EmbeddedBroker.start(folder, taken.getLocalPort()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Port " + taken.getLocalPort() + " is in use")
          .hasMessageContaining("--broker-port");
    }
  }

  @Test
  void saysThatTheFolderIsTaken() throws Exception {
    try (EmbeddedBroker first = EmbeddedBroker.start(folder, 0)) {
      assertThatThrownBy(() -> EmbeddedBroker.start(folder, 0))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Another broker is using the folder " + folder);
    }
  }

  @Test
  void saysThatTheFolderIsAFile() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));

    assertThatThrownBy(() -> EmbeddedBroker.start(file, 0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is a file; name a folder");
  }

  private static void produce(EmbeddedBroker broker, String value) throws Exception {
    Map<String, Object> config = Map.of("bootstrap.servers", broker.bootstrapServers());
    try (Admin admin = Admin.create(config);
        KafkaProducer<String, String> producer =
            new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
      admin.createTopics(List.of(new NewTopic("proof", 1, (short) 1))).all().get();
      producer.send(new ProducerRecord<>("proof", value)).get();
    }
  }

  private static List<String> consume(EmbeddedBroker broker) {
    List<String> values = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers(), "auto.offset.reset", "earliest"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(List.of(new TopicPartition("proof", 0)));
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(r -> values.add(r.value()));
                return !values.isEmpty();
              });
    }
    return values;
  }
}
