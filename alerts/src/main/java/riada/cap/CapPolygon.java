package riada.cap;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A polygon as CAP has them: one closed ring without holes.
 *
 * @param ring its corners, the last like the first
 */
public record CapPolygon(List<Vertex> ring) {
  /** The most corners of a ring, the repeated first one included: consumers refuse longer ones. */
  public static final int MAX_VERTICES = 100;

  /** Decimals of a degree that are written: a centimetre on the ground. */
  static final int DECIMALS = 7;

  public CapPolygon {
    ring = List.copyOf(ring);
    if (ring.size() < 4
        || ring.size() > MAX_VERTICES
        || !ring.get(0).equals(ring.get(ring.size() - 1))) {
      throw new IllegalArgumentException(
          "a ring of " + ring.size() + " corners; it has 4.." + MAX_VERTICES + " and is closed");
    }
  }

  /** Degrees on WGS 84, rounded to what is written. */
  public record Vertex(BigDecimal latitude, BigDecimal longitude) {
    public Vertex {
      if (latitude.abs().doubleValue() > 90 || longitude.abs().doubleValue() > 180) {
        throw new IllegalArgumentException(latitude + ", " + longitude + " is not on the earth");
      }
    }

    static Vertex of(double latitude, double longitude) {
      return new Vertex(rounded(latitude), rounded(longitude));
    }

    private static BigDecimal rounded(double degrees) {
      return BigDecimal.valueOf(degrees).setScale(DECIMALS, RoundingMode.HALF_EVEN);
    }
  }

  /** CAP's {@code polygon}: {@code latitude,longitude} pairs with blanks between. */
  public String text() {
    return ring.stream()
        .map(at -> at.latitude().toPlainString() + "," + at.longitude().toPlainString())
        .collect(Collectors.joining(" "));
  }
}
