package riada.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import riada.proto.Alert;
import riada.proto.Ground;
import riada.proto.Observation;
import riada.proto.Region;
import riada.proto.RegionStats;
import riada.proto.Topic;
import riada.proto.Topics;
import riada.proto.WaterMask;
import riada.stream.FloodTopology;
import riada.stream.StreamsSettings;
import riada.stream.TopologyConfig;

/**
 * Two processes of the alerts stage on three brokers, while masks keep coming: one of the two is
 * killed at random moments and started again. What they leave behind is what the topology alone
 * makes of the same masks. {@code -Driada.kills=10} kills ten times; {@code -Driada.seed} chooses
 * the moments.
 */
@Timeout(1200)
@EnabledIfSystemProperty(
    named = "riada.kills",
    matches = "[1-9][0-9]*",
    disabledReason = "starts three brokers and takes minutes: run it with -Driada.kills=10")
class FailoverIT {
  private static final int KILLS = Integer.getInteger("riada.kills", 2);
  private static final long SEED = Long.getLong("riada.seed", 1);
  private static final int PARTITIONS = 4;
  private static final Duration BETWEEN_MASKS = Duration.ofMillis(50);
  private static final Duration WARM_UP = Duration.ofSeconds(20); // kills hit a stream that runs
  private static final Duration BACK_WITHIN = Duration.ofSeconds(20);

  @TempDir Path folder;

  private final List<WaterMask> sent = new CopyOnWriteArrayList<>(); // in the order of their topic
  private final Map<String, RegionStats> stats = new HashMap<>(); // the newest of each region

  /** What is left at the end: figures by region, ground by tile, and each alert that was sent. */
  private record Outcome(
      Map<String, RegionStats> stats, Map<String, Ground> ground, Map<String, Alert> alerts) {}

  @Test
  void killedInstancesMissNoAlertAndKeepTheSumsExact() throws Exception {
    List<EmbeddedBroker> brokers = EmbeddedBroker.startCluster(folder.resolve("brokers"), 3);
    String servers =
        brokers.stream().map(EmbeddedBroker::bootstrapServers).collect(Collectors.joining(","));
    try {
      TopicAdmin.create(Cluster.plain(servers).impatient(), PARTITIONS, (short) 3);
      List<Duration> back = new ArrayList<>();
      try (AlertsProcess one = new AlertsProcess(folder.resolve("one"), servers);
          AlertsProcess two = new AlertsProcess(folder.resolve("two"), servers);
          KafkaConsumer<byte[], byte[]> figures = consumer(servers, Topics.STATS)) {
        try (Feed feed = new Feed(servers)) {
          feed.regions();
          awaitFigures(figures, Duration.ofSeconds(240), 0);
          feed.start();
          awaitFigures(figures, Duration.ofSeconds(120), 1);
          pollFor(figures, WARM_UP);
          Random random = new Random(SEED);
          for (int kill = 1; kill <= KILLS; kill++) {
            pollFor(figures, Duration.ofMillis(500 + random.nextInt(6000)));
            AlertsProcess victim = oneAtWork(servers, random.nextBoolean(), one, two);
            long killedAt = System.nanoTime();
            victim.kill();
            int masksBefore = sent.size();
            victim.startAgain();
            awaitFigures(figures, Duration.ofSeconds(240), masksBefore);
            back.add(Duration.ofNanos(System.nanoTime() - killedAt));
            System.out.printf(
                "kill %d: figures of all regions are new again after %.1f s%n",
                kill, back.get(kill - 1).toMillis() / 1e3);
          }
        }
        Outcome expected = alone();
        await()
            .atMost(Duration.ofSeconds(90))
            .pollInterval(Duration.ofMillis(500))
            .until(
                () -> {
                  pollFor(figures, Duration.ofMillis(200));
                  return plain(stats).equals(expected.stats());
                });

        List<Alert> alerts = read(servers, Topics.ALERTS, Alert.parser());
        Map<String, Alert> distinct = new TreeMap<>();
        alerts.forEach(alert -> distinct.put(alert.getAlertId(), plain(alert)));
        int repeats = alerts.size() - distinct.size();
        Set<String> missing = new LinkedHashSet<>(expected.alerts().keySet());
        missing.removeAll(distinct.keySet());
        System.out.printf(
            "%d kills, %d masks, %d alerts of %d incidents: %d missing, %d repeated, back after"
                + " %.1f s at most%n",
            KILLS,
            sent.size(),
            distinct.size(),
            distinct.values().stream().map(Alert::getIncidentId).distinct().count(),
            missing.size(),
            repeats,
            Collections.max(back).toMillis() / 1e3);
        assertThat(expected.alerts().values())
            .extracting(Alert::getRegionId)
            .contains("tile0", FailoverScript.PATCHES); // else the rest would show nothing
        assertThat(missing).isEmpty();
        assertThat(distinct).isEqualTo(expected.alerts());
        assertThat(repeats).isLessThanOrEqualTo(KILLS);
        Map<String, Ground> ground = new TreeMap<>();
        read(servers, Topics.GROUND, Ground.parser())
            .forEach(one1 -> ground.put(one1.getTile(), plain(one1)));
        assertThat(ground).isEqualTo(expected.ground());
        assertThat(back).allMatch(time -> time.compareTo(BACK_WITHIN) <= 0);
        assertThat(one.isAlive() && two.isAlive()).isTrue();
      }
    } finally {
      brokers.forEach(EmbeddedBroker::close);
    }
  }

