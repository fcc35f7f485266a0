package riada.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.util.OptionalInt;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.geo.Bounds;
import riada.geo.GeodesicArea;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;
import riada.proto.Pictures;
import riada.proto.Tile;

class TilerTest {
  private static final Bounds BOUNDS = new Bounds(-1, 41, -0.9, 41.1);

  private final Tiler tiler = new Tiler();

  @AfterEach
  void close() {
    tiler.close();
  }

  /** Expected cells by the Web Mercator formulas in double precision, worked out in Python. */
  @ParameterizedTest
  @CsvSource({"13, 13/4074/3069, 498.6197, 82.7048", "14, 14/8149/6138, 485.2395, 165.4095"})
  void aKnownPixelLandsInItsCell(int zoom, String tile, double x, double y) throws Exception {
    BufferedImage image = picture(400, 400, Color.BLACK);
    fill(image, 300, 100, 8, 8, Color.WHITE); // its middle is (304, 104)

    SortedMap<TileId, Tile> tiles = cut(tiler, new Scene("s", image, BOUNDS), zoom);

    double[] centre = centreOfLight(tiles.get(TileId.parse(tile)));
    assertThat(centre[0]).isCloseTo(x, within(0.6));
    assertThat(centre[1]).isCloseTo(y, within(0.6));
  }

  @ParameterizedTest
  @CsvSource({"12", "13", "14"})
  void theValidCellsHaveTheScenesArea(int zoom) throws Exception {
    Scene scene = new Scene("s", picture(300, 300, Color.GRAY), BOUNDS);

    double cm2 = 0;
    for (var entry : cut(tiler, scene, zoom).entrySet()) {
      cm2 += TileGrid.areaCm2(entry.getKey(), valid(entry.getValue()));
    }

    assertThat(cm2 / 1e4)
        .isCloseTo(
            GeodesicArea.ofBoundsM2(BOUNDS), within(GeodesicArea.ofBoundsM2(BOUNDS) * 0.004));
  }

  @Test
  void aTileThatIsCoveredWhollyCarriesNoMask() throws Exception {
    TileId tile = new TileId(14, 8149, 6136);
    Bounds around = tile.bounds();
    Bounds wider =
        new Bounds(
            around.west() - 1e-4,
            around.south() - 1e-4,
            around.east() + 1e-4,
            around.north() + 1e-4);

    SortedMap<TileId, Tile> tiles =
        cut(tiler, new Scene("s", picture(520, 520, Color.RED), wider), 14);

    assertThat(tiles).hasSize(9);
    assertThat(tiles.get(tile).hasValid()).isFalse();
    assertThat(valid(tiles.get(new TileId(14, 8150, 6136))).count()).isBetween(512, 3 * 512);
  }

  @Test
  void tilesWithoutACoveredCellAreSkippedAndCounted() throws Exception {
    TileId tile = new TileId(14, 8149, 6136);
    Bounds around = tile.bounds();
    // A tenth of a cell into the neighbours: no cell's middle.
    double sliver = (around.east() - around.west()) / 5120;
    Bounds wider =
        new Bounds(
            around.west() - sliver,
            around.south() + 1e-9,
            around.east() + sliver,
            around.north() - 1e-9);

    int skipped =
        tiler.cut(
            new Scene("s", picture(64, 64, Color.RED), wider),
            OptionalInt.of(14),
            (id, part) -> assertThat(id).isEqualTo(tile));

    assertThat(skipped).isEqualTo(2);
  }

  @Test
  void scenesSideBySideLeaveNoCellOutAndShareNone() throws Exception {
    Scene west = new Scene("w", picture(100, 100, Color.GRAY), new Bounds(-1, 41, -0.95, 41.1));
    Scene east = new Scene("e", picture(100, 100, Color.GRAY), new Bounds(-0.95, 41, -0.9, 41.1));
    Scene both = new Scene("b", picture(100, 100, Color.GRAY), BOUNDS);

    SortedMap<TileId, Tile> left = cut(tiler, west, 13);
    SortedMap<TileId, Tile> right = cut(tiler, east, 13);

    for (var entry : cut(tiler, both, 13).entrySet()) {
      Mask l =
          left.containsKey(entry.getKey()) ? valid(left.get(entry.getKey())) : new Mask(512, 512);
      Mask r =
          right.containsKey(entry.getKey()) ? valid(right.get(entry.getKey())) : new Mask(512, 512);
      assertThat(l.copy().and(r).isEmpty()).isTrue();
      assertThat(l.copy().or(r)).isEqualTo(valid(entry.getValue()));
    }
  }

  @Test
  void minifyingAveragesInsteadOfSkipping() throws Exception {
    // Lines of one pixel, black and white in turn, at a quarter of their size: even grey.
    BufferedImage lines = picture(4096, 4096, Color.BLACK);
    for (int x = 0; x < 4096; x += 2) {
      fill(lines, x, 0, 1, 4096, Color.WHITE);
    }
    TileId tile = new TileId(14, 8149, 6136);

    BufferedImage image = image(cut(tiler, new Scene("s", lines, tile.bounds()), 14).get(tile));

    for (int x = 8; x < 504; x += 31) {
      assertThat(image.getRGB(x, 256) & 255).isBetween(120, 135);
    }
  }

  /**
   * A picture of 4000 pixels over a tenth of a degree: 360 x 40000 / 512 pixels a tile is 2^14.8.
   */
  @ParameterizedTest
  @CsvSource({"4000, 15", "2000, 14", "1000, 13", "10, 12", "400000, 20"})
  void theZoomIsNearestToThePicturesOwn(int pixels, int zoom) {
    double degrees = 0.1;
    BufferedImage image = picture(50, 50, Color.GRAY);
    double span = degrees * 50 / pixels;

    int found = Tiler.zoom(new Scene("s", image, new Bounds(0, 0, span, span)));

    assertThat(found).isEqualTo(zoom);
  }

