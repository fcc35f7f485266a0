package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import riada.proto.Timeliness;

class TimingsTest {
  private static final long T0 = 1_000_000_000;

  @Test
  void eachLegFallsIntoItsBucket() {
    RegionLife life =
        Timings.counted(
            RegionLife.getDefaultInstance(), origin("p", 7_200_000, 400, 100), T0 + 3_000);

    Timeliness times = life.getTimeliness(0);
    assertThat(bucket(times.getAcquiredToReceived())).isEqualTo(12); // two hours: up to six
    assertThat(bucket(times.getReceivedToSegmented())).isEqualTo(2); // 400 ms: up to half a second
    assertThat(bucket(times.getSegmentedToMeasured())).isEqualTo(0); // 100 ms: up to that
    assertThat(bucket(times.getMeasuredToAlerted())).isEqualTo(4); // 2.5 s
    assertThat(times.getMasks()).isEqualTo(1);
    assertThat(times.getWithinTarget()).isEqualTo(1);
  }

  @Test
  void whatIsLateIsCountedAndNotWithinTheTarget() {
    RegionLife life =
        Timings.counted(RegionLife.getDefaultInstance(), origin("p", 1, 1, 1), T0 + 10_001);

    assertThat(life.getTimeliness(0).getMasks()).isEqualTo(1);
    assertThat(life.getTimeliness(0).getWithinTarget()).isZero();
  }

  @Test
  void publishersBeyondTheLimitAreCountedTogether() {
    RegionLife life = RegionLife.getDefaultInstance();
    for (int i = 0; i < 40; i++) {
      life = Timings.counted(life, origin("p" + i, 1, 1, 1), T0);
    }

    assertThat(life.getTimelinessCount()).isEqualTo(Timings.MAX_PUBLISHERS + 1);
    assertThat(life.getTimeliness(Timings.MAX_PUBLISHERS))
        .returns(Timings.OTHERS, Timeliness::getPublisher)
        .returns(24L, Timeliness::getMasks);
  }

  @Test
  void aChangeWithoutAMaskIsNotCounted() {
    RegionLife life =
        Timings.counted(RegionLife.getDefaultInstance(), Origin.getDefaultInstance(), T0);

    assertThat(life.getTimelinessList()).isEmpty();
  }

  private static int bucket(Timeliness.Leg leg) {
    return leg.getMasksList().indexOf(1L);
  }

  /** Received at T0, the legs in milliseconds. */
  private static Origin origin(
      String publisher, long toReceived, long toSegmented, long toMeasured) {
    return Origin.newBuilder()
        .setPublisher(publisher)
        .setAcquiredAtMs(T0 - toReceived)
        .setReceivedAtMs(T0)
        .setSegmentedAtMs(T0 + toSegmented)
        .setMeasuredAtMs(T0 + toSegmented + toMeasured)
        .build();
  }
}