  /** Sends masks at a steady pace from a thread of its own, each after the one before it. */
  private final class Feed implements AutoCloseable {
    private final KafkaProducer<String, byte[]> producer;
    private final FailoverScript script = new FailoverScript(SEED);
    private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();

    private Feed(String servers) {
      producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", servers),
              new StringSerializer(),
              new ByteArraySerializer());
    }

    private void regions() {
      for (Region region : FailoverScript.regions()) {
        producer.send(
            new ProducerRecord<>(Topics.REGIONS.name(), region.getId(), region.toByteArray()));
      }
      producer.flush();
    }

    private void start() {
      pace.scheduleAtFixedRate(this::next, 0, BETWEEN_MASKS.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void next() {
      WaterMask mask = script.next();
      producer.send(new ProducerRecord<>(Topics.MASKS.name(), mask.getTile(), mask.toByteArray()));
      sent.add(mask);
    }

    @Override
    public void close() throws InterruptedException {
      pace.shutdown();
      pace.awaitTermination(10, TimeUnit.SECONDS);
      producer.close();
    }
  }

  /**
   * The one or the other, but one that has tiles to answer for: the kill of a mere copy is none.
   */
  private static AlertsProcess oneAtWork(
      String servers, boolean isFirst, AlertsProcess one, AlertsProcess two)
      throws IOException, ExecutionException, InterruptedException {
    String group = StreamsSettings.APPLICATION_ID;
    try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", servers))) {
      Set<String> atWork =
          admin.describeConsumerGroups(List.of(group)).all().get().get(group).members().stream()
              .filter(member -> !member.assignment().topicPartitions().isEmpty())
              .map(MemberDescription::clientId)
              .collect(Collectors.toSet());
      for (AlertsProcess process : isFirst ? List.of(one, two) : List.of(two, one)) {
        String id = process.streamsId();
        if (atWork.stream().anyMatch(client -> client.contains(id))) {
          return process;
        }
      }
      throw new AssertionError("none of the two has any tiles: " + atWork);
    }
  }

