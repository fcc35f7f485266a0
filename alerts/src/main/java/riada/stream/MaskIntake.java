package riada.stream;

import com.google.protobuf.ByteString;
import java.security.MessageDigest;
import java.time.Instant;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;
import riada.proto.MaskRuns;
import riada.proto.Observation;
import riada.proto.ProtoSerde;
import riada.proto.Tiles;
import riada.proto.WaterMask;

/** Masks become layers of analysis tiles. */
final class MaskIntake extends Intake {
  private final Rezoom rezoom;

  MaskIntake(TopologyConfig config) {
    this.rezoom = new Rezoom(config.analysisZoom());
  }

  @Override
  void accept(String key, byte @Nullable [] value, Record<byte[], byte[]> from) throws BadInput {
    WaterMask mask = ProtoSerde.parse(WaterMask.parser(), "WaterMask", value);
    TileId tile = TileId.parse(key);
    checkTile(key, mask.getTile());
    rezoom.check(tile);
    checkObservation(tile, mask);
    Mask water = decode(key, "water", mask.getWater());
    Mask valid = decode(key, "valid", mask.getValid());
    Layer common =
        Layer.newBuilder()
            .setObservationId(mask.getObservationId())
            .setPublisher(mask.getPublisher())
            .setScene(mask.getScene())
            .setAcquiredAtMs(Observation.instant(mask.getAcquiredAt()).toEpochMilli())
            .setProcessingVersion(mask.getProcessingVersion())
            .setModel(mask.getModel())
            .setDevice(mask.getDevice())
            .setMaskDigest(digest(mask))
            .setReceivedAtMs(millis(mask))
            .build();
    for (Rezoom.Part part : rezoom.parts(tile, water, valid)) {
      send(
          TileInput.newBuilder()
              .setTile(part.tile().toString())
              .setLayer(
                  common.toBuilder()
                      .setWater(RunLength.encode(part.set()))
                      .setValid(RunLength.encode(part.known())))
              .build(),
          from);
    }
  }

  /**
   * @throws BadInput when a message names another tile than its key
   */
  static void checkTile(String key, String tile) throws BadInput {
    if (!tile.equals(key)) {
      throw new BadInput(
          "tile_key_mismatch",
          "The record's key is "
              + key
              + " but its tile field says \""
              + tile
              + "\"; make them equal.");
    }
  }

  /**
   * @throws BadInput when the runs are no mask of a tile's cells
   */
  static Mask decode(String key, String which, MaskRuns runs) throws BadInput {
    if (runs.getWidth() != TileGrid.SIZE || runs.getHeight() != TileGrid.SIZE) {
      throw new BadInput(
          "mask_size",
          "The "
              + which
              + " mask of tile "
              + key
              + " is "
              + runs.getWidth()
              + " x "
              + runs.getHeight()
              + "; it must have the tile's "
              + TileGrid.SIZE
              + " x "
              + TileGrid.SIZE
              + " cells.");
    }
    return RunLength.decode(runs);
  }

  private void checkObservation(TileId tile, WaterMask mask) throws BadInput {
    if (mask.getPublisher().isBlank() || mask.getScene().isBlank()) {
      throw new BadInput(
          "pass_unnamed",
          "The mask of tile "
              + tile
              + " names no publisher or no scene; set both: they tell one"
              + " pass from another.");
    }
    if (!mask.hasAcquiredAt()) {
      throw new BadInput(
          "acquired_at_missing", "The mask of tile " + tile + " has no acquired_at; set it.");
    }
    Instant acquiredAt;
    String expected;
    try {
      acquiredAt = Observation.instant(mask.getAcquiredAt());
      Tiles.checkTime("the mask of tile " + tile, acquiredAt, now());
      expected = Observation.id(mask.getPublisher(), mask.getScene(), tile, acquiredAt);
    } catch (RuntimeException e) { // beyond what Instant can hold
      throw new BadInput(
          "acquired_at_invalid",
          "The mask of tile "
              + tile
              + " has an acquired_at that is no time: "
              + e.getMessage()
              + ".");
    }
    if (!expected.equals(mask.getObservationId())) {
      throw new BadInput(
          "observation_id_mismatch",
          "The mask of tile "
              + tile
              + " has observation_id \""
              + mask.getObservationId()
              + "\" but publisher, scene, tile and acquired_at make it "
              + expected
              + ".");
    }
  }

  private static long millis(WaterMask mask) {
    return mask.hasReceivedAt()
        ? mask.getReceivedAt().getSeconds() * 1000 + mask.getReceivedAt().getNanos() / 1_000_000
        : 0;
  }

  private static ByteString digest(WaterMask mask) {
    MessageDigest sha = Observation.sha256();
    sha.update(mask.getWater().getRuns().asReadOnlyByteBuffer());
    sha.update((byte) 0xff); // a run never starts with it alone: keeps water and valid apart
    sha.update(mask.getValid().getRuns().asReadOnlyByteBuffer());
    return ByteString.copyFrom(sha.digest(), 0, 16);
  }
}
