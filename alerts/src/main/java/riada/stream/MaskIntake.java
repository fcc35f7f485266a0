package riada.stream;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;
import riada.proto.MaskRuns;
import riada.proto.ModelRef;
import riada.proto.Observation;
import riada.proto.ProtoSerde;
import riada.proto.Tiles;
import riada.proto.WaterMask;

/** Masks become layers of analysis tiles. */
final class MaskIntake extends Intake {
  private static final int MAX_MODEL_BYTES = 2048;

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
            .setReceivedAtMs(
                millis(tile, "received_at", mask.hasReceivedAt(), mask.getReceivedAt()))
            .setSegmentedAtMs(
                millis(tile, "segmented_at", mask.hasSegmentedAt(), mask.getSegmentedAt()))
            .setSourceTile(key)
            .build();
    if (mask.hasSource()) {
      common = common.toBuilder().setTileSource(mask.getSource()).build();
    }
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
              + TileId.brief(tile)
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
    checkSizes(tile, mask);
    checkModel(tile, mask.getModel());
    if (!mask.hasAcquiredAt()) {
      throw new BadInput(
          "acquired_at_missing", "The mask of tile " + tile + " has no acquired_at; set it.");
    }
    Instant acquiredAt = instant(tile, "acquired_at", mask.getAcquiredAt());
    Tiles.checkTime("the mask of tile " + tile, acquiredAt, now());
    String expected = Observation.id(mask.getPublisher(), mask.getScene(), tile, acquiredAt);
    if (!expected.equals(mask.getObservationId())) {
      throw new BadInput(
          "observation_id_mismatch",
          "The mask of tile "
              + tile
              + " has observation_id \""
              + TileId.brief(mask.getObservationId())
              + "\" but publisher, scene, tile and acquired_at make it "
              + expected
              + ".");
    }
  }

  /** A model that is named in part cannot be told from others; a mask without one is nobody's. */
  private static void checkModel(TileId tile, ModelRef model) throws BadInput {
    if (model.getName().isBlank() != model.getDigest().isBlank()) {
      throw new BadInput(
          "model_unnamed",
          "The mask of tile "
              + tile
              + " names its model in part: name \""
              + TileId.brief(model.getName())
              + "\", digest \""
              + TileId.brief(model.getDigest())
              + "\"; set both, so that its figures can be derived again.");
    }
  }

  /** A layer is stored as often as a tile has parts, and each copy must fit a record. */
  private static void checkSizes(TileId tile, WaterMask mask) throws BadInput {
    if (mask.getPublisher().length() > Tiles.MAX_NAME
        || mask.getScene().length() > Tiles.MAX_NAME
        || mask.getDevice().length() > Tiles.MAX_NAME
        || mask.getModel().getSerializedSize() > MAX_MODEL_BYTES) {
      throw new BadInput(
          "name_too_long",
          "The mask of tile "
              + tile
              + " has a publisher, scene or device of more than "
              + Tiles.MAX_NAME
              + " characters or a model of more than "
              + MAX_MODEL_BYTES
              + " bytes; shorten it.");
    }
  }

  /**
   * @throws BadInput when it lies beyond what an Instant or its milliseconds can hold
   */
  private static Instant instant(TileId tile, String field, Timestamp timestamp) throws BadInput {
    try {
      return Instant.ofEpochMilli(Observation.instant(timestamp).toEpochMilli());
    } catch (DateTimeException | ArithmeticException e) {
      throw new BadInput(
          field + "_invalid",
          "The mask of tile "
              + tile
              + " has "
              + field
              + " of "
              + timestamp.getSeconds()
              + " seconds and "
              + timestamp.getNanos()
              + " nanoseconds, which is no time; count seconds from 1970.");
    }
  }

  /** Epoch milliseconds; 0 when nobody says. */
  private static long millis(TileId tile, String field, boolean said, Timestamp at)
      throws BadInput {
    return said ? instant(tile, field, at).toEpochMilli() : 0;
  }

  /** The first 16 bytes of SHA-256 over water and valid as they were received. */
  static ByteString digest(WaterMask mask) {
    MessageDigest sha = Observation.sha256();
    sha.update(mask.getWater().getRuns().asReadOnlyByteBuffer());
    sha.update((byte) 0xff); // a run never starts with it alone: keeps water and valid apart
    sha.update(mask.getValid().getRuns().asReadOnlyByteBuffer());
    return ByteString.copyFrom(sha.digest(), 0, 16);
  }
}
