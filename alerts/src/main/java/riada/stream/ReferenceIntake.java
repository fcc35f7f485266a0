package riada.stream;

import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;
import riada.proto.ProtoSerde;
import riada.proto.Reference;
import riada.proto.Tiles;

/** Normally wet pixels become parts of analysis tiles; a tombstone takes them back. */
final class ReferenceIntake extends Intake {
  private final Rezoom rezoom;

  @SuppressWarnings("NullAway.Init") // Streams calls init first
  private KeyValueStore<String, ReferenceTime> times;

  ReferenceIntake(TopologyConfig config) {
    this.rezoom = new Rezoom(config.analysisZoom());
  }

  @Override
  public void init(ProcessorContext<String, Sifted> context) {
    super.init(context);
    times = context.getStateStore(Corrections.STORE);
  }

  @Override
  void accept(String key, byte @Nullable [] value, Record<byte[], byte[]> from) throws BadInput {
    TileId tile = TileId.parse(key);
    rezoom.check(tile);
    if (value == null) {
      seen(key, "", from);
      for (Rezoom.Part part : rezoom.parts(tile, new Mask(TileGrid.SIZE, TileGrid.SIZE), full())) {
        send(
            TileInput.newBuilder().setTile(part.tile().toString()).setReferenceGone(key).build(),
            from);
      }
      return;
    }
    Reference reference = ProtoSerde.parse(Reference.parser(), "Reference", value);
    MaskIntake.checkTile(key, reference.getTile());
    String version = reference.getVersion();
    if (version.isBlank() || version.length() > Tiles.MAX_NAME) {
      throw new BadInput(
          "reference_unversioned",
          "The reference of tile "
              + key
              + " has no version of 1 to "
              + Tiles.MAX_NAME
              + " characters; every figure names the one it used.");
    }
    Mask wet = MaskIntake.decode(key, "wet", reference.getWet());
    Mask known =
        reference.hasKnown() ? MaskIntake.decode(key, "known", reference.getKnown()) : full();
    seen(key, version, from);
    for (Rezoom.Part part : rezoom.parts(tile, wet, known)) {
      send(
          TileInput.newBuilder()
              .setTile(part.tile().toString())
              .setReference(
                  ReferencePart.newBuilder()
                      .setSourceTile(key)
                      .setVersion(reference.getVersion())
                      .setWet(RunLength.encode(part.set()))
                      .setKnown(RunLength.encode(part.known())))
              .build(),
          from);
    }
  }

  /** A time that is yet to come would keep off corrections until it has come. */
  private void seen(String key, String version, Record<byte[], byte[]> from) {
    Corrections.seen(
        times,
        key,
        ReferenceTime.newBuilder()
            .setAtMs(notAhead(from.timestamp(), now().toEpochMilli()))
            .setVersion(version)
            .build());
  }

  private static Mask full() {
    return Mask.full(TileGrid.SIZE, TileGrid.SIZE);
  }
}
