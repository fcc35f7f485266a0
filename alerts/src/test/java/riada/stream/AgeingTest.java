package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables count minutes from noon: figures' time, the clock that it was set by, now. */
class AgeingTest {
  private static final long NOON = FloodDriver.NOW.toEpochMilli();
  private static final long MINUTE = 60_000;
  private static final long TOLERANCE = 10 * MINUTE; // Tiles.CLOCK_TOLERANCE
  private static final long SILENCE = 5 * MINUTE;

  @ParameterizedTest
  @CsvSource({
    "a newer pass moves them on,               -300,    0,  -60,   30,  -60,   30",
    "an older pass does not take them back,    -300,    0, -400,   30, -300,    0",
    "one of the same time changes nothing,     -300,    0, -300,   30, -300,    0",
    "one a little ahead of the clock counts,   -300,    0,    9,    0,    9,    0",
    "a clock that is ten minutes ahead passes, -300,   10,  -60,    0,  -60,    0",
    "one eleven minutes ahead took them along,   11,   11,  -60,    0,  -60,    0",
    "or was ahead though its figures were not, -300,   11, -400,    0, -400,    0",
    "or had the figures run ahead,             1440,    0,  -60,    0,  -60,    0"
  })
  void whatIsSeenMovesTheFiguresOn(
      String what, int asOf, int clock, int newest, int now, int asOfThen, int clockThen) {
    RegionLife seen = Ageing.seen(life(asOf, clock), at(newest), at(now));

    assertThat(seen).as(what).isEqualTo(life(asOfThen, clockThen));
  }

  @ParameterizedTest
  @CsvSource({
    "two hours older after two hours,               -300,    0, -300,  120, -180,  120",
    "of now at the latest,                             9,    0,    9,   15,   15,   15",
    "no younger before the clock has reached them,     9,    0,    9,    5,    9,    0",
    "a clock set forward ages them as silence does, -300,    0, -300, 1440, 1140, 1440",
    "one set back by ten minutes is waited for,     -300,    0, -300,  -10, -300,    0",
    "one set back by more starts from what is seen, -180,    0, -300,  -11, -300,  -11",
    "one that ran ahead by a day likewise,          1140, 1440, -300,    0, -300,    0"
  })
  void inSilenceTheFiguresAgeWithTheClock(
      String what, int asOf, int clock, int newest, int now, int asOfThen, int clockThen) {
    RegionLife aged = Ageing.aged(life(asOf, clock), at(newest), at(now));

    assertThat(aged).as(what).isEqualTo(life(asOfThen, clockThen));
  }

  /** By the milliseconds that the clock went on since it set the figures' time. */
  @ParameterizedTest
  @ValueSource(longs = {SILENCE, SILENCE + 1, -TOLERANCE - 1})
  void figuresAreToldAgainAfterSilenceAndWhereTheClockIsSetBack(long wentOn) {
    assertThat(Ageing.isDue(life(-300, 0), SILENCE, NOON + wentOn)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {SILENCE - 1, 0, -1, -TOLERANCE})
  void figuresThatWereJustToldAreNotToldAgain(long wentOn) {
    assertThat(Ageing.isDue(life(-300, 0), SILENCE, NOON + wentOn)).isFalse();
  }

  @Test
  void whereNobodyEverLookedNothingIsToldAgain() {
    RegionLife unseen = life(-300, 0).toBuilder().clearAsOfMs().clearAsOfClockMs().build();

    assertThat(Ageing.isDue(unseen, SILENCE, NOON)).isFalse();
  }

  @Test
  void aDeletedRegionIsSilent() {
    RegionLife deleted = life(-300, 0).toBuilder().clearDefinition().build();

    assertThat(Ageing.isDue(deleted, SILENCE, NOON + 2 * SILENCE)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void howOftenSilenceIsListenedToDoesNotShow(long seed) {
    Random random = new Random(seed);
    for (int history = 0; history < 1000; history++) {
      RegionLife first = life(random.nextInt(-600, 10), 0);
      RegionLife step = first;
      int minute = 0;
      for (int i = 0; i < 20; i++) {
        minute += random.nextInt(60);
        step = Ageing.aged(step, first.getAsOfMs(), at(minute));
      }

      RegionLife atOnce = Ageing.aged(first, first.getAsOfMs(), at(minute));

      assertThat(step.getAsOfMs()).isEqualTo(atOnce.getAsOfMs());
    }
  }

  /** Whatever the clock does, but for its jumps back by more than is tolerated. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theFiguresNeverGoBackAndNeverRunAheadOfTheClock(long seed) {
    Random random = new Random(seed);
    RegionLife life = life(-600, 0);
    int latest = 0;
    for (int i = 0; i < 10_000; i++) {
      int minute = latest + random.nextInt(-10, 30);
      latest = Math.max(latest, minute);
      long newest = at(random.nextInt(-600, minute + 1));

      RegionLife next =
          random.nextBoolean()
              ? Ageing.seen(life, newest, at(minute))
              : Ageing.aged(life, newest, at(minute));

      assertThat(next.getAsOfMs()).isBetween(life.getAsOfMs(), at(latest));
      life = next;
    }
  }

  private static RegionLife life(int asOf, int clock) {
    return RegionLife.newBuilder()
        .setDefinition(RegionDefinition.newBuilder().setVersion("v1"))
        .setAsOfMs(at(asOf))
        .setAsOfClockMs(at(clock))
        .build();
  }

  private static long at(int minute) {
    return NOON + minute * MINUTE;
  }
}
