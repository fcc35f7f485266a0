package riada.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import riada.proto.Reference;
import riada.proto.Region;
import riada.proto.Topic;
import riada.proto.Topics;
import riada.proto.WaterMask;
import riada.stream.Contribution;
import riada.stream.FloodTopology;
import riada.stream.Rederivation;
import riada.stream.RegionLife;
import riada.stream.StreamsSettings;
import riada.stream.TopologyConfig;

/**
 * The very topology of the alerts stage, without a broker and with a clock that stands still. Owned
 * by one thread.
 */
final class SecondTopology implements AutoCloseable {
  private final TopologyTestDriver driver;
  private final Instant now;

  /**
   * @param folder for the state, empty
   * @param now what its clock shows
   */
  SecondTopology(Path folder, Instant now) {
    this.now = now;
    this.driver =
        new TopologyTestDriver(
            FloodTopology.build(TopologyConfig.defaults()),
            StreamsSettings.of("none:1", folder).properties(),
            now);
  }

  void region(Region region) {
    send(Topics.REGIONS, region.getId(), region.toByteArray());
  }

  void reference(Reference reference) {
    send(Topics.REFERENCE, reference.getTile(), reference.toByteArray());
  }

  void mask(WaterMask mask) {
    send(Topics.MASKS, mask.getTile(), mask.toByteArray());
  }

  private void send(Topic topic, String key, byte[] value) {
    TestInputTopic<byte[], byte[]> input =
        driver.createInputTopic(
            topic.name(), new ByteArraySerializer(), new ByteArraySerializer(), now, Duration.ZERO);
    input.pipeInput(key.getBytes(UTF_8), value);
  }

  /** The region's figures as of {@code asOf}; empty when the topology has none. */
  Optional<Rederivation.Again> figures(String region, Instant asOf) {
    return Rederivation.figures(
        driver.<String, RegionLife>getKeyValueStore(Rederivation.REGIONS),
        driver.<String, Contribution>getKeyValueStore(Rederivation.CONTRIBUTIONS),
        region,
        asOf);
  }

  @Override
  public void close() {
    driver.close();
  }
}
