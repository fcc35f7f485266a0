package riada.segmenter;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import riada.proto.BadInput;
import riada.proto.BrokerConnection;
import riada.proto.Topics;

/**
 * Reads tiles from Kafka, writes a mask or a dead letter for each, and commits what is
 * acknowledged: every tile at least once. The only user of Kafka in this module. Works on a thread
 * of its own; {@link #start}, {@link #close} and {@link #health} may be called from any.
 */
public final class TileWorker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TileWorker.class);

  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration UNACKNOWLEDGED = Duration.ofSeconds(3);
  private static final Duration CLIENT_CLOSE = Duration.ofSeconds(2);
  private static final Duration BATCH_END = Duration.ofSeconds(10);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  /** With a shadow at work: who is not asked does not wait. */
  private static final Duration GLANCE = Duration.ofMillis(10);

  /** What a worker is doing. */
  public enum State {
    STARTING,
    WORKING,
    /** The broker is away: nothing is lost, work goes on when it returns. */
    WAITING,
    /** It stopped by itself and must be looked at. */
    FAILED,
    STOPPED
  }

  /**
   * How a worker is.
   *
   * @param words one sentence for the operator
   * @param device {@code cpu} or {@code cuda:0}; empty before the model is loaded
   * @param deviceWarning what the operator must know of the device
   */
  public record Health(State state, String words, String device, Optional<String> deviceWarning) {
    /** Whether it needs nobody's help. */
    public boolean ok() {
      return state != State.FAILED;
    }
  }

  private final PipelineSource pipelines;
  private final Supplier<? extends Consumer<byte[], byte[]>> consumers;
  private final Supplier<? extends Producer<byte[], byte[]>> producers;
  private final MeterRegistry meters;
  private final InstantSource clock;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final WorkerHealth health = new WorkerHealth();

  private volatile @Nullable Producer<byte[], byte[]> producer;
  private @Nullable Thread thread;
  private Duration pause = FIRST_PAUSE; // before connecting anew: the worker thread's own

  /**
   * @param pipelines opens the model
   * @param consumers makes a consumer as {@link KafkaClients#consumer} does; asked again after the
   *     connection broke beyond repair
   * @param producers likewise
   */
  public TileWorker(
      PipelineSource pipelines,
      Supplier<? extends Consumer<byte[], byte[]>> consumers,
      Supplier<? extends Producer<byte[], byte[]>> producers,
      MeterRegistry meters,
      InstantSource clock) {
    this.pipelines = pipelines;
    this.consumers = consumers;
    this.producers = producers;
    this.meters = meters;
    this.clock = clock;
  }

  /**
   * Loads the model, then works until closed. The broker may come later.
   *
   * @throws BadInput when the model cannot be used; nothing is started then
   */
  public synchronized void start() throws BadInput {
    if (thread != null) {
      throw new IllegalStateException("a worker starts once");
    }
    TileProcessor processor = new TileProcessor(pipelines, meters, clock);
    health.modelLoaded(processor.model().device());
    pipelines.watch();
    thread = new Thread(() -> run(processor), "riada-segmenter");
    thread.start();
  }

  public Health health() {
    return health.with(pipelines.note());
  }

  private void run(TileProcessor processor) {
    try (pipelines;
        processor) {
      while (!isClosing()) {
        try {
          connected(processor);
        } catch (KafkaException e) {
          health.connectsAnew(cause(e), pause, processor.model().device());
          closing.await(pause.toMillis(), TimeUnit.MILLISECONDS);
          pause = min(pause.multipliedBy(2), LONGEST_PAUSE);
        }
      }
      health.stopped(processor.model().device());
    } catch (Throwable e) { // whatever it is, the health check must show it
      health.failed(e, processor.model().device());
    }
  }

  /** Works until closing, or until Kafka throws what only new clients can mend. */
  private void connected(TileProcessor processor) {
    Consumer<byte[], byte[]> in = consumers.get();
    try {
      Producer<byte[], byte[]> out = producers.get();
      producer = out;
      try {
        in.subscribe(List.of(Topics.TILES.name()));
        while (!isClosing()) {
          takeUp(processor);
          batch(in, out, processor);
        }
      } finally {
        producer = null;
        out.close(CLIENT_CLOSE);
      }
    } finally {
      in.close(CloseOptions.timeout(CLIENT_CLOSE));
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** All of the batch before is answered and committed: from here on another model may answer. */
  private void takeUp(TileProcessor processor) {
    if (processor.takeUp()) {
      health.runsOn(processor.model().device());
    }
  }

  private void batch(
      Consumer<byte[], byte[]> in, Producer<byte[], byte[]> out, TileProcessor processor) {
    boolean trial = processor.hasShadowWork();
    ConsumerRecords<byte[], byte[]> records = in.poll(trial ? GLANCE : POLL);
    if (!trial || !records.isEmpty()) { // glances that bring nothing are too short to count
      health.polled(BrokerConnection.isOpen(in), processor.model().device());
    }
    if (records.isEmpty()) {
      processor.shadowWork(); // one tile: no other waits longer than that
      return;
    }
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      sent.add(out.send(processor.process(record)));
    }
    for (Future<RecordMetadata> future : sent) {
      requireAcknowledged(future, processor);
    }
    try {
      in.commitSync(records.nextOffsets());
      pause = FIRST_PAUSE; // it works: the next trouble is a new one
    } catch (CommitFailedException | RetriableException e) {
      // All is acknowledged: at worst these tiles are segmented again, here or by another worker.
      log.warn("Tiles may be segmented twice, for they could not be committed: {}", cause(e));
    }
  }

  /** Nothing is committed past a mask that the broker does not have. */
  private void requireAcknowledged(Future<RecordMetadata> sent, TileProcessor processor) {
    try {
      try {
        sent.get(UNACKNOWLEDGED.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        health.masksNotTaken(processor.model().device());
        sent.get(); // ends with the producer's delivery timeout
      }
    } catch (ExecutionException e) {
      throw new KafkaException("a mask was not acknowledged: " + cause(e), e);
    } catch (InterruptedException e) {
      throw new KafkaException("interrupted", e);
    }
  }

  private static String cause(Exception e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getClass().getSimpleName() + ": " + root.getMessage();
  }

  private boolean isClosing() {
    return closing.getCount() == 0;
  }

  /** Ends after the tiles at hand; returns when the thread has ended. */
  @Override
  public synchronized void close() {
    closing.countDown();
    Thread running = thread;
    if (running == null) {
      return;
    }
    try {
      running.join(BATCH_END.toMillis());
      Producer<byte[], byte[]> out = producer;
      if (running.isAlive() && out != null) {
        out.close(Duration.ZERO); // the broker is away: what it does not have is not committed
      }
      running.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // whoever is in such a hurry does not wait for the end
    }
  }
}
