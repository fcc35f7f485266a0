package riada.segmenter;

import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import riada.onnx.Device;
import riada.segmenter.TileWorker.Health;
import riada.segmenter.TileWorker.State;

/**
 * How a worker is, in the words that its operator reads in the health check and in the log. Its
 * thread says what happens and on which device the model runs; {@link #with} may be asked by any.
 */
final class WorkerHealth {
  private static final Logger log = LoggerFactory.getLogger(TileWorker.class); // who speaks

  /** Polls without a connection before it is said that the broker is away: three seconds. */
  private static final int POLLS_AWAY = 12;

  private volatile Health health =
      new Health(State.STARTING, "The segmenter is starting.", "", Optional.empty());
  private int pollsAway; // the worker thread's own

  /**
   * How it is now.
   *
   * @param note what the operator must know besides, in sentences; empty when nothing
   */
  Health with(String note) {
    Health now = health;
    return note.isEmpty()
        ? now
        : new Health(now.state(), now.words() + " " + note, now.device(), now.deviceWarning());
  }

  void modelLoaded(Device device) {
    say(State.STARTING, "The model is loaded; the segmenter looks for the broker.", device);
  }

  /** Another model is at work, which changes nothing else. */
  void runsOn(Device device) {
    Health now = health;
    health = new Health(now.state(), now.words(), device.name(), device.warning());
  }

  /** After a poll: says once that the broker is away, and once that it is back. */
  void polled(boolean connected, Device device) {
    pollsAway = connected ? 0 : pollsAway + 1;
    if (pollsAway >= POLLS_AWAY && health.state() != State.WAITING) {
      say(
          State.WAITING,
          "The broker cannot be reached; the segmenter waits for it and nothing is lost. Start the"
              + " broker, or check --bootstrap-servers.",
          device);
    } else if (connected && health.state() != State.WORKING) {
      say(State.WORKING, "The segmenter is working.", device);
    }
  }

  /** Says so once, as long as the broker is waited for. */
  void masksNotTaken(Device device) {
    if (health.state() != State.WAITING) {
      say(
          State.WAITING,
          "The broker does not take the masks; the segmenter waits for it and nothing is lost.",
          device);
    }
  }

  /**
   * Kafka threw what only new clients can mend.
   *
   * @param pause before they are made
   */
  void connectsAnew(String cause, Duration pause, Device device) {
    say(
        State.WAITING,
        "Kafka fails the segmenter ("
            + cause
            + "); in "
            + pause.toSeconds()
            + " s it connects anew and repeats what was not acknowledged.",
        device);
  }

  void stopped(Device device) {
    say(State.STOPPED, "The segmenter was stopped.", device);
  }

  void failed(Throwable why, Device device) {
    say(State.FAILED, "The segmenter failed and must be restarted: " + why, device);
    log.error("The segmenter's thread ends", why);
  }

  private void say(State state, String words, Device device) {
    health = new Health(state, words, device.name(), device.warning());
    if (state == State.WAITING) {
      log.warn(words);
    } else {
      log.info(words);
    }
  }
}
