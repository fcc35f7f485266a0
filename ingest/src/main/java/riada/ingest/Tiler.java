package riada.ingest;

import com.google.protobuf.ByteString;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import riada.geo.Bounds;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;
import riada.proto.Picture;
import riada.proto.Tile;
import riada.proto.Tiles;

/**
 * Cuts scenes onto the grid: longitude and latitude become Web Mercator, one tile at a time. Owned
 * by one thread.
 */
public final class Tiler implements AutoCloseable {
  /** Coarser and finer tiles than these are not taken at the default analysis zoom. */
  public static final int MIN_ZOOM = Tiles.MIN_ZOOM;

  public static final int MAX_ZOOM = Tiles.MAX_ZOOM;

  /** A tile whose picture is larger becomes its four children. */
  public static final int MAX_PICTURE_BYTES = 1 << 20;

  /** How many cells a pixel of a scene may become across and down. */
  static final double MAX_BLOW_UP = 4;

  /** More tiles of one scene are a mistake in its bounds or zoom. */
  static final int MAX_TILES = 40_000;

  private static final int SIZE = TileGrid.SIZE;

  /** What surrounds a scene within a tile: the mean of photographs, so that models see no edge. */
  private static final int OUTSIDE = 0x7c7468;

  private final JpegEncoder jpeg = new JpegEncoder();
  private final int maxPictureBytes;
  private final BufferedImage picture = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);

  /** Takes the tiles of a scene one after the other. */
  @FunctionalInterface
  public interface Taker {
    /**
     * @param part picture, valid mask and tile name; the scene's other fields are the taker's to
     *     set
     */
    void take(TileId tile, Tile.Builder part) throws BadInput, IOException;
  }

  public Tiler() {
    this(MAX_PICTURE_BYTES);
  }

  Tiler(int maxPictureBytes) {
    this.maxPictureBytes = maxPictureBytes;
  }

  /** The zoom whose pixels are nearest to the scene's own, within the zooms that are taken. */
  public static int zoom(Scene scene) {
    Bounds bounds = scene.bounds();
    double columns = (bounds.east() - bounds.west()) / 360 * SIZE; // pixels at zoom 0
    double rows = (TileGrid.row(0, bounds.south()) - TileGrid.row(0, bounds.north())) * SIZE;
    double finer =
        Math.sqrt(scene.image().getWidth() / columns * (scene.image().getHeight() / rows));
    long zoom = Math.round(Math.log(finer) / Math.log(2));
    return (int) Math.max(MIN_ZOOM, Math.min(MAX_ZOOM, zoom));
  }

  /**
   * Cuts a scene. A tile that it covers in part carries a valid mask; where two scenes meet, each
   * cell belongs to exactly one of them.
   *
   * @param zoom of the tiles; the scene's own when empty
   * @return how many tiles of the scene's frame it covers no cell of
   * @throws BadInput when the zoom is not taken or the tiles are too many; none was cut then
   */
  public int cut(Scene scene, OptionalInt zoom, Taker taker) throws BadInput, IOException {
    int z = checkedZoom(scene, zoom);
    Bounds bounds = scene.bounds();
    int west = edge(TileGrid.column(z, bounds.west()), z);
    int east = edge(TileGrid.column(z, bounds.east()), z);
    int north = edge(TileGrid.row(z, bounds.north()), z);
    int south = edge(TileGrid.row(z, bounds.south()), z);
    long tiles = (east - west + 1L) * (south - north + 1L);
    if (tiles > MAX_TILES) {
      throw new BadInput(
          "scene_too_wide",
          scene.name()
              + " would be "
              + tiles
              + " tiles at zoom "
              + z
              + "; at most "
              + MAX_TILES
              + " are cut of one scene. Check its bounds, or choose a lower zoom.");
    }
    int skipped = 0;
    for (int y = north; y <= south; y++) {
      for (int x = west; x <= east; x++) {
        skipped += cutTile(scene, new TileId(z, x, y), taker);
      }
    }
    return skipped;
  }

  /**
   * Refuses a scene whose few pixels would be blown up to tiles and count as ground that was
   * validly seen.
   *
   * @param zoom of the tiles; the scene's own when empty
   * @throws BadInput when it is too coarse, or the zoom is not taken
   */
  static void checkFineness(Scene scene, OptionalInt zoom) throws BadInput {
    int z = checkedZoom(scene, zoom);
    Bounds bounds = scene.bounds();
    double columns = (TileGrid.column(z, bounds.east()) - TileGrid.column(z, bounds.west())) * SIZE;
    double rows = (TileGrid.row(z, bounds.south()) - TileGrid.row(z, bounds.north())) * SIZE;
    double blownUp = Math.max(columns / scene.image().getWidth(), rows / scene.image().getHeight());
    if (blownUp > MAX_BLOW_UP) {
      TileId corner =
          new TileId(
              z,
              edge(TileGrid.column(z, bounds.west()), z),
              edge(TileGrid.row(z, bounds.north()), z));
      boolean lowerHelps = blownUp <= MAX_BLOW_UP * (1 << (z - MIN_ZOOM));
      double metres = Math.sqrt(TileGrid.cellAreaM2(corner, 0));
      throw new BadInput(
          "scene_too_coarse",
          String.format(
              Locale.ROOT,
              "%s is too coarse: one of its pixels covers up to %.0f m and a cell at zoom %d %.1f m;"
                  + " check its bounds%s.",
              scene.name(),
              blownUp * metres,
              z,
              metres,
              lowerHelps ? ", or choose a lower zoom" : ", for no zoom that is taken suits it"));
    }
  }

  private static int checkedZoom(Scene scene, OptionalInt zoom) throws BadInput {
    int z = zoom.orElseGet(() -> zoom(scene));
    if (z < MIN_ZOOM || z > MAX_ZOOM) {
      throw new BadInput(
          "zoom_out_of_range",
          "Zoom " + z + " is not taken; choose " + MIN_ZOOM + " to " + MAX_ZOOM + ".");
    }
    return z;
  }

  private static int edge(double position, int z) {
    return (int) Math.max(0, Math.min((1 << z) - 1, Math.floor(position)));
  }

  /** Returns 1 if the scene covers no cell of the tile. */
  private int cutTile(Scene scene, TileId tile, Taker taker) throws BadInput, IOException {
    TileSampler sampler = new TileSampler(scene, tile);
    Mask valid = sampler.valid();
    if (valid.isEmpty()) {
      return 1;
    }
    sampler.sample(picture);
    boolean whole = valid.count() == SIZE * SIZE;
    if (!whole) {
      fillOutside(valid);
    }
    byte[] bytes = jpeg.encode(picture);
    if (bytes.length <= maxPictureBytes) {
      taker.take(tile, part(tile, bytes, whole ? null : valid));
      return 0;
    }
    if (tile.z() == MAX_ZOOM) {
      throw new BadInput(
          "picture_too_large",
          "Tile " + tile + " of " + scene.name() + " has " + bytes.length + " bytes as JPEG.");
    }
    int skipped = 0;
    for (int child = 0; child < 4; child++) {
      skipped += cutTile(scene, tile.descendant(1, child % 2, child / 2), taker);
    }
    return skipped;
  }

  private static Tile.Builder part(TileId tile, byte[] bytes, @Nullable Mask valid) {
    Tile.Builder part =
        Tile.newBuilder()
            .setTile(tile.toString())
            .setPicture(
                Picture.newBuilder()
                    .setFormat(Picture.Format.JPEG)
                    .setBandOrder("RGB")
                    .setData(ByteString.copyFrom(bytes)));
    return valid == null ? part : part.setValid(RunLength.encode(valid));
  }

  private void fillOutside(Mask valid) {
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++) {
        if (!valid.get(x, y)) {
          picture.setRGB(x, y, OUTSIDE);
        }
      }
    }
  }

  @Override
  public void close() {
    jpeg.close();
  }
}
