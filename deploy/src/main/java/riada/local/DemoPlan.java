package riada.local;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import riada.simulate.Scenario;
import riada.simulate.Simulation;

/**
 * What a demo shows. Which tiles are sent follows from it alone, never from the machine's speed.
 *
 * @param duration wall time over which the passes are spread, at least a second
 * @param port of the page, 0 for a free one
 * @param brokerPort of the embedded broker, 0 for a free one
 * @param folder for the broker's data and the state; a temporary one when empty
 * @param speed simulated seconds in a second, at least 1
 * @param seed of the simulated world
 * @param scenario nothing is published without one
 * @param shuffle sends the same tiles in another order, three in ten twice
 */
public record DemoPlan(
    Duration duration,
    int port,
    int brokerPort,
    Optional<Path> folder,
    int speed,
    int seed,
    Optional<Scenario> scenario,
    OptionalLong shuffle) {
  /** Simulated time between two passes: at the default speed one comes every four seconds. */
  public static final Duration REVISIT = Duration.ofMinutes(10);

  /** A page that is watched for five minutes shows the twelve hours that a region remembers. */
  public static final int DEFAULT_SPEED = 144;

  /** Beyond it a mistake in the flags is likelier than a patient person. */
  private static final int MAX_PASSES = 20_000;

  public DemoPlan {
    if (duration.compareTo(Duration.ofSeconds(1)) < 0
        || speed < 1
        || passes(duration, speed) > MAX_PASSES) {
      throw new IllegalArgumentException(
          "a duration of "
              + duration
              + " at speed "
              + speed
              + "; the duration is at least a second, the speed at least 1, and together they make at"
              + " most "
              + MAX_PASSES
              + " passes, one every "
              + REVISIT.toMinutes()
              + " simulated minutes");
    }
  }

  /** How often the simulated world is photographed: at least once. */
  public int passes() {
    return (int) passes(duration, speed);
  }

  private static long passes(Duration duration, int speed) {
    return Math.max(1, duration.multipliedBy(speed).toMillis() / REVISIT.toMillis());
  }

  /** The simulation that ends at {@code now}, if there is one. */
  Optional<Simulation> simulation(Instant now) {
    return scenario.map(
        s -> new Simulation(s, seed, now.minus(duration.multipliedBy(speed)), now, passes()));
  }
}
