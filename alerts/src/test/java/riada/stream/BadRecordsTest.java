package riada.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static riada.stream.FloodDriver.TILE;
import static riada.stream.FloodDriver.empty;
import static riada.stream.FloodDriver.full;
import static riada.stream.FloodDriver.mask;
import static riada.stream.FloodDriver.rows;
import static riada.stream.FloodTopologyTest.WHOLE;
import static riada.stream.FloodTopologyTest.area;
import static riada.stream.FloodTopologyTest.hours;
import static riada.stream.FloodTopologyTest.reference;

import com.google.protobuf.Timestamp;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.MaskRuns;
import riada.proto.ModelRef;
import riada.proto.Reference;
import riada.proto.Region;
import riada.proto.Topic;
import riada.proto.Topics;
import riada.proto.WaterMask;

/** All bad records pass through one topology, so that what one leaves behind hurts the next. */
class BadRecordsTest {
  @TempDir static Path dir;
  private static FloodDriver flood;
  private static int count; // of good masks so far: each floods a row more

  @BeforeAll
  static void open() {
    flood = new FloodDriver(dir);
    flood.send(WHOLE);
  }

  @AfterAll
  static void close() {
    flood.close();
  }

  static List<Arguments> badRecords() {
    String key = TILE.toString();
    WaterMask good = mask(TILE, "a", hours(1), empty(), full()).build();
    MaskRuns small = RunLength.encode(new Mask(64, 64));
    TileId far = new TileId(9, 255, 170);
    return List.of(
        bad(Topics.MASKS, key, "garbage".getBytes(UTF_8), "no WaterMask message"),
        bad(Topics.MASKS, key, new byte[0], "has no value"),
        bad(Topics.MASKS, "14/x", good.toByteArray(), "is no tile"),
        bad(Topics.MASKS, "14/99999/1", good.toByteArray(), "names no tile"),
        bad(Topics.MASKS, "14/1/1", good.toByteArray(), "make them equal"),
        bad(Topics.MASKS, key, good.toBuilder().setWater(small), "64 x 64"),
        bad(Topics.MASKS, key, good.toBuilder().clearValid(), "0 x 0"),
        bad(Topics.MASKS, key, good.toBuilder().setObservationId("x"), "observation_id"),
        bad(Topics.MASKS, key, good.toBuilder().clearScene(), "names no publisher or no scene"),
        bad(Topics.MASKS, key, good.toBuilder().clearAcquiredAt(), "has no acquired_at"),
        bad(
            Topics.MASKS,
            far.toString(),
            mask(far, "a", hours(1), empty(), full()),
            "takes zooms 12..20"),
        bad(Topics.MASKS, key, mask(TILE, "a", hours(-500_000), empty(), full()), "yet to come"),
        bad(Topics.MASKS, key, mask(TILE, "a", hours(500_000), empty(), full()), "satellites"),
        bad(Topics.MASKS, key, good.toBuilder().setAcquiredAt(beyondTime()), "is no time"),
        bad(Topics.MASKS, key, good.toBuilder().setReceivedAt(beyondTime()), "is no time"),
        bad(Topics.MASKS, key, good.toBuilder().setScene("s".repeat(129)), "shorten it"),
        bad(Topics.MASKS, key, good.toBuilder().setTile("t".repeat(1 << 20)), "ttt..."),
        bad(Topics.MASKS, key, good.toBuilder().setModel(largeModel()), "shorten it"),
        bad(Topics.MASKS, key, model(good, "m", "1.0", ""), "digest \"\";"),
        bad(Topics.MASKS, key, model(good, "", "1.0", "d"), "name \"\","),
        bad(Topics.REFERENCE, key, reference(TILE, empty(), ""), "has no version"),
        bad(Topics.REFERENCE, key, reference(TILE, empty(), "v".repeat(129)), "1 to 128"),
        bad(Topics.REGIONS, "whole", shape(" ".repeat(1 << 20) + "[]"), "simplify"),
        bad(Topics.REGIONS, "other", WHOLE.toByteArray(), "make them equal"),
        bad(Topics.REGIONS, "whole", WHOLE.toBuilder().setClearKm2(9), "raise_km2 >= clear_km2"),
        bad(Topics.REGIONS, "whole", WHOLE.toBuilder().setRaiseKm2(Double.NaN), "raise_km2"),
        bad(Topics.REGIONS, "whole", WHOLE.toBuilder().setMinObserved(1.5), "share, 0..1"),
        bad(Topics.REGIONS, "whole", WHOLE.toBuilder().setPasses(0), "at least 1"),
        bad(Topics.REGIONS, "whole", WHOLE.toBuilder().clearMaxAge(), "max_age"),
        bad(Topics.REGIONS, "whole", WHOLE.toBuilder().setGeometry("{"), "is no JSON"),
        bad(Topics.REGIONS, "whole", WHOLE.toBuilder().setGeometry(""), "geometry"),
        bad(Topics.REGIONS, "whole", shape("[]"), "is empty"),
        bad(Topics.REGIONS, "whole", shape("{\"a\":1}"), "no array"),
        bad(Topics.REGIONS, "whole", shape("[{\"a\":1}]"), "no array"),
        bad(Topics.REGIONS, "whole", shape("[[[0,0],[1,0],[1,1]]]"), "not closed"),
        bad(Topics.REGIONS, "whole", shape(comb(20_000)), "simplify it or split it"),
        bad(Topics.REGIONS, "whole", shape("[[[0,0],[1,1],[1,0],[0,1],[0,0]]]"), "not valid"),
        bad(Topics.REGIONS, "whole", shape("[[[0,0],[\"1\",0],[1,1],[0,0]]]"), "pair of numbers"),
        bad(Topics.REGIONS, "whole", shape("[[[179,0],[181,0],[181,1],[179,0]]]"), "antimeridian"),
        bad(Topics.REGIONS, "whole", shape("[[[179,0],[-179,0],[179,1],[179,0]]]"), "the long way"),
        bad(Topics.REGIONS, "whole", shape("[[[0,0],[1,0],[1,89],[0,0]]]"), "latitude"),
        bad(
            Topics.REGIONS,
            "whole",
            shape("[[[-180,-85],[0,-85],[180,-85],[180,85],[0,85],[-180,85],[-180,-85]]]"),
            "more than 100000"),
        bad(
            Topics.REGIONS,
            "whole",
            shape("[[[0,0],[1e-9,0],[1e-9,1e-9],[0,0]]]"),
            "centre of no cell"));
  }

