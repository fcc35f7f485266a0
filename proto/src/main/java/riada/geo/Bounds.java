package riada.geo;

import java.util.regex.Pattern;
import riada.proto.BadInput;

/**
 * A box of longitudes and latitudes on WGS 84, in degrees. It does not cross the antimeridian: what
 * does is cut there.
 *
 * @param west -180..180, less than {@code east}
 * @param south -{@value TileGrid#MAX_LATITUDE}.. , less than {@code north}
 * @param east -180..180
 * @param north ..{@value TileGrid#MAX_LATITUDE}
 */
public record Bounds(double west, double south, double east, double north) {
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d{1,3})?");

  public Bounds {
    String flaw = flaw(west, south, east, north);
    if (!flaw.isEmpty()) {
      throw new IllegalArgumentException(flaw);
    }
  }

  /**
   * Reads {@code W,S,E,N}.
   *
   * @throws BadInput with the way out when the text is no box on the grid
   */
  public static Bounds parse(String text) throws BadInput {
    String shown = text.length() <= 100 ? text : text.substring(0, 100) + "...";
    String[] parts = text.split(",", -1);
    if (parts.length != 4) {
      throw new BadInput(
          "bounds_unreadable",
          "The bounds \""
              + shown
              + "\" have "
              + parts.length
              + (parts.length == 1 ? " part" : " parts")
              + "; write the four numbers west,south,east,north in degrees.");
    }
    double[] edges = new double[4];
    try {
      for (int i = 0; i < 4; i++) {
        edges[i] = degrees(parts[i].trim());
      }
    } catch (NumberFormatException e) {
      throw new BadInput(
          "bounds_unreadable",
          "The bounds \"" + shown + "\" are unreadable; write west,south,east,north in degrees.");
    }
    String flaw = flaw(edges[0], edges[1], edges[2], edges[3]);
    if (!flaw.isEmpty()) {
      throw new BadInput(
          "bounds_invalid", "The bounds \"" + shown + "\" cannot be used: " + flaw + ".");
    }
    return new Bounds(edges[0], edges[1], edges[2], edges[3]);
  }

  /**
   * Reads a number as people write it, without the hexadecimal and the suffixes that Java allows.
   *
   * @throws NumberFormatException when it is none
   */
  public static double degrees(String text) {
    if (!DECIMAL.matcher(text).matches()) {
      throw new NumberFormatException(text);
    }
    return Double.parseDouble(text);
  }

  private static String flaw(double west, double south, double east, double north) {
    if (!(Math.abs(west) <= 180 && Math.abs(east) <= 180)) {
      return "longitudes are -180..180";
    }
    if (!(Math.abs(south) <= TileGrid.MAX_LATITUDE + 1e-9
        && Math.abs(north) <= TileGrid.MAX_LATITUDE + 1e-9)) {
      return "latitudes on the Web Mercator grid are -85.0511..85.0511";
    }
    if (west >= east) {
      return "west is not less than east; over the antimeridian send one part up to 180 and one from -180";
    }
    return south >= north ? "south is not less than north, as if they were swapped" : "";
  }
}
