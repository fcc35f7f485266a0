package riada.geo;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import riada.proto.BadInput;

/**
 * A tile of the OGC tile matrix set WebMercatorQuad: XYZ numbering, (0, 0) at the north-west.
 *
 * @param z zoom, 0..{@value #MAX_ZOOM}
 * @param x column, 0..2^z-1
 * @param y row, 0..2^z-1
 */
public record TileId(int z, int x, int y) implements Comparable<TileId> {
  /** Beyond it a pixel of a 512 px tile is under 2 cm: no sensor of ours sees that. */
  public static final int MAX_ZOOM = 22;

  /** Control and format characters, line and paragraph separators, halves of surrogate pairs. */
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");

  private static final Pattern TEXT = Pattern.compile("(\\d{1,2})/(\\d{1,7})/(\\d{1,7})");

  public TileId {
    if (z < 0 || z > MAX_ZOOM) {
      throw new IllegalArgumentException("zoom " + z + " is outside 0.." + MAX_ZOOM);
    }
    if (x < 0 || x >= 1 << z || y < 0 || y >= 1 << z) {
      throw new IllegalArgumentException(
          "tile "
              + z
              + "/"
              + x
              + "/"
              + y
              + " is off the grid: column and row at zoom "
              + z
              + " are 0.."
              + ((1 << z) - 1));
    }
  }

  /**
   * Reads a record's key.
   *
   * @param text {@code z/x/y} in decimal, without signs or leading zeros
   * @throws BadInput when it is none, or off the grid
   */
  public static TileId parse(String text) throws BadInput {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new BadInput(
          "tile_key_unreadable",
          "The key \""
              + brief(text)
              + "\" is no tile; write it as z/x/y, for example 14/8185/5448.");
    }
    TileId tile;
    try {
      tile =
          new TileId(
              Integer.parseInt(parts.group(1)),
              Integer.parseInt(parts.group(2)),
              Integer.parseInt(parts.group(3)));
    } catch (IllegalArgumentException e) {
      throw new BadInput(
          "tile_off_grid", "The key \"" + text + "\" names no tile: " + e.getMessage() + ".");
    }
    if (!tile.toString().equals(text)) { // one tile, one key: 014/1/1 would land beside 14/1/1
      throw new BadInput(
          "tile_key_unreadable", "The key \"" + text + "\" has leading zeros; write " + tile + ".");
    }
    return tile;
  }

  /** A stranger's text, short enough for a sentence and without what would break a log's line. */
  public static String brief(String text) {
    String start = text.length() <= 64 ? text : text.substring(0, 64) + "...";
    return UNPRINTABLE.matcher(start).replaceAll("\uFFFD");
  }

  /** The tile {@code levels} zooms up that contains this one. */
  public TileId ancestor(int levels) {
    Objects.checkIndex(levels, z + 1);
    return new TileId(z - levels, x >> levels, y >> levels);
  }

  /**
   * The tile {@code levels} zooms down at column {@code dx} and row {@code dy} of the 2^levels x
   * 2^levels parts.
   */
  public TileId descendant(int levels, int dx, int dy) {
    Objects.checkIndex(levels, MAX_ZOOM - z + 1);
    Objects.checkIndex(dx, 1 << levels);
    Objects.checkIndex(dy, 1 << levels);
    return new TileId(z + levels, (x << levels) + dx, (y << levels) + dy);
  }

  /** West, south, east and north edges in degrees. */
  public Bounds bounds() {
    return new Bounds(
        TileGrid.longitude(z, x),
        TileGrid.latitude(z, y + 1.0),
        TileGrid.longitude(z, x + 1.0),
        TileGrid.latitude(z, y));
  }

  @Override
  public int compareTo(TileId other) {
    int byZoom = Integer.compare(z, other.z);
    int byRow = byZoom != 0 ? byZoom : Integer.compare(y, other.y);
    return byRow != 0 ? byRow : Integer.compare(x, other.x);
  }

  /** The record key: {@code z/x/y}. */
  @Override
  public String toString() {
    return z + "/" + x + "/" + y;
  }
}
