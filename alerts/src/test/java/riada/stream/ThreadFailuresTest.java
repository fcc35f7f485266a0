package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ThreadFailuresTest {
  private Instant now = Instant.parse("2026-03-01T12:00:00Z");
  private final ThreadFailures failures = new ThreadFailures(() -> now);

  @Test
  void aThreadThatFailedTwiceIsNoTrouble() {
    failures.add(new IllegalStateException("one"));
    failures.add(new IllegalStateException("two"));

    assertThat(failures.trouble()).isEmpty();
  }

  @Test
  void failuresInARowAreTroubleWithTheirReason() {
    for (int i = 0; i < 3; i++) {
      failures.add(new RuntimeException("task 0_1", new IllegalStateException("record too large")));
    }

    assertThat(failures.trouble())
        .hasValueSatisfying(
            why ->
                assertThat(why)
                    .contains("3 times")
                    .endsWith("java.lang.IllegalStateException: record too large"));
  }

  @Test
  void pausesGrowSoThatAThreadThatAlwaysFailsStaysTrouble() {
    List<Long> pauses = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      Duration pause = failures.add(new IllegalStateException("again"));
      pauses.add(pause.toSeconds());
      now = now.plus(pause);
      assertThat(failures.trouble().isPresent()).isEqualTo(i >= 2);
    }

    assertThat(pauses).startsWith(0L, 1L, 2L, 4L, 8L, 16L, 30L, 30L).endsWith(30L);
  }

  @Test
  void oldFailuresAreForgotten() {
    for (int i = 0; i < 3; i++) {
      failures.add(new IllegalStateException("then"));
    }

    now = now.plus(ThreadFailures.WINDOW).plusMillis(1);

    assertThat(failures.trouble()).isEmpty();
  }
}
