package riada.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import riada.proto.RegionStats;
import riada.proto.Tile;
import riada.proto.Topics;

@Timeout(60)
class FeedTest {
  private static final Instant NOW = Instant.parse("2026-11-22T04:00:00Z");

  @Test
  void anOddRecordCostsNoneOfItsNeighbours() {
    Timestamp never =
        Timestamp.newBuilder().setSeconds(Long.MAX_VALUE).setNanos(1_000_000_000).build();
    byte[] odd =
        Tile.newBuilder()
            .setPublisher("p")
            .setScene("s")
            .setAcquiredAt(never)
            .build()
            .toByteArray();
    byte[] good = RegionStats.newBuilder().setRegionId("r").build().toByteArray();

    List<News> news =
        Feed.read(
            List.of(
                record(Topics.TILES.name(), odd),
                record("a topic that nobody shows", good), // a bug, not a stranger's fault
                record(Topics.STATS.name(), good)),
            NOW);

    assertThat(news)
        .hasExactlyElementsOfTypes(News.Skipped.class, News.Skipped.class, News.StatsSeen.class);
  }

  @Test
  void aBugInTheFeedIsToldAndTheFeedGoesOn() throws Exception {
    List<News> told = new CopyOnWriteArrayList<>();
    boolean[] failed = {false};
    Feed.Sink failsOnce =
        batch -> {
          if (!failed[0]) {
            failed[0] = true;
            throw new IllegalStateException("a bug");
          }
          told.addAll(batch);
        };
    // Without a server to ask the feed has something to tell at once.
    Feed feed = new Feed(Map.of("bootstrap.servers", "nowhere"), Clock.systemUTC(), failsOnce);

    feed.start();

    await().until(() -> told.size() >= 2); // of the bug, and of the next attempt
    feed.close();
    assertThat(told.get(0))
        .isEqualTo(
            new News.Connection(
                false,
                "The dashboard's reading failed (java.lang.IllegalStateException: a bug);"
                    + " trying again."));
  }

  private static ConsumerRecord<byte[], byte[]> record(String topic, byte[] value) {
    return new ConsumerRecord<>(topic, 0, 0, "14/8185/5448".getBytes(UTF_8), value);
  }
}
