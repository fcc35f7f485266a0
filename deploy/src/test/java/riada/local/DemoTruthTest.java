package riada.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.WaterMask;
import riada.simulate.Scenario;
import riada.simulate.Shot;
import riada.simulate.Simulation;

class DemoTruthTest {
  private static final Instant END = Instant.parse("2026-05-01T06:00:00Z");
  private static final Simulation SIMULATION =
      new Simulation(Scenario.RISING, 1, END.minusSeconds(7200), END, 3, 1, 1);
  private static final Mask ALL = Mask.full(512, 512);

  private final DemoTruth truth = new DemoTruth(SIMULATION);

  @AfterAll
  static void close() {
    SIMULATION.close();
  }

  @Test
  void masksArePooledOverTheirValidCells() throws Exception {
    Shot first = SIMULATION.shots().get(0);
    Shot second = SIMULATION.shots().get(1);
    truth.compare(mask(first, SIMULATION.truth(first).water(), ALL));

    truth.compare(mask(second, ALL, ALL));

    long one = SIMULATION.truth(first).water().count();
    long two = SIMULATION.truth(second).water().count();
    assertThat(truth.compared()).isEqualTo(2);
    assertThat(truth.maskIou().orElseThrow())
        .isCloseTo((one + two) / (double) (one + ALL.count()), within(1e-12));
  }

  @Test
  void aRepeatAndAMaskOfAnotherPublisherArePassedOver() throws Exception {
    Shot shot = SIMULATION.shots().get(0);
    truth.compare(mask(shot, SIMULATION.truth(shot).water(), ALL));

    truth.compare(mask(shot, ALL, ALL));
    truth.compare(mask(SIMULATION.shots().get(1), ALL, ALL).toBuilder().setPublisher("x").build());
    truth.compare(mask(SIMULATION.shots().get(1), ALL, ALL).toBuilder().setScene("x").build());

    assertThat(truth.compared()).isEqualTo(1);
    assertThat(truth.maskIou()).hasValue(1.0);
  }

  @Test
  void withoutAMaskThereIsNoOverlap() {
    assertThat(truth.maskIou()).isEmpty();
  }

  @Test
  void thePeakIsTheLastPassAtTheHighestStage() {
    assertThat(truth.peak().index()).isEqualTo(1); // it rises, stands and falls by a third
  }

  @ParameterizedTest
  @CsvSource({"1, 12, 1", "1200, 12, 1", "1201, 12, 5", "3000, 12, 5", "14400, 12, 13"})
  void ofALongDemoEachTileHasItsTurnInTheComparison(int shots, int tiles, int step) {
    assertThat(DemoTruth.step(shots, tiles)).isEqualTo(step);
  }

  private static WaterMask mask(Shot shot, Mask water, Mask valid) {
    return WaterMask.newBuilder()
        .setPublisher(Simulation.PUBLISHER)
        .setScene(shot.pass().scene())
        .setTile(shot.tile().toString())
        .setWater(RunLength.encode(water))
        .setValid(RunLength.encode(valid))
        .build();
  }
}
