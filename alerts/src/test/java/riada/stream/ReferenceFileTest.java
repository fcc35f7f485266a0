package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static riada.stream.FloodDriver.TILE;
import static riada.stream.FloodDriver.cells;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mil.nga.tiff.FieldTagType;
import mil.nga.tiff.FieldType;
import mil.nga.tiff.FileDirectory;
import mil.nga.tiff.FileDirectoryEntry;
import mil.nga.tiff.Rasters;
import mil.nga.tiff.TIFFImage;
import mil.nga.tiff.TiffWriter;
import mil.nga.tiff.util.TiffConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import riada.geo.Bounds;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;
import riada.proto.Reference;

class ReferenceFileTest {
  @Test
  void polygonsAreWetAndTellOfNothingElse() throws BadInput {
    Map<TileId, ReferenceFile.Cells> cells =
        ReferenceFile.polygons("lake", cells(TILE, 10, 20, 110, 70), Optional.empty(), 14);

    assertThat(cells).containsOnlyKeys(TILE);
    assertThat(cells.get(TILE).wet()).isEqualTo(box(10, 20, 110, 70));
    assertThat(cells.get(TILE).known()).isEqualTo(box(10, 20, 110, 70));
  }

  @Test
  void withinItsBoundsAFileTellsOfDryGroundToo() throws BadInput {
    Bounds tile = TILE.bounds();
    String feature =
        "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"geometry\":"
            + cells(TILE, 10, 20, 110, 70)
            + "}]}";

    Map<TileId, ReferenceFile.Cells> cells =
        ReferenceFile.polygons("lake", feature, Optional.of(tile), 14);

    Reference reference =
        ReferenceFile.reference(TILE, cells.get(TILE), "v", Reference.Source.IMPORT);
    assertThat(cells).containsOnlyKeys(TILE);
    assertThat(RunLength.decode(reference.getWet())).isEqualTo(box(10, 20, 110, 70));
    assertThat(reference.hasKnown()).as("it tells of the whole tile").isFalse();
  }

  /** Pixels of 64 x 64 cells of the tile: the raster covers its western half, the first row wet. */
  @ParameterizedTest
  @ValueSource(ints = {3857, 4326})
  void aRasterTellsOfTheCellsWhoseCentreLiesInAPixel(int epsg) throws BadInput, IOException {
    byte[] tiff = raster(epsg, new float[] {90, 90, 90, -1, 0, 0, 0, 0});

    Map<TileId, ReferenceFile.Cells> cells =
        ReferenceRaster.read("r.tif", tiff).cells("r.tif", 50, -1.0, 14);

    Mask known = box(0, 0, 256, 512);
    known.andNot(box(192, 0, 256, 256));
    assertThat(cells).containsOnlyKeys(TILE);
    if (epsg == 3857) { // the rows of a geographic raster are not quite the tile's
      assertThat(cells.get(TILE).wet()).isEqualTo(box(0, 0, 192, 256));
      assertThat(cells.get(TILE).known()).isEqualTo(known);
    } else {
      assertThat(cells.get(TILE).wet().count()).isBetween(192 * 255, 192 * 257);
    }
  }

  @Test
  void aRasterThatCannotBePlacedIsRefusedWithTheWayOut() throws IOException {
    byte[] utm = raster(32632, new float[8]);

    assertThatThrownBy(() -> ReferenceRaster.read("utm.tif", utm))
        .isInstanceOf(BadInput.class)
        .hasMessage("utm.tif is in EPSG:32632; reproject it to EPSG:4326 or EPSG:3857.");
  }