  @ParameterizedTest
  @MethodSource("badRecords")
  void aBadRecordIsPutAsideWithASentenceAndTheNextPasses(
      Topic topic, String key, byte[] value, String reason) {
    flood.raw(topic, key, value);
    flood.send(
        mask(TILE, "good" + count, hours(1).minusMinutes(count), rows(0, ++count), full()).build());

    TestRecord<byte[], byte[]> letter = flood.dead(topic).get(0);
    assertThat(letter.key()).isEqualTo(key.getBytes(UTF_8));
    assertThat(letter.value()).isEqualTo(value);
    assertThat(new String(letter.headers().lastHeader("riada.reason").value(), UTF_8))
        .contains(reason)
        .matches(".*[.?]");
    assertThat(new String(letter.headers().lastHeader("riada.stage").value(), UTF_8))
        .isEqualTo("alerts");
    assertThat(flood.lastStats().getFloodedCm2()).isEqualTo(area(rows(0, count)));
  }

  @Test
  void aRecordLargerThanADeadLetterLeavesALetterThatFits() {
    Headers headers = new RecordHeaders().add("x", new byte[1 << 20]);

    flood.raw(Topics.MASKS, TILE.toString(), new byte[9 << 20], headers);

    assertThat(flood.dead(Topics.MASKS))
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.value()).isEmpty();
              assertThat(letter.headers().lastHeader("x")).isNull();
              assertThat(new String(letter.headers().lastHeader("riada.reason").value(), UTF_8))
                  .contains("9437184 bytes of value");
            });
  }

  private static Timestamp beyondTime() {
    return Timestamp.newBuilder().setSeconds(Long.MAX_VALUE).setNanos(1_000_000_000).build();
  }

  private static WaterMask.Builder model(
      WaterMask mask, String name, String version, String digest) {
    ModelRef.Builder model = ModelRef.newBuilder().setName(name).setVersion(version);
    return mask.toBuilder().setModel(model.setDigest(digest));
  }

  private static ModelRef largeModel() {
    return ModelRef.newBuilder().setName("m".repeat(3000)).build();
  }

  private static Arguments bad(Topic topic, String key, byte[] value, String reason) {
    return Arguments.of(topic, key, value, reason);
  }

  private static Arguments bad(
      Topic topic, String key, com.google.protobuf.MessageLite.Builder value, String reason) {
    return bad(topic, key, value.build().toByteArray(), reason);
  }

  private static Arguments bad(Topic topic, String key, Reference value, String reason) {
    return bad(topic, key, value.toByteArray(), reason);
  }

  /** An outline that goes up and down across half a hemisphere with each tooth. */
  private static String comb(int teeth) {
    StringBuilder ring = new StringBuilder("[[[0,0]");
    for (int i = 0; i <= teeth; i++) {
      ring.append(String.format(Locale.ROOT, ",[%.6f,%d]", i * 1e-6, i % 2 == 0 ? 1 : 80));
    }
    return ring.append(String.format(Locale.ROOT, ",[%.6f,0],[0,0]]]", teeth * 1e-6)).toString();
  }

  private static Region.Builder shape(String coordinates) {
    return WHOLE.toBuilder()
        .setGeometry("{\"type\":\"Polygon\",\"coordinates\":" + coordinates + "}");
  }
}
