package riada.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.geo.TileId;

class ObservationTest {
  private static final Instant AT = Instant.parse("2026-03-01T12:00:00.250Z");
  private static final TileId TILE = new TileId(14, 8185, 5448);

  /**
   * By sha256sum over the bytes 00000007 "drone-1" 0000000e "Río Júcar 42" 0000000c "14/8185/5448"
   * 00000008 0000019ca9450afa.
   */
  @Test
  void isTheHashOfWhatMakesIt() {
    assertThat(Observation.id("drone-1", "Río Júcar 42", TILE, AT))
        .isEqualTo("6b571783e80978d8e6c144d163095eda");
  }

  @Test
  void changesWithEachFieldAndWithWhereOneEnds() {
    Set<String> ids = new HashSet<>();
    ids.add(Observation.id("ab", "c", TILE, AT));
    ids.add(Observation.id("a", "bc", TILE, AT));
    ids.add(Observation.id("abc", "", TILE, AT));
    ids.add(Observation.id("ab", "d", TILE, AT));
    ids.add(Observation.id("ab", "c", new TileId(14, 8185, 5449), AT));
    ids.add(Observation.id("ab", "c", TILE, AT.plusMillis(1)));

    assertThat(ids).hasSize(6);
  }

  @Test
  void doesNotChangeWithinAMillisecond() {
    assertThat(Observation.id("a", "b", TILE, AT.plusNanos(999_999)))
        .isEqualTo(Observation.id("a", "b", TILE, AT));
  }

  @ParameterizedTest
  @CsvSource({
    "1970-01-01T00:00:00Z, 0, 0",
    "2026-03-01T12:00:00.250Z, 1772366400, 250000000",
    "1969-12-31T23:59:59.999999999Z, -1, 999999999"
  })
  void timesComeBackAsTheyWent(Instant instant, long seconds, int nanos) {
    Timestamp timestamp = Observation.timestamp(instant);

    assertThat(timestamp.getSeconds()).isEqualTo(seconds);
    assertThat(timestamp.getNanos()).isEqualTo(nanos);
    assertThat(Observation.instant(timestamp)).isEqualTo(instant);
  }
}