  /** The directory after the first is the first again. */
  @Test
  void aRasterWhoseDirectoriesGoRoundIsReadAsItsFirst() throws BadInput, IOException {
    byte[] ring = raster(3857, new float[] {90, 90, 90, -1, 0, 0, 0, 0});
    ByteBuffer bytes =
        ByteBuffer.wrap(ring)
            .order(ring[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int first = bytes.getInt(4);
    bytes.putInt(first + 2 + 12 * bytes.getShort(first), first);

    Map<TileId, ReferenceFile.Cells> cells =
        assertTimeoutPreemptively(
            Duration.ofSeconds(20),
            () -> ReferenceRaster.read("r.tif", ring).cells("r.tif", 50, -1.0, 14));

    assertThat(cells).containsOnlyKeys(TILE);
  }

  /** Its width times its height is less than nothing in 64 bits. */
  @Test
  void aRasterOfMorePixelsThanCanBeCountedIsToBeCut() throws IOException {
    byte[] raster = raster(3857, new float[] {90, 90, 90, -1, 0, 0, 0, 0});
    ByteBuffer bytes =
        ByteBuffer.wrap(raster)
            .order(raster[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int first = bytes.getInt(4);
    for (int i = 0; i < bytes.getShort(first); i++) {
      int entry = first + 2 + 12 * i;
      if (bytes.getShort(entry) == 256 || bytes.getShort(entry) == 257) { // width, height
        bytes.putShort(entry + 2, (short) 4); // LONG
        bytes.putInt(entry + 8, -1);
      }
    }

    assertThatThrownBy(() -> ReferenceRaster.read("r.tif", raster))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "r.tif has 4294967295 x 4294967295 pixels; cut it into parts of at most 67108864.");
  }

  /** Byte by byte another: each is read, or refused with a sentence, and none is waited for. */
  @Test
  void aDamagedRasterIsReadOrRefused() throws IOException {
    byte[] good = raster(3857, new float[] {90, 90, 90, -1, 0, 0, 0, 0});

    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          for (int i = 0; i < 2 * good.length; i++) {
            byte[] damaged = good.clone();
            damaged[i / 2] = (byte) (i % 2 == 0 ? 0 : 0xff);
            try {
              ReferenceRaster.read("r.tif", damaged);
            } catch (BadInput e) {
              assertThat(e).hasMessageStartingWith("r.tif ");
            }
          }
        });
  }

  @Test
  void whatWouldNotFitIntoMemoryIsToBeCut() {
    Optional<Bounds> hundredTilesASide = Optional.of(new Bounds(0, 0, 2.2, 2.2));

    assertThatThrownBy(
            () ->
                ReferenceFile.polygons(
                    "lakes", cells(TILE, 10, 20, 110, 70), hundredTilesASide, 14))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "lakes covers more than 4096 tiles; cut it into parts, and import each by itself.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "II", "II*\0", "MM\0*garbage", "no TIFF at all"})
  void garbageIsNoRaster(String text) {
    assertThatThrownBy(
            () -> ReferenceRaster.read("x.tif", text.getBytes(StandardCharsets.ISO_8859_1)))
        .isInstanceOf(BadInput.class)
        .hasMessageStartingWith("x.tif ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "[]",
        "{\"type\":\"FeatureCollection\",\"features\":[]}",
        "{\"type\":\"Point\"}"
      })
  void whatHoldsNoPolygonIsRefused(String json) {
    assertThatThrownBy(() -> ReferenceFile.polygons("x.geojson", json, Optional.empty(), 14))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("x.geojson");
  }

  @Test
  void aForeignReferenceSystemIsRefusedThoughItsNumbersFit() {
    String json =
        """
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]],
         "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25830"}}}""";

    assertThatThrownBy(() -> ReferenceFile.polygons("x.geojson", json, Optional.empty(), 14))
        .isInstanceOf(BadInput.class)
        .hasMessageContainingAll("x.geojson", "EPSG::25830", "EPSG:4326");
  }

  @Test
  void aSecondValueIsNotPassedOver() {
    String json = "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,1],[0,0]]]}";

    assertThatThrownBy(
            () -> ReferenceFile.polygons("x.geojson", json + "\n" + json, Optional.empty(), 14))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("FeatureCollection");
  }

  /** Four by two pixels over the tile's western half. */
  private static byte[] raster(int epsg, float[] values) throws IOException {
    Rasters pixels = new Rasters(4, 2, 1, FieldType.FLOAT);
    for (int i = 0; i < values.length; i++) {
      pixels.setPixelSample(0, i % 4, i / 4, values[i]);
    }
    boolean geographic = epsg == 4326;
    Bounds bounds = TILE.bounds();
    double metres = 2 * Math.PI * 6_378_137 / (1 << TILE.z());
    double west = geographic ? bounds.west() : (TILE.x() - (1 << 13)) * metres;
    double north = geographic ? bounds.north() : ((1 << 13) - TILE.y()) * metres;
    double width = geographic ? (bounds.east() - bounds.west()) / 8 : metres / 8;
    double height = geographic ? (bounds.north() - bounds.south()) / 2 : metres / 2;
    FileDirectory directory = new FileDirectory();
    directory.setImageWidth(4);
    directory.setImageHeight(2);
    directory.setBitsPerSample(List.of(32));
    directory.setCompression(TiffConstants.COMPRESSION_DEFLATE);
    directory.setPhotometricInterpretation(TiffConstants.PHOTOMETRIC_INTERPRETATION_BLACK_IS_ZERO);
    directory.setSamplesPerPixel(1);
    directory.setSampleFormat(List.of(3));
    directory.setPlanarConfiguration(1);
    directory.setRowsPerStrip(pixels.calculateRowsPerStrip(1));
    directory.setWriteRasters(pixels);
    directory.addEntry(
        new FileDirectoryEntry(
            FieldTagType.ModelPixelScale, FieldType.DOUBLE, 3, List.of(width, height, 0.0)));
    directory.addEntry(
        new FileDirectoryEntry(
            FieldTagType.ModelTiepoint,
            FieldType.DOUBLE,
            6,
            List.of(0.0, 0.0, 0.0, west, north, 0.0)));
    List<Integer> keys =
        List.of(1, 1, 0, 2, 1024, 0, 1, geographic ? 2 : 1, geographic ? 2048 : 3072, 0, 1, epsg);
    directory.addEntry(
        new FileDirectoryEntry(FieldTagType.GeoKeyDirectory, FieldType.SHORT, 12, keys));
    TIFFImage image = new TIFFImage();
    image.add(directory);
    return TiffWriter.writeTiffToBytes(image);
  }

  private static Mask box(int x0, int y0, int x1, int y1) {
    Mask mask = new Mask(TileGrid.SIZE, TileGrid.SIZE);
    for (int y = y0; y < y1; y++) {
      mask.setRow(y, x0, x1);
    }
    return mask;
  }
}
