package riada.segmenter;

import java.util.Optional;
import riada.proto.BadInput;

/** Where a worker's pipeline comes from. The worker's thread asks, but for {@link #note}. */
@FunctionalInterface
public interface PipelineSource extends AutoCloseable {
  /** At the start, and again after inference failed. */
  TilePipeline open() throws BadInput;

  /** Between two batches: the one to go on with; if it is another, this one is closed. */
  default TilePipeline next(TilePipeline pipeline) {
    return pipeline;
  }

  /** Likewise the model on trial, if there is one; if it is another, this one is closed. */
  default Optional<Shadow> trial(Optional<Shadow> running) {
    return running;
  }

  /** The first pipeline was opened; others may be got ready from now on. */
  default void watch() {}

  /** What the operator must know of other models, in sentences; empty when nothing. */
  default String note() {
    return "";
  }

  /** Closes what was got ready and not taken. */
  @Override
  default void close() {}
}
