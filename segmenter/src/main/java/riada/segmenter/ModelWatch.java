package riada.segmenter;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import riada.onnx.ServedFolder;
import riada.proto.BadInput;
import riada.proto.ModelRef;
import riada.proto.ModelVersions;

/**
 * Serves the model in a folder and watches the folder, on a thread of its own: another model is
 * loaded, checked and warmed beside the one at work and handed over between two batches; one that
 * cannot be used is refused by name and the one at work goes on. A folder that is being copied is
 * looked at again when it has changed.
 */
public final class ModelWatch implements PipelineSource {
  /** How often the folder is looked at; a change is taken up when two looks are the same. */
  public static final Duration EVERY = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(ModelWatch.class);

  /** Loads models as the segmenter was told to. */
  public interface Loader {
    /** The model in a folder, on its device, run once. */
    WaterModel load(Path model) throws BadInput;

    /** The same files on the CPU, where a second model does no harm. */
    WaterModel check(Path model) throws BadInput;

    /** Whether no other model can be loaded beside this one: sessions on CUDA grow. */
    default boolean isAlone(WaterModel serving) {
      return serving.device().cuda();
    }
  }

  /**
   * The model at work.
   *
   * @param alone whether no other can be loaded beside it
   */
  record Serving(Path folder, ModelRef ref, boolean alone) {}

  /**
   * A model that may be served.
   *
   * @param pipeline null where it cannot be loaded beside the one at work
   */
  private record Candidate(Path folder, ModelRef ref, @Nullable TilePipeline pipeline)
      implements FolderOffer.Ready {
    @Override
    public void close() {
      if (pipeline != null) {
        pipeline.close();
      }
    }
  }

  private final Path folder;
  private final Loader loader;
  private final MeterRegistry meters;
  private final InstantSource clock;
  private final Duration every;
  private final FolderOffer<Candidate> served;
  private final ShadowWatch shadows;
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "riada-model-watch"));
  private volatile @Nullable Serving serving;

  /**
   * @param folder as {@link ServedFolder} describes it
   * @param producers makes a producer as {@link KafkaClients#shadowProducer} does
   */
  public ModelWatch(
      Path folder,
      Loader loader,
      Supplier<? extends Producer<byte[], byte[]>> producers,
      MeterRegistry meters,
      InstantSource clock,
      Duration every) {
    this.folder = folder;
    this.loader = loader;
    this.meters = meters;
    this.clock = clock;
    this.every = every;
    this.served =
        new FolderOffer<>(
            "served",
            folder,
            () -> ServedFolder.look(ServedFolder.model(folder)),
            null,
            " A restart would not find it: swap in a model that is whole.",
            meters);
    this.shadows = new ShadowWatch(folder, loader, producers, meters, clock);
  }

  /** The model that the folder serves, or the one at work where that one cannot be used. */
  @Override
  public TilePipeline open() throws BadInput {
    Serving last = serving;
    if (last == null) {
      served.know(); // nothing watches yet
    }
    try {
      return load(ServedFolder.model(folder));
    } catch (BadInput e) {
      if (last == null) {
        throw e;
      }
      served.refuse(e, last);
      // A swap moves the model that lay in the folder itself to a subfolder.
      return load(ServedFolder.kept(folder, last.ref()).orElse(last.folder()));
    }
  }

  private TilePipeline load(Path model) throws BadInput {
    WaterModel loaded = loader.load(model);
    serving = new Serving(model, loaded.ref(), loader.isAlone(loaded));
    return new TilePipeline(loaded, clock);
  }

  @Override
  public void watch() {
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    thread.scheduleWithFixedDelay(
        this::look, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Throws nothing: the executor drops a task that does. */
  private void look() {
    served.look(() -> get(ServedFolder.model(folder)), this::serving);
    shadows.look(serving());
  }

  private Candidate get(Path model) throws BadInput {
    if (serving().alone()) {
      try (WaterModel checked = loader.check(model)) {
        checked.requireAllHeads();
        return new Candidate(model, checked.ref(), null);
      }
    }
    WaterModel loaded = loader.load(model);
    return new Candidate(model, loaded.ref(), new TilePipeline(loaded, clock));
  }

  /**
   * As {@link PipelineSource#next}. Where no model can be loaded beside it, the old one is closed
   * first.
   *
   * @throws IllegalStateException when neither the new model nor the old can be loaded any more
   */
  @Override
  public TilePipeline next(TilePipeline old) {
    Candidate found = served.take();
    if (found == null) {
      return old;
    }
    ModelRef before = old.model().ref();
    if (found.ref().equals(before)) { // only touched, or opened anew meanwhile
      found.close();
      return old;
    }
    old.close();
    TilePipeline next = found.pipeline();
    if (next == null) {
      next = reopen();
    } else {
      serving = new Serving(found.folder(), found.ref(), loader.isAlone(next.model()));
    }
    if (!next.model().ref().equals(before)) {
      tell(before, next.model().ref());
    }
    return next;
  }

  private TilePipeline reopen() {
    try {
      return open();
    } catch (BadInput e) {
      throw new IllegalStateException("the model cannot be loaded anew: " + e.reason(), e);
    }
  }

  private void tell(ModelRef before, ModelRef now) {
    meters.counter("riada.model.swaps").increment();
    log.info(
        "Model swapped (model={}, version={}, digest={}, before={})",
        now.getName(),
        now.getVersion(),
        now.getDigest(),
        before.getDigest());
    if (ModelVersions.ORDER.compare(now.getVersion(), before.getVersion()) <= 0) {
      log.warn(
          "The version of {} is not higher than that of {}: of a tile that both have segmented, the"
              + " former's mask may go on counting.",
          named(now),
          named(before));
    }
  }

  private static String named(ModelRef ref) {
    return ref.getName() + " " + ref.getVersion();
  }

  private Serving serving() {
    return Objects.requireNonNull(serving, "a model is opened before the watch begins");
  }

  @Override
  public Optional<Shadow> trial(Optional<Shadow> running) {
    return shadows.trial(running);
  }

  @Override
  public String note() {
    return (served.note() + " " + shadows.note()).strip();
  }

  /** Ends the watch and closes what nobody took; a model that is being loaded is waited for. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      while (!thread.awaitTermination(1, TimeUnit.MINUTES)) {
        log.warn("A model is still being loaded from {}.", folder);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    served.close();
    shadows.close();
  }
}
