package riada.segmenter;

import riada.proto.StageMillis;

/** Measures the stages of one tile: each ends where the next begins. */
final class StageClock {
  private final long start = System.nanoTime();
  private long last = start;

  /** Milliseconds since the stage before ended. */
  float lap() {
    long now = System.nanoTime();
    float millis = (now - last) / 1e6f;
    last = now;
    return millis;
  }

  /** Closes the last stage, {@code finish}, and the whole. */
  StageMillis finished(StageMillis.Builder stages) {
    return stages.setFinish(lap()).setTotal((last - start) / 1e6f).build();
  }
}