  @Test
  void aPictureThatIsTooLargeBecomesItsFourChildren() throws Exception {
    BufferedImage noise = picture(512, 512, Color.BLACK);
    Random random = new Random(1);
    for (int at = 0; at < 512 * 512; at++) {
      noise.setRGB(at % 512, at / 512, random.nextInt());
    }
    TileId tile = new TileId(14, 8149, 6136);
    Scene scene = new Scene("s", noise, tile.bounds());
    int largestChild =
        cut(tiler, scene, 15).values().stream()
            .mapToInt(child -> child.getPicture().getData().size())
            .max()
            .orElseThrow();
    try (Tiler small = new Tiler(largestChild)) {
      SortedMap<TileId, Tile> tiles = cut(small, scene, 14);

      assertThat(tiles.keySet())
          .containsExactlyInAnyOrder(
              tile.descendant(1, 0, 0),
              tile.descendant(1, 1, 0),
              tile.descendant(1, 0, 1),
              tile.descendant(1, 1, 1));
    }
  }

  @Test
  void transparentPixelsAreNotValid() throws Exception {
    BufferedImage image = new BufferedImage(512, 512, BufferedImage.TYPE_INT_ARGB);
    fill(image, 0, 0, 512, 128, Color.GREEN);
    TileId tile = new TileId(14, 8149, 6136);

    Mask valid = valid(cut(tiler, new Scene("s", image, tile.bounds()), 14).get(tile));

    assertThat(valid.get(5, 100)).isTrue();
    assertThat(valid.get(5, 140)).isFalse();
  }

  @Test
  void greyPicturesKeepTheirValues() throws Exception {
    BufferedImage grey = new BufferedImage(64, 64, BufferedImage.TYPE_BYTE_GRAY);
    for (int at = 0; at < 64 * 64; at++) {
      grey.getRaster().setSample(at % 64, at / 64, 0, 90);
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(grey, "png", png);
    BufferedImage read = Pictures.read("grey", png.toByteArray(), 64 * 64);
    TileId tile = new TileId(14, 8149, 6136);

    BufferedImage image = image(cut(tiler, new Scene("s", read, tile.bounds()), 14).get(tile));

    assertThat(image.getRGB(200, 200) & 255).isBetween(89, 91);
  }

  @ParameterizedTest
  @CsvSource({"11", "21", "-1"})
  void aZoomThatIsNotTakenIsRefused(int zoom) {
    assertThatThrownBy(() -> cut(tiler, new Scene("s", picture(64, 64, Color.RED), BOUNDS), zoom))
        .isInstanceOf(BadInput.class)
        .hasMessage("Zoom " + zoom + " is not taken; choose 12 to 20.");
  }

  @ParameterizedTest
  @CsvSource({"11", "21", "30", "-1"})
  void aZoomThatIsNotTakenIsRefusedBeforeTheSceneIsCalledTooCoarse(int zoom) {
    Scene scene = new Scene("s", picture(64, 64, Color.RED), BOUNDS);

    assertThatThrownBy(() -> Tiler.checkFineness(scene, OptionalInt.of(zoom)))
        .isInstanceOf(BadInput.class)
        .hasMessage("Zoom " + zoom + " is not taken; choose 12 to 20.");
  }

  @Test
  void aSceneTooCoarseForItsZoomIsToldOfALowerOneThatSuitsIt() {
    Scene scene = new Scene("s", picture(256, 256, Color.RED), new TileId(12, 2037, 1534).bounds());

    assertThatThrownBy(() -> Tiler.checkFineness(scene, OptionalInt.of(16)))
        .hasMessageContaining("check its bounds, or choose a lower zoom.");
  }

  @Test
  void boundsOfHalfTheWorldAreRefused() {
    Scene scene = new Scene("wide", picture(64, 64, Color.RED), new Bounds(-90, -45, 90, 45));

    assertThatThrownBy(() -> cut(tiler, scene, 14))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("wide would be")
        .hasMessageContaining("choose a lower zoom");
  }

  private static SortedMap<TileId, Tile> cut(Tiler tiler, Scene scene, int zoom) throws Exception {
    SortedMap<TileId, Tile> tiles = new TreeMap<>();
    tiler.cut(scene, OptionalInt.of(zoom), (tile, part) -> tiles.put(tile, part.build()));
    return tiles;
  }

  private static Mask valid(Tile tile) throws BadInput {
    return tile.hasValid() ? RunLength.decode(tile.getValid()) : Mask.full(512, 512);
  }

  private static BufferedImage image(Tile tile) throws BadInput {
    return Pictures.read("tile", tile.getPicture().getData().toByteArray(), 512 * 512);
  }

  private static double[] centreOfLight(Tile tile) throws BadInput {
    BufferedImage image = image(tile);
    Mask valid = valid(tile);
    double x = 0;
    double y = 0;
    double sum = 0;
    for (int at = 0; at < 512 * 512; at++) {
      int light = image.getRGB(at % 512, at / 512) & 255;
      if (light > 40 && valid.get(at % 512, at / 512)) {
        x += light * (at % 512 + 0.5);
        y += light * (at / 512 + 0.5);
        sum += light;
      }
    }
    return new double[] {x / sum, y / sum};
  }

  private static BufferedImage picture(int width, int height, Color colour) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    fill(image, 0, 0, width, height, colour);
    return image;
  }

  private static void fill(BufferedImage image, int x, int y, int width, int height, Color colour) {
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(colour);
    graphics.fillRect(x, y, width, height);
    graphics.dispose();
  }
}
