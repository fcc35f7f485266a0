package riada.stream;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * The failures of stream threads in the last minutes. One that was replaced is over; a few in a row
 * mean that the same record fails again and again, and nothing gets on. Any thread may call it.
 */
final class ThreadFailures {
  /** How long a failure counts. */
  static final Duration WINDOW = Duration.ofMinutes(5);

  /** How many within {@link #WINDOW} are trouble. */
  static final int LIMIT = 3;

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final InstantSource clock;
  private final Deque<Instant> times = new ArrayDeque<>();
  private String last = "";

  ThreadFailures(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * @return how long to wait before the thread is replaced: not at all after the first failure,
   *     then 1 s, 2 s, 4 s up to 30 s, so that failures in a row stay within the window
   */
  synchronized Duration add(Throwable failure) {
    forgetOld();
    int before = times.size();
    times.addLast(clock.instant());
    last = root(failure).toString();
    if (before == 0) {
      return Duration.ZERO;
    }
    Duration pause = Duration.ofSeconds(1L << Math.min(before - 1, 5));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }

  /** What it came from: Kafka wraps it in words that name only the task. */
  static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  /** What is wrong, in a sentence; empty while failures are few. */
  synchronized Optional<String> trouble() {
    forgetOld();
    return times.size() < LIMIT
        ? Optional.empty()
        : Optional.of(
            "Its threads failed "
                + times.size()
                + " times in "
                + WINDOW.toMinutes()
                + " minutes and were replaced, last because of: "
                + last);
  }

  private void forgetOld() {
    Instant from = clock.instant().minus(WINDOW);
    while (!times.isEmpty() && times.getFirst().isBefore(from)) {
      times.removeFirst();
    }
  }
}
