package riada.simulate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import riada.geo.TileId;

/**
 * A made-up valley on the tile grid: a river with its plain, lakes, farmland, woods, villages and
 * roads. Everything follows from the seed. Thread-safe.
 */
public final class World {
  /** Tiles whose unchanging part is kept, about 1.8 MB each. */
  static final int CACHED_TILES = 30;

  private final int seed;
  private final TileId northWest;
  private final int columns;
  private final int rows;
  private final Look look;
  private final Drainage drainage;
  private final GroundPainter painter;
  private final Map<TileId, TileGround> cache = new LinkedHashMap<>(64, 0.75f, true);

  /**
   * @param northWest its north-western tile, at any zoom
   * @param columns tiles from west to east, 1..16
   * @param rows tiles from north to south, 1..16
   */
  public World(int seed, TileId northWest, int columns, int rows, Scenario scenario) {
    if (columns < 1 || columns > 16 || rows < 1 || rows > 16) {
      throw new IllegalArgumentException(
          "a world of " + columns + " x " + rows + " tiles; sides are 1..16");
    }
    this.seed = seed;
    this.northWest = northWest;
    this.columns = columns;
    this.rows = rows;
    this.look = Look.of(seed);
    int width = columns * TileGround.SIZE;
    int height = rows * TileGround.SIZE;
    float halfWidth = scenario.riverHalfWidth() * Noise.between(seed, 1, 1, 0.8f, 1.25f);
    this.drainage = new Drainage(seed, width, height, halfWidth, 1 + columns * rows / 4);
    int lakeCount = Math.max(1, Math.round(scenario.lakesATile() * columns * rows));
    Lakes lakes = new Lakes(seed, drainage, width, height, lakeCount, scenario.largestLake());
    Buildings buildings = new Buildings(seed, look, drainage, width, height);
    this.painter = new GroundPainter(seed, look, drainage, lakes, buildings);
  }

  public int seed() {
    return seed;
  }

  public int columns() {
    return columns;
  }

  public int rows() {
    return rows;
  }

  /** All tiles, row by row from the north-west. */
  public List<TileId> tiles() {
    List<TileId> tiles = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        tiles.add(new TileId(northWest.z(), northWest.x() + column, northWest.y() + row));
      }
    }
    return tiles;
  }

  /** Column of a tile's western edge in the world's pixels. */
  int left(TileId tile) {
    return (tile.x() - northWest.x()) * TileGround.SIZE;
  }

  /** Row of a tile's northern edge in the world's pixels. */
  int top(TileId tile) {
    return (tile.y() - northWest.y()) * TileGround.SIZE;
  }

  TileId northWest() {
    return northWest;
  }

  Look look() {
    return look;
  }

  Drainage drainage() {
    return drainage;
  }

  /** The unchanging part of a tile of this world, painted when first asked for. */
  synchronized TileGround ground(TileId tile) {
    if (tile.z() != northWest.z()
        || left(tile) < 0
        || left(tile) >= columns * TileGround.SIZE
        || top(tile) < 0
        || top(tile) >= rows * TileGround.SIZE) {
      throw new IllegalArgumentException("tile " + tile + " is not in this world");
    }
    TileGround ground = cache.get(tile);
    if (ground == null) {
      ground = painter.paint(left(tile), top(tile));
      cache.put(tile, ground);
      if (cache.size() > CACHED_TILES) {
        cache.remove(cache.keySet().iterator().next()); // the one used longest ago
      }
    }
    return ground;
  }
}
