package riada.stream;

import org.apache.kafka.streams.processor.api.Record;
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

  ReferenceIntake(TopologyConfig config) {
    this.rezoom = new Rezoom(config.analysisZoom());
  }

  @Override
  void accept(String key, byte @Nullable [] value, Record<byte[], byte[]> from) throws BadInput {
    TileId tile = TileId.parse(key);
    rezoom.check(tile);
    if (value == null) {
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

  private static Mask full() {
    return Mask.full(TileGrid.SIZE, TileGrid.SIZE);
  }
}
