package riada.stream;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import mil.nga.tiff.FieldTagType;
import mil.nga.tiff.FileDirectory;
import mil.nga.tiff.FileDirectoryEntry;
import mil.nga.tiff.Rasters;
import mil.nga.tiff.TIFFImage;
import mil.nga.tiff.TiffReader;
import mil.nga.tiff.util.TiffConstants;
import mil.nga.tiff.util.TiffException;
import org.jspecify.annotations.Nullable;
import riada.geo.GeodesicArea;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.proto.BadInput;

/**
 * A GeoTIFF of what is normally wet, as a share of time or as a class: a cell of the grid takes the
 * pixel that its centre lies in. North is up; EPSG:4326 and EPSG:3857 are read. Owned by one
 * thread.
 */
public final class ReferenceRaster {
  private static final int MAX_PIXELS = 1 << 26;
  private static final int MODEL_TYPE = 1024; // GeoTIFF keys
  private static final int RASTER_TYPE = 1025;
  private static final int GEOGRAPHIC_TYPE = 2048;
  private static final int PROJECTED_TYPE = 3072;

  private final Rasters pixels;
  private final boolean mercator;
  private final double west; // of the first pixel's edge, in the raster's unit
  private final double north;
  private final double pixelWidth;
  private final double pixelHeight;

  private ReferenceRaster(
      Rasters pixels,
      boolean mercator,
      double west,
      double north,
      double pixelWidth,
      double pixelHeight) {
    this.pixels = pixels;
    this.mercator = mercator;
    this.west = west;
    this.north = north;
    this.pixelWidth = pixelWidth;
    this.pixelHeight = pixelHeight;
  }

  /**
   * @param name of the file, for sentences
   * @throws BadInput when it is no GeoTIFF that can be placed on the earth
   */
  public static ReferenceRaster read(String name, byte[] file) throws BadInput {
    try {
      TIFFImage image = TiffReader.readTiff(firstAlone(file));
      FileDirectory first = image.getFileDirectory();
      long width = first.getImageWidth().longValue();
      long height = first.getImageHeight().longValue();
      if (width > MAX_PIXELS || height > MAX_PIXELS || width * height > MAX_PIXELS) {
        throw bad(
            name,
            "has "
                + width
                + " x "
                + height
                + " pixels; cut it into parts of at most "
                + MAX_PIXELS);
      }
      checkStreams(name, first, file);
      return place(name, first);
    } catch (RuntimeException e) { // the library throws all sorts of them for a damaged file
      String why = e instanceof TiffException ? ": " + e.getMessage() : "; copy it again";
      throw bad(name, "is no TIFF that can be read" + why);
    }
  }

  /** Of a compressed stream without an end the library would wait for the end for ever. */
  private static void checkStreams(String name, FileDirectory first, byte[] file) throws BadInput {
    Integer compression = first.getCompression();
    if (compression == null
        || compression != TiffConstants.COMPRESSION_DEFLATE
            && compression != TiffConstants.COMPRESSION_PKZIP_DEFLATE) {
      return;
    }
    boolean tiled = first.isTiled();
    List<? extends Number> offsets = tiled ? first.getTileOffsets() : first.getStripOffsets();
    List<? extends Number> counts = tiled ? first.getTileByteCounts() : first.getStripByteCounts();
    byte[] scratch = new byte[1 << 16];
    for (int i = 0; i < offsets.size(); i++) {
      Inflater inflater = new Inflater();
      try {
        inflater.setInput(file, offsets.get(i).intValue(), counts.get(i).intValue());
        while (!inflater.finished()) {
          if (inflater.inflate(scratch) == 0 && !inflater.finished()
              || inflater.getBytesWritten() > MAX_PIXELS * 8L) {
            throw bad(name, "is a damaged TIFF: a part of it has no end; copy it again");
          }
        }
      } catch (DataFormatException e) {
        throw bad(name, "is a damaged TIFF: " + e.getMessage() + "; copy it again");
      } finally {
        inflater.end();
      }
    }
  }

