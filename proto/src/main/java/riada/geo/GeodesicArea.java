package riada.geo;

/** Areas on the WGS 84 ellipsoid, exact to rounding. */
public final class GeodesicArea {
  /** WGS 84 semi-major axis in metres. */
  public static final double SEMI_MAJOR_M = 6_378_137.0;

  /** WGS 84 flattening. */
  public static final double FLATTENING = 1 / 298.257223563;

  /** First eccentricity squared: f (2 - f). */
  private static final double E2 = FLATTENING * (2 - FLATTENING);

  /** Semi-minor axis squared. */
  private static final double B2 = SEMI_MAJOR_M * SEMI_MAJOR_M * (1 - E2);

  private static final double E = Math.sqrt(E2);

  // Gauss-Legendre on -1..1, five nodes: exact to 1e-15 on bands under a hundredth of a radian.
  private static final double[] NODES = {
    0, 0.5384693101056831, -0.5384693101056831, 0.9061798459386640, -0.9061798459386640
  };
  private static final double[] WEIGHTS = {
    0.5688888888888889,
    0.4786286704993665,
    0.4786286704993665,
    0.2369268850561891,
    0.2369268850561891
  };

  private GeodesicArea() {}

  /**
   * Area in square metres between two parallels over a range of longitude: (b^2 / 2) dLambda
   * [q(north) - q(south)] with q(phi) = sin(phi) / (1 - e^2 sin^2 phi) + atanh(e sin phi) / e
   * (Snyder, Map Projections: A Working Manual, 3-12).
   */
  public static double ofBoundsM2(Bounds bounds) {
    return B2
        / 2
        * Math.toRadians(bounds.east() - bounds.west())
        * (q(Math.toRadians(bounds.north())) - q(Math.toRadians(bounds.south())));
  }

  private static double q(double phi) {
    double sin = Math.sin(phi);
    double es = E * sin;
    return sin / (1 - es * es) + 0.5 * Math.log((1 + es) / (1 - es)) / E;
  }

  /**
   * The same for a thin band given by spherical Mercator ordinates psi, where sin(phi) = tanh(psi):
   * the integral of b^2 sech^2(psi) / (1 - e^2 tanh^2 psi)^2. A pixel row is a difference of nearly
   * equal latitudes; in psi its height is exact, so nothing cancels.
   *
   * @param bottom and {@code top}: ordinates in radians, {@code top - bottom} at most 0.01
   * @param widthRadians extent in longitude
   */
  static double ofMercatorBand(double bottom, double top, double widthRadians) {
    double half = (top - bottom) / 2;
    double middle = (top + bottom) / 2;
    double sum = 0;
    for (int i = 0; i < NODES.length; i++) {
      double psi = middle + half * NODES[i];
      double tanh = Math.tanh(psi);
      double cosh = Math.cosh(psi);
      double d = 1 - E2 * tanh * tanh;
      sum += WEIGHTS[i] / (cosh * cosh * d * d);
    }
    return B2 * widthRadians * half * sum;
  }
}
