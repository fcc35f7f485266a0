package riada.geo;

import java.util.Objects;
import riada.mask.Mask;

/**
 * The cells of a tile, and how the grid lies on the earth. A tile has {@value #SIZE} x {@value
 * #SIZE} cells, whatever the pixels of the picture that shows it.
 */
public final class TileGrid {
  /** Cells along each side of a tile. */
  public static final int SIZE = 512;

  /** The northern edge of the square Web Mercator world: atan(sinh(pi)), in degrees. */
  public static final double MAX_LATITUDE = 85.0511287798066;

  /** Zoom at which state is kept unless configured: a cell is 4.8 m at the equator. */
  public static final int DEFAULT_ANALYSIS_ZOOM = 14;

  private TileGrid() {}

  /** Longitude in degrees of column {@code x} (fractions allowed) at zoom {@code z}. */
  public static double longitude(int z, double x) {
    return x / (1L << z) * 360 - 180;
  }

  /**
   * Latitude in degrees of row {@code y} (fractions allowed) at zoom {@code z}: atan(sinh(pi (1 - 2
   * y / 2^z))).
   */
  public static double latitude(int z, double y) {
    return Math.toDegrees(Math.atan(Math.sinh(mercator(z, y))));
  }

  /** Column, with its fraction, of a longitude in degrees at zoom {@code z}. */
  public static double column(int z, double longitude) {
    return (longitude + 180) / 360 * (1L << z);
  }

  /**
   * Row, with its fraction, of a latitude in degrees at zoom {@code z}: 0..2^z, however the last
   * digit of {@link #MAX_LATITUDE} was rounded.
   *
   * @param latitude within {@link #MAX_LATITUDE}, as {@link Bounds} holds them
   */
  public static double row(int z, double latitude) {
    double sin = Math.sin(Math.toRadians(latitude));
    double fraction = 0.5 - 0.25 * Math.log((1 + sin) / (1 - sin)) / Math.PI;
    return Math.min(Math.max(fraction, 0), 1) * (1L << z);
  }

  /**
   * Spherical Mercator ordinate in radians of row {@code y} at zoom {@code z}: pi (1 - 2 y / 2^z).
   */
  static double mercator(int z, double y) {
    return Math.PI * (1 - 2 * y / (1L << z));
  }

  /**
   * Geodesic area of one cell of {@code row}, in square centimetres, rounded to the nearest: the
   * unit of every sum, so that the parts of a mask add up to the whole to the last digit, whoever
   * cuts it. The rounding costs at most 2e-6 of the area at zoom 14 on the equator, 1e-4 at zoom 16
   * and 60 degrees; at zoom 16 and 85 degrees, where a cell has 109 square centimetres, half a per
   * cent.
   *
   * @param row 0..{@value #SIZE}-1 from the north
   */
  public static long cellAreaCm2(TileId tile, int row) {
    return Math.round(cellAreaM2(tile, Objects.checkIndex(row, SIZE)) * 1e4);
  }

  /**
   * Area of the set cells of {@code mask} in square centimetres: the sum of {@link #cellAreaCm2}.
   *
   * @param mask {@value #SIZE} x {@value #SIZE}
   */
  public static long areaCm2(TileId tile, Mask mask) {
    if (mask.width() != SIZE || mask.height() != SIZE) {
      throw new IllegalArgumentException(mask + " does not lie on a tile's cells");
    }
    long sum = 0;
    for (int row = 0; row < SIZE; row++) {
      int cells = mask.countRow(row);
      if (cells > 0) {
        sum += cells * cellAreaCm2(tile, row);
      }
    }
    return sum;
  }

  /** Geodesic area of one cell of {@code row} in square metres, exact to rounding. */
  public static double cellAreaM2(TileId tile, int row) {
    double bottom = mercator(tile.z(), tile.y() + (row + 1.0) / SIZE);
    double side = 2 * Math.PI / ((double) (1L << tile.z()) * SIZE); // a square on the map
    return GeodesicArea.ofMercatorBand(bottom, side, side);
  }
}
