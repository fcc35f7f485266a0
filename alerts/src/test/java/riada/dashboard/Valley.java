package riada.dashboard;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import riada.geo.Bounds;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.Alert;
import riada.proto.BadInput;
import riada.proto.Ground;
import riada.proto.MaskRuns;
import riada.proto.ModelRef;
import riada.proto.Observation;
import riada.proto.Picture;
import riada.proto.Region;
import riada.proto.RegionState;
import riada.proto.RegionStats;
import riada.proto.Severity;
import riada.proto.Tile;
import riada.proto.Topics;
import riada.proto.Visibility;

/** A made-up river valley of 7 x 5 tiles, as records of the topics that the page reads. */
final class Valley {
  static final int Z = 14;
  static final int WEST = 8180;
  static final int NORTH = 5446;
  static final int COLUMNS = 7;
  static final int ROWS = 5;

  private static final Duration MAX_AGE = Duration.newBuilder().setSeconds(7200).build();

  /** What reading calls now: later than all that the tests make up. */
  private static final Instant LATER = Instant.parse("2100-01-01T00:00:00Z");

  private Valley() {}

  static List<TileId> tiles() {
    List<TileId> tiles = new ArrayList<>();
    for (int y = 0; y < ROWS; y++) {
      for (int x = 0; x < COLUMNS; x++) {
        tiles.add(new TileId(Z, WEST + x, NORTH + y));
      }
    }
    return tiles;
  }

  /** Smooth noise of -1..1 at a length of {@code scale} pixels. */
  private static double noise(double x, double y, double scale, int seed) {
    double fx = x / scale;
    double fy = y / scale;
    long ix = (long) Math.floor(fx);
    long iy = (long) Math.floor(fy);
    double ux = smooth(fx - ix);
    double uy = smooth(fy - iy);
    double top = lattice(ix, iy, seed) * (1 - ux) + lattice(ix + 1, iy, seed) * ux;
    double low = lattice(ix, iy + 1, seed) * (1 - ux) + lattice(ix + 1, iy + 1, seed) * ux;
    return top * (1 - uy) + low * uy;
  }

  private static double smooth(double t) {
    return t * t * (3 - 2 * t);
  }

  private static double lattice(long x, long y, int seed) {
    long h = x * 0x9E3779B97F4A7C15L ^ y * 0xC2B2AE3D27D4EB4FL ^ seed * 0x165667B19E3779F9L;
    h ^= h >>> 31;
    h *= 0xBF58476D1CE4E5B9L;
    h ^= h >>> 29;
    return (h & 0xffff) / 32767.5 - 1;
  }

  /** Height over the river, in metres or so. */
  private static double height(double x, double y) {
    double river = 1250 + 330 * Math.sin(x / 620) + 90 * noise(x, y, 300, 1);
    return Math.abs(y - river) / 34
        + 2.6 * noise(x, y, 210, 2)
        + 1.1 * noise(x, y, 60, 3)
        + 0.4 * noise(x, y, 16, 4);
  }

  private static boolean reference(double x, double y) {
    return height(x, y) < 1.3;
  }

  private static boolean cloud(double x, double y, double cover) {
    return noise(x, y, 420, 7) + 0.45 * noise(x, y, 110, 8) > 1.2 - 1.5 * cover;
  }

  private static double px(TileId tile, int x) {
    return (tile.x() - WEST) * 512.0 + x;
  }

  private static double py(TileId tile, int y) {
    return (tile.y() - NORTH) * 512.0 + y;
  }

  /**
   * What is known of a tile when the river stands {@code level} over its bed and clouds of {@code
   * cover} (0..1) hide part of it; {@code before} was the level when all was seen.
   */
  static News ground(TileId tile, double level, double before, double cover, Instant asOf) {
    Mask flood = new Mask(512, 512);
    Mask stale = new Mask(512, 512);
    Mask reference = new Mask(512, 512);
    Mask unknown = new Mask(512, 512);
    for (int y = 0; y < 512; y++) {
      for (int x = 0; x < 512; x++) {
        double wx = px(tile, x);
        double wy = py(tile, y);
        boolean normal = reference(wx, wy);
        if (normal) {
          reference.set(x, y);
        }
        boolean hidden = cover > 0 && cloud(wx, wy, cover);
        if (hidden) {
          unknown.set(x, y);
        }
        if (!normal && !hidden && height(wx, wy) < level) {
          flood.set(x, y);
        }
        if (!normal && hidden && height(wx, wy) < before) {
          stale.set(x, y);
        }
      }
    }
    return ground(tile, flood, stale, reference, unknown, asOf);
  }

  static News ground(
      TileId tile, Mask flood, Mask stale, Mask reference, Mask unknown, Instant asOf) {
    Ground ground =
        Ground.newBuilder()
            .setTile(tile.toString())
            .setFlood(RunLength.encode(flood))
            .setStale(RunLength.encode(stale))
            .setReference(RunLength.encode(reference))
            .setUnknown(RunLength.encode(unknown))
            .setAsOf(Observation.timestamp(asOf))
            .setMaxAge(MAX_AGE)
            .setReferenceVersion("v1")
            .setModel(ModelRef.newBuilder().setName("riada-lite").setVersion("1"))
            .setDevice("cpu")
            .build();
    return read(Topics.GROUND.name(), tile.toString(), ground.toByteArray());
  }

  /** A plain tile with flood in one square of cells. */
  static News square(TileId tile, int x0, int y0, int side, Instant asOf) {
    Mask flood = new Mask(512, 512);
    for (int y = y0; y < y0 + side; y++) {
      flood.setRow(y, x0, x0 + side);
    }
    Mask none = new Mask(512, 512);
    return ground(tile, flood, none, none, none, asOf);
  }

