package riada.segmenter;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import riada.onnx.ServedFolder;
import riada.proto.BadInput;
import riada.proto.Topics;

/**
 * Gets the model ready that a folder names for trial, as {@link ModelWatch} does with the one that
 * is served, and on its thread. The worker's thread calls {@link #trial}; {@link #note} any.
 */
final class ShadowWatch implements AutoCloseable {
  private final Path folder;
  private final ModelWatch.Loader loader;
  private final Supplier<? extends Producer<byte[], byte[]>> producers;
  private final MeterRegistry meters;
  private final InstantSource clock;
  private final FolderOffer<Trial> trials;
  private @Nullable Producer<byte[], byte[]> producer; // the watch's own thread's
  private volatile @Nullable Shadow running; // the worker's

  /** What the worker is to try beside the model at work: nothing, or a shadow. */
  private record Trial(Optional<Shadow> shadow) implements FolderOffer.Ready {
    static final Trial NONE = new Trial(Optional.empty());

    @Override
    public void close() {
      shadow.ifPresent(Shadow::close);
    }
  }

  ShadowWatch(
      Path folder,
      ModelWatch.Loader loader,
      Supplier<? extends Producer<byte[], byte[]>> producers,
      MeterRegistry meters,
      InstantSource clock) {
    this.folder = folder;
    this.loader = loader;
    this.producers = producers;
    this.meters = meters;
    this.clock = clock;
    this.trials =
        new FolderOffer<>(
            "shadow",
            folder,
            () -> ServedFolder.shadow(folder).map(ServedFolder::look).orElse(""),
            Trial.NONE,
            "",
            meters);
  }

  /** Looks at the folder once; throws nothing. */
  void look(ModelWatch.Serving serving) {
    trials.look(() -> get(serving), () -> serving);
  }

  private Trial get(ModelWatch.Serving serving) throws BadInput {
    Optional<Path> model = ServedFolder.shadow(folder);
    try {
      return model.isPresent() ? load(model.get(), serving) : Trial.NONE;
    } catch (KafkaException e) { // when the broker answers or the topic is made it begins
      throw new FolderOffer.NotYet(
          "A shadow waits for the topic "
              + Topics.SHADOW_MASKS.name()
              + " ("
              + e.getMessage()
              + "); `riada topics create` makes it.",
          e);
    }
  }

  /** None where it is the model that is served itself. */
  private Trial load(Path model, ModelWatch.Serving serving) throws BadInput {
    if (serving.alone()) {
      throw new BadInput(
          "shadow_on_cuda",
          "On CUDA a process holds one model, so the shadow "
              + model
              + " does not run there; try it with a segmenter on the CPU, or measure the two with"
              + " `riada model compare`.");
    }
    Producer<byte[], byte[]> out = producer;
    if (out == null) {
      out = producers.get();
      producer = out;
    }
    out.partitionsFor(Topics.SHADOW_MASKS.name()); // so that no tile waits for it
    WaterModel loaded = loader.load(model);
    if (loaded.ref().equals(serving.ref())) {
      loaded.close();
      return Trial.NONE;
    }
    return new Trial(Optional.of(new Shadow(new TilePipeline(loaded, clock), out, meters)));
  }

  /** As {@link PipelineSource#trial}. */
  Optional<Shadow> trial(Optional<Shadow> now) {
    Trial taken = trials.take();
    if (taken == null) {
      return now;
    }
    now.ifPresent(Shadow::close);
    running = taken.shadow().orElse(null);
    return taken.shadow();
  }

  /** What became of the trial, in sentences; empty when there is none. */
  String note() {
    Shadow shadow = running;
    return shadow == null ? trials.note() : (shadow.words() + " " + trials.note()).strip();
  }

  /** When the watch's thread and the worker's have ended. */
  @Override
  public void close() {
    trials.close();
    Producer<byte[], byte[]> out = producer;
    if (out != null) {
      out.close(Duration.ZERO);
    }
  }
}
