package riada.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicsTest {
  /** The contract's table; 7 days are 604,800,000 ms. */
  @ParameterizedTest
  @CsvSource({
    "flood.tiles.v1, z/x/y, Tile, delete, 604800000, 2097152",
    "flood.masks.v1, z/x/y, WaterMask, delete, 604800000, 2097152",
    "flood.masks.shadow.v1, z/x/y, WaterMask, delete, 604800000, 2097152",
    "flood.ground.v1, analysis tile z/x/y, Ground, compact, -1, 2097152",
    "flood.reference.v1, z/x/y, Reference, compact, -1, 2097152",
    "flood.regions.v1, region id, Region, compact, -1, 2097152",
    "flood.stats.v1, region id, RegionStats, compact, -1, 2097152",
    "flood.alerts.v1, incident id, Alert, delete, 7776000000, 2097152",
    "flood.evidence.v1, incident id/observation id, Evidence, delete, 7776000000, 2162688",
    "flood.actions.v1, incident id or tile, Action, delete, -1, 2097152",
    "dlq.flood.tiles.v1, z/x/y, bytes, delete, 2592000000, 8388608",
    "dlq.flood.masks.v1, z/x/y, bytes, delete, 2592000000, 8388608",
    "dlq.flood.reference.v1, z/x/y, bytes, delete, 2592000000, 8388608",
    "dlq.flood.regions.v1, region id, bytes, delete, 2592000000, 8388608",
    "dlq.flood.actions.v1, incident id or tile, bytes, delete, 2592000000, 8388608"
  })
  void areAsTheContractSays(
      String name, String key, String message, String policy, String retentionMs, String maxBytes) {
    Topic topic = Topics.named(name).orElseThrow();

    assertThat(topic.key()).isEqualTo(key);
    assertThat(topic.message()).isEqualTo(message);
    assertThat(topic.config())
        .isEqualTo(
            Map.of(
                "cleanup.policy", policy,
                "retention.ms", retentionMs,
                "max.message.bytes", maxBytes));
  }

  @Test
  void areFifteenWithTheDeadLettersLast() {
    assertThat(Topics.all()).hasSize(15).extracting(Topic::name).doesNotHaveDuplicates();
    assertThat(Topics.all().subList(10, 15)).allMatch(topic -> topic.name().startsWith("dlq."));
  }

  /** Every value but the dead letters' is a message of the contract. */
  @Test
  void nameTheirMessages() {
    assertThat(Topics.all().subList(0, 10))
        .allMatch(
            topic -> Tile.getDescriptor().getFile().findMessageTypeByName(topic.message()) != null);
  }

  @Test
  void doNotKnowOthers() {
    assertThat(Topics.named("flood.tiles.v2")).isEmpty();
  }

  @Test
  void refuseATopicWithoutNameOrLimit() {
    assertThatThrownBy(() -> new Topic(" ", "k", "m", Duration.ZERO, false, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Topic("n", "k", "m", Duration.ZERO, false, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