  static News picture(TileId tile, double level, double cover, Instant acquiredAt) {
    int side = 256; // half the ground's: as good for the eye, and made in a quarter of the time
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        image.setRGB(x, y, colour(px(tile, 2 * x), py(tile, 2 * y), level, cover));
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "jpg", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return picture(tile, Picture.Format.JPEG, bytes.toByteArray(), acquiredAt);
  }

  static News picture(TileId tile, Picture.Format format, byte[] bytes, Instant acquiredAt) {
    Tile message =
        Tile.newBuilder()
            .setPublisher("valley")
            .setScene("pass-1")
            .setAcquiredAt(Observation.timestamp(acquiredAt))
            .setPicture(Picture.newBuilder().setFormat(format).setData(ByteString.copyFrom(bytes)))
            .build();
    return read(Topics.TILES.name(), tile.toString(), message.toByteArray());
  }

  /** The head of a PNG of {@code side} x {@code side} pixels and nothing more of it. */
  static byte[] pngHead(int side, int bytes) {
    return ByteBuffer.allocate(bytes)
        .putLong(0x89504e470d0a1a0aL)
        .putInt(13)
        .put("IHDR".getBytes(StandardCharsets.US_ASCII))
        .putInt(side)
        .putInt(side)
        .put(new byte[] {8, 2, 0, 0, 0}) // eight bits of each of three colours
        .array();
  }

  private static int colour(double x, double y, double level, double cover) {
    double grain = 9 * noise(x, y, 3, 11) + 7 * noise(x, y, 9, 12);
    if (cover > 0 && cloud(x, y, cover)) {
      return rgb(226 + grain, 229 + grain, 233 + grain);
    }
    double height = height(x, y);
    if (height < level) {
      return rgb(92 + grain / 2, 84 + grain / 2, 66 + grain / 2);
    }
    if (Math.abs((x + 40 * noise(x, y, 500, 15)) % 380 - 190) < 3) {
      return rgb(150 + grain, 146 + grain, 138 + grain);
    }
    double field = lattice((long) Math.floor(x / 120 + y / 400), (long) Math.floor(y / 90), 21);
    double wood = noise(x, y, 160, 22) > 0.35 ? -34 : 0;
    return rgb(
        96 + 34 * field + grain + wood, 112 + 14 * field + grain + wood, 66 + grain + wood / 2);
  }

  private static int rgb(double r, double g, double b) {
    return clamp(r) << 16 | clamp(g) << 8 | clamp(b);
  }

  private static int clamp(double v) {
    return (int) Math.max(0, Math.min(255, v));
  }

  /** A region over columns {@code from} to before {@code to} of the valley. */
  static News region(String id, String name, double from, double to) {
    double west = TileGrid.longitude(Z, WEST + from);
    double east = TileGrid.longitude(Z, WEST + to);
    Bounds all = new TileId(Z, WEST, NORTH).bounds();
    double north = all.north();
    double south = new TileId(Z, WEST, NORTH + ROWS - 1).bounds().south();
    double inset = (north - south) * 0.06;
    String ring =
        "[[[%s,%s],[%s,%s],[%s,%s],[%s,%s],[%s,%s]]]"
            .formatted(
                west,
                north - inset,
                east,
                north,
                east,
                south,
                west,
                south + inset,
                west,
                north - inset);
    Region region =
        Region.newBuilder()
            .setId(id)
            .setName(name)
            .setGeometry("{\"type\":\"Polygon\",\"coordinates\":" + ring + "}")
            .setMinObserved(0.6)
            .setMaxAge(MAX_AGE)
            .setPasses(2)
            .build();
    return read(Topics.REGIONS.name(), id, region.toByteArray());
  }

  static RegionStats.Builder stats(
      String id, String name, RegionState state, Visibility visibility, Instant asOf) {
    return RegionStats.newBuilder()
        .setRegionId(id)
        .setRegionName(name)
        .setState(state)
        .setVisibility(visibility)
        .setAreaKm2(42)
        .setRaiseKm2(2)
        .setClearKm2(1)
        .setReferenceFraction(1)
        .setAsOf(Observation.timestamp(asOf))
        .setMeasuredAt(Observation.timestamp(Instant.now())); // judged by the browser's wall clock
  }

  static News stats(RegionStats.Builder stats) {
    return read(Topics.STATS.name(), stats.getRegionId(), stats.build().toByteArray());
  }

  static News alert(
      String incident, int sequence, Alert.Kind kind, String region, String reason, Instant at) {
    Alert alert =
        Alert.newBuilder()
            .setIncidentId(incident)
            .setAlertId(incident + "-" + sequence)
            .setSequence(sequence)
            .setKind(kind)
            .setCause(
                kind == Alert.Kind.CANCEL ? Alert.Cause.SEEN_DRY : Alert.Cause.CAUSE_UNSPECIFIED)
            .setSeverity(Severity.SEVERE)
            .setRegionId(region)
            .setRegionName(region)
            .setFloodedKm2(3.41)
            .setFloodedStaleKm2(0.6)
            .setObservedFraction(0.83)
            .setReason(reason)
            .setAlertedAt(Observation.timestamp(at))
            .build();
    return read(Topics.ALERTS.name(), incident, alert.toByteArray());
  }

  static MaskRuns runs(Mask mask) {
    return RunLength.encode(mask);
  }

  static News read(String topic, String key, byte[] value) {
    try {
      return News.read(topic, key, value, LATER);
    } catch (BadInput e) {
      throw new IllegalStateException(e);
    }
  }
}