  /** What follows the first directory is not wanted, and may be a ring that has no end. */
  private static byte[] firstAlone(byte[] file) {
    ByteBuffer bytes =
        ByteBuffer.wrap(file.clone())
            .order(file[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int directory = bytes.getInt(4);
    int entries = Short.toUnsignedInt(bytes.getShort(directory));
    bytes.putInt(directory + 2 + 12 * entries, 0); // where the next one lies: there is none
    return bytes.array();
  }

  private static ReferenceRaster place(String name, FileDirectory first) throws BadInput {
    List<Double> scale = first.getModelPixelScale();
    List<Double> tie = first.getModelTiepoint();
    FileDirectoryEntry keys = first.get(FieldTagType.GeoKeyDirectory);
    if (scale == null || scale.size() < 2 || tie == null || tie.size() < 6 || keys == null) {
      throw bad(
          name, "does not say where it lies; it needs ModelPixelScale, ModelTiepoint and keys");
    }
    @SuppressWarnings("unchecked") // SHORT values are Integers
    Map<Integer, Integer> geo = keys((List<Integer>) keys.getValues());
    boolean geographic = geo.getOrDefault(MODEL_TYPE, 0) == 2;
    int epsg = geo.getOrDefault(geographic ? GEOGRAPHIC_TYPE : PROJECTED_TYPE, 0);
    if (epsg != (geographic ? 4326 : 3857)) {
      throw bad(name, "is in EPSG:" + epsg + "; reproject it to EPSG:4326 or EPSG:3857");
    }
    double half = geo.getOrDefault(RASTER_TYPE, 1) == 2 ? 0.5 : 0; // the tie point is a centre
    double width = scale.get(0);
    double height = scale.get(1);
    if (!(width > 0) || !(height > 0)) {
      throw bad(name, "has pixels of no size");
    }
    return new ReferenceRaster(
        first.readRasters(new int[] {0}), // the others, however many, stay where they are
        !geographic,
        tie.get(3) - (tie.get(0) + half) * width,
        tie.get(4) + (tie.get(1) + half) * height,
        width,
        height);
  }

  private static Map<Integer, Integer> keys(List<Integer> directory) {
    Map<Integer, Integer> keys = new TreeMap<>();
    for (int i = 4; i + 3 < directory.size(); i += 4) {
      if (directory.get(i + 1) == 0) { // the value stands here, not in another tag
        keys.put(directory.get(i), directory.get(i + 3));
      }
    }
    return keys;
  }

  /**
   * The cells that the raster tells of.
   *
   * @param wetAbove a pixel of the first band is normally wet above this value
   * @param noData a pixel of this value tells nothing; null: each tells
   * @throws BadInput when it covers too many tiles, or none
   */
  public Map<TileId, ReferenceFile.Cells> cells(
      String name, double wetAbove, @Nullable Double noData, int zoom) throws BadInput {
    double east = west + pixels.getWidth() * pixelWidth;
    double south = north - pixels.getHeight() * pixelHeight;
    int fromX = tile(TileGrid.column(zoom, longitude(west)), zoom);
    int toX = tile(Math.nextDown(TileGrid.column(zoom, longitude(east))), zoom);
    int fromY = tile(TileGrid.row(zoom, latitude(north)), zoom);
    int toY = tile(Math.nextDown(TileGrid.row(zoom, latitude(south))), zoom);
    long tiles = (toX - fromX + 1L) * (toY - fromY + 1L);
    if (tiles > ReferenceFile.MAX_TILES) {
      throw ReferenceFile.tooLarge(name);
    }
    Map<TileId, ReferenceFile.Cells> cells = new TreeMap<>();
    for (int y = fromY; y <= toY; y++) {
      for (int x = fromX; x <= toX; x++) {
        TileId tile = new TileId(zoom, x, y);
        ReferenceFile.Cells here = cells(tile, wetAbove, noData);
        if (!here.known().isEmpty()) {
          cells.put(tile, here);
        }
      }
    }
    if (cells.isEmpty()) {
      throw bad(name, "tells of no cell of the grid");
    }
    return cells;
  }

  private ReferenceFile.Cells cells(TileId tile, double wetAbove, @Nullable Double noData) {
    Mask wet = new Mask(TileGrid.SIZE, TileGrid.SIZE);
    Mask known = new Mask(TileGrid.SIZE, TileGrid.SIZE);
    for (int row = 0; row < TileGrid.SIZE; row++) {
      double latitude = TileGrid.latitude(tile.z(), tile.y() + (row + 0.5) / TileGrid.SIZE);
      int y = (int) Math.floor((north - ordinate(latitude)) / pixelHeight);
      for (int column = 0; column < TileGrid.SIZE && y >= 0 && y < pixels.getHeight(); column++) {
        double longitude = TileGrid.longitude(tile.z(), tile.x() + (column + 0.5) / TileGrid.SIZE);
        int x = (int) Math.floor((abscissa(longitude) - west) / pixelWidth);
        if (x >= 0 && x < pixels.getWidth()) {
          double value = pixels.getPixelSample(0, x, y).doubleValue();
          if (!Double.isNaN(value) && (noData == null || value != noData)) {
            known.set(column, row);
            if (value > wetAbove) {
              wet.set(column, row);
            }
          }
        }
      }
    }
    return new ReferenceFile.Cells(wet, known);
  }

  private static int tile(double at, int zoom) {
    return (int) Math.max(0, Math.min((1 << zoom) - 1, Math.floor(at)));
  }

  private double abscissa(double longitude) {
    return mercator ? Math.toRadians(longitude) * GeodesicArea.SEMI_MAJOR_M : longitude;
  }

  private double ordinate(double latitude) {
    double sin = Math.sin(Math.toRadians(latitude));
    return mercator ? GeodesicArea.SEMI_MAJOR_M * Math.log((1 + sin) / (1 - sin)) / 2 : latitude;
  }

  private double longitude(double x) {
    double degrees = mercator ? Math.toDegrees(x / GeodesicArea.SEMI_MAJOR_M) : x;
    return Math.max(-180, Math.min(180, degrees));
  }

  private double latitude(double y) {
    double degrees =
        mercator ? Math.toDegrees(Math.atan(Math.sinh(y / GeodesicArea.SEMI_MAJOR_M))) : y;
    return Math.max(-TileGrid.MAX_LATITUDE, Math.min(TileGrid.MAX_LATITUDE, degrees));
  }

  private static BadInput bad(String name, String why) {
    return new BadInput("reference_unreadable", name + " " + why + ".");
  }
}
