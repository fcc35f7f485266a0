package riada.segmenter;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import riada.proto.StageMillis;

/** The time that tiles spend in each stage, as metrics. */
final class StageTimers {
  private final Timer decodePicture;
  private final Timer encodeAndDetect;
  private final Timer prompt;
  private final Timer decodeMask;
  private final Timer finish;
  private final Timer total;

  StageTimers(String name, Tags tags, MeterRegistry meters) {
    decodePicture = timer(name, tags, "decode_picture", meters);
    encodeAndDetect = timer(name, tags, "encode_and_detect", meters);
    prompt = timer(name, tags, "prompt", meters);
    decodeMask = timer(name, tags, "decode_mask", meters);
    finish = timer(name, tags, "finish", meters);
    total = timer(name, tags, "total", meters);
  }

  private static Timer timer(String name, Tags tags, String stage, MeterRegistry meters) {
    return Timer.builder(name)
        .tags(tags.and("stage", stage))
        .description("time that a tile spends in each stage")
        .register(meters);
  }

  void record(StageMillis stages) {
    record(decodePicture, stages.getDecodePicture());
    record(encodeAndDetect, stages.getEncodeAndDetect());
    record(prompt, stages.getPrompt());
    record(decodeMask, stages.getDecodeMask());
    record(finish, stages.getFinish());
    record(total, stages.getTotal());
  }

  private static void record(Timer timer, float millis) {
    timer.record(Duration.ofNanos((long) (millis * 1e6)));
  }

  List<Timer> all() {
    return List.of(decodePicture, encodeAndDetect, prompt, decodeMask, finish, total);
  }
}
