package riada.stream;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.Action;
import riada.proto.BadInput;
import riada.proto.ProtoSerde;
import riada.proto.Reference;
import riada.proto.Tiles;

/**
 * Operators' actions go to the region whose incident they name; a corrected reference goes to
 * {@link Corrections}.
 */
final class ActionIntake extends Intake {
  /** The longest reason, in characters. */
  static final int MAX_WHY = 1000;

  /** Two masks of the largest size fit. */
  private static final int MAX_BYTES = 768 << 10;

  private final Rezoom rezoom;

  ActionIntake(TopologyConfig config) {
    this.rezoom = new Rezoom(config.analysisZoom());
  }

  @Override
  void accept(String key, byte @Nullable [] value, Record<byte[], byte[]> from) throws BadInput {
    Action action = ProtoSerde.parse(Action.parser(), "Action", value);
    // It travels on parsed and as it came, and a message has at most 2 MiB.
    require(
        value == null || value.length <= MAX_BYTES,
        "has more than " + MAX_BYTES + " bytes; simplify its masks");
    require(
        action.getTarget().equals(key),
        "names the target \""
            + TileId.brief(action.getTarget())
            + "\", not its key; make them equal");
    require(
        !action.getWho().isBlank() && action.getWho().length() <= Tiles.MAX_NAME,
        "must say who acts, in at most " + Tiles.MAX_NAME + " characters");
    require(
        action.getWhy().length() <= MAX_WHY,
        "has a reason of more than " + MAX_WHY + " characters; shorten it");
    Instant at = time("at", action.getAt());
    require(
        action.hasAt() && !at.isAfter(now().plus(Tiles.CLOCK_TOLERANCE)),
        "has no time, or one that is yet to come; set at to when it was done");
    switch (action.getKind()) {
      case ACKNOWLEDGE -> send(incident(action, key, value), from);
      case SILENCE -> {
        Instant until = time("until", action.getUntil());
        require(
            action.hasUntil()
                && !until.isBefore(at)
                && !until.isAfter(at.plus(TopologyConfig.MAX_INCIDENT_SILENCE)),
            "must say until when, not before at and at most "
                + TopologyConfig.MAX_INCIDENT_SILENCE.toDays()
                + " days ahead of it");
        send(incident(action, key, value), from);
      }
      case CORRECT_REFERENCE -> correct(action, key, value, at, from);
      default ->
          throw new BadInput(
              "action_unknown",
              "An action of kind "
                  + action.getKindValue()
                  + " cannot be done here; acknowledge, silence or correct a reference.");
    }
  }

  private RegionInput incident(Action action, String key, byte @Nullable [] value) throws BadInput {
    RecordMetadata at = context().recordMetadata().orElseThrow();
    return RegionInput.newBuilder()
        .setRegionId(Actions.region(action.getTarget()))
        .setAction(
            ActionInput.newBuilder()
                .setAction(action)
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(value == null ? ByteString.EMPTY : ByteString.copyFrom(value))
                .setPartition(at.partition())
                .setOffset(at.offset()))
        .build();
  }

  private void correct(
      Action action, String key, byte @Nullable [] value, Instant at, Record<byte[], byte[]> from)
      throws BadInput {
    rezoom.check(TileId.parse(key));
    Mask wet = MaskIntake.decode(key, "corrected", action.getMask());
    Reference.Builder reference =
        Reference.newBuilder()
            .setTile(key)
            .setWet(RunLength.encode(wet))
            .setVersion("operator-" + at)
            .setSource(Reference.Source.OPERATOR);
    if (action.hasKnown()) {
      reference.setKnown(RunLength.encode(MaskIntake.decode(key, "known", action.getKnown())));
    }
    RecordMetadata where = context().recordMetadata().orElseThrow();
    send(
        Correction.newBuilder()
            .setReference(reference)
            .setActedMs(notAhead(from.timestamp(), now().toEpochMilli()))
            .setValue(value == null ? ByteString.EMPTY : ByteString.copyFrom(value))
            .setPartition(where.partition())
            .setOffset(where.offset())
            .build(),
        from);
  }

  private static Instant time(String field, Timestamp timestamp) throws BadInput {
    require(
        Math.abs(timestamp.getSeconds()) < 1L << 37 // some thousand years
            && timestamp.getNanos() >= 0
            && timestamp.getNanos() <= 999_999_999,
        "has an impossible " + field);
    return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
  }

  private static void require(boolean fulfilled, String why) throws BadInput {
    if (!fulfilled) {
      throw new BadInput("action_invalid", "The action " + why + ".");
    }
  }
}