  /** Until every region's figures know of a mask that was sent as the n-th or later. */
  private void awaitFigures(KafkaConsumer<byte[], byte[]> figures, Duration atMost, int masks) {
    await()
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              pollFor(figures, Duration.ofMillis(50));
              return FailoverScript.regions().stream()
                  .map(region -> stats.get(region.getId()))
                  .allMatch(one -> one != null && (masks == 0 || !asOf(one).isBefore(nth(masks))));
            });
  }

  private Instant nth(int mask) {
    // Of the pass after it every tile is yet to come.
    int whole = (mask / FailoverScript.TILES + 1) * FailoverScript.TILES;
    return sent.size() > whole ? Observation.instant(sent.get(whole).getAcquiredAt()) : Instant.MAX;
  }

  private static Instant asOf(RegionStats one) {
    return Observation.instant(one.getAsOf());
  }

  private void pollFor(KafkaConsumer<byte[], byte[]> figures, Duration time)
      throws InvalidProtocolBufferException {
    long end = System.nanoTime() + time.toNanos();
    do {
      for (ConsumerRecord<byte[], byte[]> record :
          figures.poll(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
        RegionStats one = RegionStats.parseFrom(record.value());
        stats.put(one.getRegionId(), one);
      }
    } while (System.nanoTime() < end);
  }

  /** The topology by itself, over the same masks in the same order. */
  private Outcome alone() throws InvalidProtocolBufferException {
    try (TopologyTestDriver driver =
        new TopologyTestDriver(
            FloodTopology.build(TopologyConfig.defaults()),
            StreamsSettings.of("none:1", folder.resolve("alone")).properties(),
            Instant.now())) {
      var key = new ByteArraySerializer();
      var regions = driver.createInputTopic(Topics.REGIONS.name(), key, new ByteArraySerializer());
      FailoverScript.regions()
          .forEach(one -> regions.pipeInput(one.getId().getBytes(UTF_8), one.toByteArray()));
      var masks = driver.createInputTopic(Topics.MASKS.name(), key, new ByteArraySerializer());
      sent.forEach(one -> masks.pipeInput(one.getTile().getBytes(UTF_8), one.toByteArray()));
      Map<String, RegionStats> figures = new HashMap<>();
      for (RegionStats one : out(driver, Topics.STATS, RegionStats.parser())) {
        figures.put(one.getRegionId(), one);
      }
      Map<String, Ground> ground = new TreeMap<>();
      for (Ground one : out(driver, Topics.GROUND, Ground.parser())) {
        ground.put(one.getTile(), plain(one));
      }
      Map<String, Alert> alerts = new TreeMap<>();
      for (Alert one : out(driver, Topics.ALERTS, Alert.parser())) {
        alerts.put(one.getAlertId(), plain(one));
      }
      return new Outcome(plain(figures), ground, alerts);
    }
  }

  private static <M extends Message> List<M> out(
      TopologyTestDriver driver, Topic topic, Parser<M> parser)
      throws InvalidProtocolBufferException {
    List<M> messages = new ArrayList<>();
    for (byte[] value :
        driver
            .createOutputTopic(
                topic.name(), new ByteArrayDeserializer(), new ByteArrayDeserializer())
            .readValuesToList()) {
      messages.add(parser.parseFrom(value));
    }
    return messages;
  }

  /** Without what the clock says, or how long things took. */
  private static Map<String, RegionStats> plain(Map<String, RegionStats> figures) {
    Map<String, RegionStats> plain = new TreeMap<>();
    figures.forEach(
        (region, one) ->
            plain.put(region, one.toBuilder().clearMeasuredAt().clearTimeliness().build()));
    return plain;
  }

  private static Ground plain(Ground ground) {
    return ground.toBuilder().clearMeasuredAt().build();
  }

  private static Alert plain(Alert alert) {
    return alert.toBuilder().clearAlertedAt().clearCapXml().build();
  }

  private static <M extends Message> List<M> read(String servers, Topic topic, Parser<M> parser)
      throws InvalidProtocolBufferException {
    List<M> messages = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(servers, topic)) {
      List<TopicPartition> partitions = List.copyOf(consumer.assignment());
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      PresentEnd.read(consumer, partitions, PresentEnd.PATIENCE, records::add);
      for (ConsumerRecord<byte[], byte[]> record : records) {
        messages.add(parser.parseFrom(record.value()));
      }
    }
    return messages;
  }

  private static KafkaConsumer<byte[], byte[]> consumer(String servers, Topic topic) {
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                servers,
                "isolation.level",
                "read_committed",
                "enable.auto.commit",
                "false",
                "auto.offset.reset",
                "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic.name()).stream()
            .map(one -> new TopicPartition(topic.name(), one.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }
}
