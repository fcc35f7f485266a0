package riada.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;
import riada.proto.BadInput;
import riada.proto.CloudEvents;
import riada.proto.DeadLetters;
import riada.proto.Evidence;

/**
 * Reads records that strangers may have written. What cannot be used becomes a dead letter with its
 * reason, and the next record passes.
 */
abstract class Intake extends ContextualProcessor<byte[], byte[], String, Sifted> {
  static final String STAGE = "alerts";

  /**
   * Reads one record and sends on what it holds. It checks everything before it sends anything.
   *
   * @param value null for a tombstone
   */
  abstract void accept(String key, byte @Nullable [] value, Record<byte[], byte[]> from)
      throws BadInput;

  @Override
  public final void process(Record<byte[], byte[]> from) {
    try {
      byte @Nullable [] key = from.key();
      if (key == null || key.length == 0) {
        throw new BadInput("key_missing", "The record has no key; set the tile or region id.");
      }
      accept(new String(key, UTF_8), from.value(), from);
    } catch (BadInput why) {
      dead(from, why);
    }
  }

  /** It is of now: by its time it is kept, and the refused record's may be any. */
  private void dead(Record<byte[], byte[]> from, BadInput why) {
    RecordMetadata at = context().recordMetadata().orElseThrow();
    ProducerRecord<byte[], byte[]> letter =
        DeadLetters.record(
            STAGE,
            at.topic(),
            at.partition(),
            at.offset(),
            from.headers(),
            from.key(),
            from.value(),
            why);
    Sifted dead = new Sifted.Dead(Bytes.wrap(letter.key()), Bytes.wrap(letter.value()));
    context().forward(new Record<>("", dead, context().currentSystemTimeMs(), letter.headers()));
  }

  final void send(TileInput input, Record<byte[], byte[]> from) {
    send(input.getTile(), new Sifted.ForTile(input), from);
  }

  final void send(RegionInput input, Record<byte[], byte[]> from) {
    send(input.getRegionId(), new Sifted.ForRegion(input), from);
  }

  /** It is of now, whenever it was made: what the topics had before is to be known before it. */
  final void send(Correction correction, Record<byte[], byte[]> from) {
    send(
        correction.getReference().getTile(),
        new Sifted.OfCorrection(correction),
        from.withTimestamp(context().currentSystemTimeMs()));
  }

  final void sendSuperseded(String key, Evidence superseded, Record<byte[], byte[]> from) {
    send(key, new Sifted.OfRegion(superseded), from.withTimestamp(context().currentSystemTimeMs()));
  }

  /** Of the stranger's headers only the trace goes on: the others may be anything of any size. */
  private void send(String key, Sifted sifted, Record<byte[], byte[]> from) {
    context()
        .forward(
            new Record<>(
                key,
                sifted,
                notAhead(from.timestamp(), context().currentSystemTimeMs()),
                CloudEvents.trace(from.headers())));
  }

  /**
   * A record's time for what is made of it: brokers refuse what is more than an hour ahead of them,
   * and a clock that was set back left such records behind.
   */
  static long notAhead(long timestamp, long nowMs) {
    return Math.min(timestamp, nowMs);
  }

  final Instant now() {
    return Instant.ofEpochMilli(context().currentSystemTimeMs());
  }
}
