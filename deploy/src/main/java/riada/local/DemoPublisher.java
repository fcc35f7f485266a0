package riada.local;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import riada.ingest.TilePublisher;
import riada.proto.BadInput;
import riada.proto.Observation;
import riada.proto.Reference;
import riada.proto.Region;
import riada.proto.Topics;
import riada.simulate.Shot;
import riada.simulate.Simulation;

/** Sends what a demo shows: the region and its reference, then each tile at its time. */
final class DemoPublisher {
  /** Long enough for a broker that is away for a while to come back. */
  private static final String LONGEST_BLOCK_MS = "120000";

  private static final Duration LOOK = Duration.ofMillis(50);

  private final Cluster cluster;
  private final DemoPlan plan;
  private final Simulation simulation;
  private final InstantSource clock;

  /** Hears of each tile, on the thread that sends. */
  interface Listener {
    /** An observation is about to be sent for the first time. */
    void sending(String observationId);

    /** So many of all tiles were sent, repeats included. */
    void sent(int tiles, int all);
  }

  DemoPublisher(Cluster cluster, DemoPlan plan, Simulation simulation, InstantSource clock) {
    this.cluster = cluster;
    this.plan = plan;
    this.simulation = simulation;
    this.clock = clock;
  }

  /** Sends the region and the normal water of its tiles. */
  void ground() {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(cluster.client(), new StringSerializer(), new ByteArraySerializer())) {
      Region region = simulation.region();
      producer.send(
          new ProducerRecord<>(Topics.REGIONS.name(), region.getId(), region.toByteArray()));
      for (Reference reference : simulation.references()) {
        producer.send(
            new ProducerRecord<>(
                Topics.REFERENCE.name(), reference.getTile(), reference.toByteArray()));
      }
    }
  }

  /**
   * Sends every tile at its time; a machine that is too slow is late, and leaves none out.
   *
   * @param start when the first is due, in {@link System#nanoTime}
   */
  void tiles(long start, Pause pause, Listener listener)
      throws IOException, BadInput, InterruptedException {
    List<Shot> shots =
        plan.shuffle().isPresent()
            ? simulation.shuffled(plan.shuffle().getAsLong())
            : simulation.shots();
    Map<String, Object> patient = cluster.client();
    patient.putIfAbsent("max.block.ms", LONGEST_BLOCK_MS);
    BitSet sent = new BitSet();
    try (TilePublisher publisher = new TilePublisher(cluster.bootstrapServers(), patient, clock)) {
      for (int i = 0; i < shots.size(); i++) {
        long due = start + plan.duration().toNanos() / shots.size() * i;
        pause.of(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
        Shot shot = shots.get(i);
        int number = simulation.number(shot);
        if (!sent.get(number)) {
          sent.set(number);
          listener.sending(observation(shot));
        }
        publisher.send(shot.tile().toString(), simulation.message(shot));
        listener.sent(i + 1, shots.size());
      }
      while (!publisher.isSettled()) { // no flush: it would not hear that the broker has ended
        pause.of(LOOK);
      }
    }
  }

  private static String observation(Shot shot) {
    return Observation.id(
        Simulation.PUBLISHER, shot.pass().scene(), shot.tile(), shot.pass().acquiredAt());
  }
}
