package riada.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.Comparator;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import riada.proto.BadInput;
import riada.proto.DeadLetters;
import riada.proto.Reference;
import riada.proto.Topics;

/**
 * Writes operators' references to flood.reference.v1, each once and never behind a newer one: the
 * actions are kept for ever, and may be read again from the beginning. A correction comes here with
 * the time of now, and Kafka Streams hands out a task's records by their time; so all that
 * flood.reference.v1 had of the tile is known by then.
 */
final class Corrections extends ContextualProcessor<String, Correction, String, Sifted> {
  /** Store of {@link ReferenceTime} by the reference's key. */
  static final String STORE = "reference-times";

  /** By time; of one instant the versions decide, so that every order comes to the same. */
  private static final Comparator<ReferenceTime> ORDER =
      Comparator.comparingLong(ReferenceTime::getAtMs).thenComparing(ReferenceTime::getVersion);

  @SuppressWarnings("NullAway.Init") // Streams calls init first
  private KeyValueStore<String, ReferenceTime> times;

  @Override
  public void init(ProcessorContext<String, Sifted> context) {
    super.init(context);
    times = context.getStateStore(STORE);
  }

  /** Remembers a reference that was read. */
  static void seen(KeyValueStore<String, ReferenceTime> times, String key, ReferenceTime read) {
    ReferenceTime known = times.get(key);
    if (known == null || ORDER.compare(read, known) > 0) {
      times.put(key, read);
    }
  }

  @Override
  public void process(Record<String, Correction> from) {
    Correction correction = from.value();
    Reference reference = correction.getReference();
    ReferenceTime own =
        ReferenceTime.newBuilder()
            .setAtMs(correction.getActedMs())
            .setVersion(reference.getVersion())
            .build();
    ReferenceTime known = times.get(from.key());
    if (known == null || ORDER.compare(own, known) > 0) {
      times.put(from.key(), own);
      context()
          .forward(
              new Record<>(
                  from.key(),
                  (Sifted) new Sifted.OfReference(reference),
                  correction.getActedMs(),
                  from.headers()));
    } else if (!known.equals(own)) {
      dead(from, known);
    }
  }

  private void dead(Record<String, Correction> from, ReferenceTime known) {
    Correction correction = from.value();
    ProducerRecord<byte[], byte[]> letter =
        DeadLetters.record(
            Intake.STAGE,
            Topics.ACTIONS.name(),
            correction.getPartition(),
            correction.getOffset(),
            from.headers(),
            from.key().getBytes(UTF_8),
            correction.getValue().toByteArray(),
            new BadInput(
                "correction_overtaken",
                "The correction of tile "
                    + from.key()
                    + " of "
                    + Instant.ofEpochMilli(correction.getActedMs())
                    + " is older than the reference there, "
                    + (known.getVersion().isEmpty()
                        ? "which was taken back at "
                        : known.getVersion() + " of ")
                    + Instant.ofEpochMilli(known.getAtMs())
                    + ", and was left out; if it is still right, correct again."));
    Sifted dead = new Sifted.Dead(Bytes.wrap(letter.key()), Bytes.wrap(letter.value()));
    context().forward(new Record<>("", dead, from.timestamp(), letter.headers()));
  }
}
