package riada.stream;

import com.google.protobuf.ByteString;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.EdgeCode;
import riada.mask.Mask;
import riada.proto.BadInput;
import riada.proto.Observation;

/** How layers become planes, and planes one plane. All of it pure. */
final class Planes {
  private static final BigInteger DIGEST_RANGE = BigInteger.ONE.shiftLeft(128);

  private Planes() {}

  /** A plane as {@code layer} would be put into, without cells. */
  static Plane named(Layer layer) {
    return Plane.newBuilder()
        .setPublisher(layer.getPublisher())
        .setScene(layer.getScene())
        .setAcquiredAtMs(layer.getAcquiredAtMs())
        .setZoom(zoom(layer.getSourceTile()))
        .build();
  }

  /**
   * {@code plane} with {@code layer} in it, in the place of {@code before}.
   *
   * @param plane null: there is none yet
   * @param before the layer of the same observation that it replaces; null: there is none
   */
  static Plane with(TileId tile, @Nullable Plane plane, Layer layer, @Nullable Layer before) {
    Mask valid = cells();
    Mask water = cells();
    Plane.Builder with = Plane.newBuilder();
    if (plane == null) {
      with.mergeFrom(named(layer));
    } else {
      with.mergeFrom(plane);
      EdgeCode.decode(plane.getValid(), valid);
      EdgeCode.decode(plane.getWater(), water);
      if (before != null) { // tiles of one zoom lie side by side: its part of the plane is its own
        Mask part = part(tile, layer.getSourceTile());
        valid.andNot(part);
        water.andNot(part);
      }
    }
    TileState.fill(layer.getValid(), valid);
    TileState.fill(layer.getWater(), water); // an intake lets no water pass that is not valid
    BigInteger digest = number(with.getDigest()).add(digest(layer));
    return with.setValid(EdgeCode.encode(valid))
        .setWater(EdgeCode.encode(water))
        .setLayers(with.getLayers() + (before == null ? 1 : 0))
        .setDigest(bytes(before == null ? digest : digest.subtract(digest(before))))
        .build();
  }

  /**
   * Two planes as one with the time of the older: nothing is lost, and nothing looks younger than
   * it is.
   */
  static Plane fold(Plane newer, Plane older) {
    Mask valid = cells();
    Mask water = cells();
    EdgeCode.decode(older.getValid(), valid);
    EdgeCode.decode(older.getWater(), water);
    paint(newer, valid, water);
    return older.toBuilder()
        .setValid(EdgeCode.encode(valid))
        .setWater(EdgeCode.encode(water))
        .setLayers(older.getLayers() + newer.getLayers())
        .setDigest(bytes(number(older.getDigest()).add(number(newer.getDigest()))))
        .setFoldedUntilMs(Math.max(newer.getAcquiredAtMs(), newer.getFoldedUntilMs()))
        .build();
  }

  /** Paints {@code plane} over what {@code valid} and {@code water} hold. */
  static void paint(Plane plane, Mask valid, Mask water) {
    Mask cells = cells();
    EdgeCode.decode(plane.getValid(), cells);
    valid.or(cells);
    water.andNot(cells);
    EdgeCode.decode(plane.getWater(), cells.clear());
    water.or(cells);
  }

  /** The cells of analysis tile {@code tile} that {@code source} tells of. */
  private static Mask part(TileId tile, String source) {
    TileId fine;
    try {
      fine = TileId.parse(source);
    } catch (BadInput e) {
      throw new IllegalStateException("an intake let pass a tile that is none", e);
    }
    int levels = fine.z() - tile.z();
    if (levels <= 0) {
      return Mask.full(TileGrid.SIZE, TileGrid.SIZE);
    }
    int side = TileGrid.SIZE >> levels;
    int left = (fine.x() - (tile.x() << levels)) * side;
    int top = (fine.y() - (tile.y() << levels)) * side;
    Mask part = cells();
    for (int row = top; row < top + side; row++) {
      part.setRow(row, left, left + side);
    }
    return part;
  }

  static int zoom(String tile) {
    return Integer.parseInt(tile.substring(0, tile.indexOf('/')));
  }

  private static BigInteger digest(Layer layer) {
    MessageDigest sha = Observation.sha256();
    sha.update(layer.getObservationId().getBytes(StandardCharsets.UTF_8));
    sha.update(ByteBuffer.allocate(4).putInt(0, layer.getProcessingVersion()).array());
    sha.update(layer.getModel().getDigest().getBytes(StandardCharsets.UTF_8));
    sha.update(layer.getMaskDigest().toByteArray());
    return new BigInteger(1, sha.digest(), 0, 16);
  }

  private static BigInteger number(ByteString digest) {
    return new BigInteger(1, digest.toByteArray());
  }

  private static ByteString bytes(BigInteger digest) {
    return ByteString.copyFrom(digest.mod(DIGEST_RANGE).toByteArray());
  }

  private static Mask cells() {
    return new Mask(TileGrid.SIZE, TileGrid.SIZE);
  }
}
