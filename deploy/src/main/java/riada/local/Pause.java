package riada.local;

import java.io.IOException;
import java.time.Duration;

/** Waits, or fails as soon as there is nothing left to wait for. */
@FunctionalInterface
interface Pause {
  /**
   * @param time may be zero, to ask only whether to go on
   * @throws InterruptedException when the work was called off
   * @throws IOException with a sentence when the broker has ended
   */
  void of(Duration time) throws InterruptedException, IOException;
}
