package riada.geo;

/**
 * Areas on the WGS 84 ellipsoid, exact to rounding. {@link StrictMath} throughout: the same bits on
 * every platform, so that sums can be re-derived anywhere.
 */
public final class GeodesicArea {
  /** WGS 84 semi-major axis in metres. */
  public static final double SEMI_MAJOR_M = 6_378_137.0;

  /** WGS 84 flattening. */
  public static final double FLATTENING = 1 / 298.257223563;

  /** First eccentricity squared: f (2 - f). */
  private static final double E2 = FLATTENING * (2 - FLATTENING);

  /** Semi-minor axis squared. */
  private static final double B2 = SEMI_MAJOR_M * SEMI_MAJOR_M * (1 - E2);

  private static final double E = StrictMath.sqrt(E2);

  private GeodesicArea() {}

  /** Area in square metres between two parallels over a range of longitude. */
  public static double ofBoundsM2(Bounds bounds) {
    double south = StrictMath.toRadians(bounds.south());
    double north = StrictMath.toRadians(bounds.north());
    return ofZone(
        StrictMath.sin(south),
        StrictMath.sin(north),
        2 * StrictMath.cos((north + south) / 2) * StrictMath.sin((north - south) / 2),
        StrictMath.toRadians(bounds.east() - bounds.west()));
  }

  /**
   * The same for a band given by its spherical Mercator ordinate psi, where sin(phi) = tanh(psi).
   * The edges of a pixel row are nearly equal latitudes; in psi its height is known exactly.
   *
   * @param bottom ordinate of the southern edge, in radians
   * @param height extent in psi, in radians
   * @param width extent in longitude, in radians
   */
  static double ofMercatorBand(double bottom, double height, double width) {
    double south = StrictMath.tanh(bottom);
    double north = StrictMath.tanh(bottom + height);
    return ofZone(south, north, StrictMath.tanh(height) * (1 - south * north), width);
  }

  /**
   * (b^2 / 2) dLambda [q(north) - q(south)] with q(s) = s / (1 - e^2 s^2) + atanh(e s) / e and s =
   * sin(phi) (Snyder, Map Projections: A Working Manual, 3-12), written in the difference of the
   * sines, so that nothing cancels however thin the zone is.
   *
   * @param south and {@code north}: sines of the latitudes
   * @param rise {@code north - south}, to full precision
   */
  private static double ofZone(double south, double north, double rise, double width) {
    double product = E2 * south * north;
    double fractions = (1 - E2 * south * south) * (1 - E2 * north * north);
    double u = E * rise / (1 - product);
    double atanh = StrictMath.log1p(2 * u / (1 - u)) / 2;
    return B2 / 2 * width * (rise * (1 + product) / fractions + atanh / E);
  }
}
