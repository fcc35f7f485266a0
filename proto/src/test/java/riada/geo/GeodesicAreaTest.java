package riada.geo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.mask.Mask;

/**
 * The expected areas are the integral of the ellipsoid's surface element a^2 (1 - e^2) cos(phi) /
 * (1 - e^2 sin^2 phi)^2 by mpmath at 40 digits:
 *
 * <pre>
 * from mpmath import *; mp.dps = 40; f = 1 / mpf('298.257223563'); e2 = f * (2 - f)
 * lat = lambda z, y: atan(sinh(pi * (1 - 2 * mpf(y) / 2**z)))
 * el = lambda p: mpf(6378137)**2 * (1 - e2) * cos(p) / (1 - e2 * sin(p)**2)**2
 * tile = lambda z, y: 2 * pi / 2**z * quad(el, [lat(z, y + 1), lat(z, y)])
 * cell = lambda z, y, r: 2*pi/2**z/512 * quad(el, [lat(z, y + mpf(r+1)/512), lat(z, y + mpf(r)/512)])
 * </pre>
 *
 * GeographicLib's polygon with its parallels cut into 2,000 pieces agrees with them to 1e-11.
 */
class GeodesicAreaTest {
  private static final double NINE_DIGITS = 1e-7; // per cent, that is 1e-9

  @ParameterizedTest
  @CsvSource({
    "0, 0, 1, 1, 12308463893.975352",
    "-180, -85, 180, 85, 508107311323858.3",
    "10, 45, 11, 46, 8686494956.6704008",
    "10, 60, 10.5, 60.25, 774181422.1932943",
    "20, 84.9, 21, 85, 109804568.5751204"
  })
  void measuresABox(double west, double south, double east, double north, double expectedM2) {
    double area = GeodesicArea.ofBoundsM2(new Bounds(west, south, east, north));

    assertThat(area).isCloseTo(expectedM2, withinPercentage(NINE_DIGITS));
  }

  @ParameterizedTest(name = "zoom {0}, row {1}")
  @CsvSource({
    "0, 0, 508147130188099.34", // the whole grid
    "8, 128, 24336849689.654789", // 0 degrees
    "8, 92, 12426968971.520135", // 45
    "8, 74, 6188552841.0722991", // 60
    "8, 0, 188143304.60658877", // 85
    "12, 2048, 95084578.214094696",
    "12, 1473, 47869034.65893401",
    "12, 1189, 24013145.322692813",
    "12, 6, 731501.30477142491",
    "14, 8192, 5942790.4498565275",
    "14, 5893, 2991008.6652626645",
    "14, 4757, 1500324.5442995291",
    "14, 26, 45736.282741587287",
    "16, 32768, 371424.41995775004",
    "16, 23574, 186950.62953080419",
    "16, 19031, 93793.564580427948",
    "16, 107, 2859.3366824857433"
  })
  void measuresATile(int z, int y, double expectedM2) {
    TileId tile = new TileId(z, (1 << z) - 1, y);

    double box = GeodesicArea.ofBoundsM2(tile.bounds());
    double cells = TileGrid.areaCm2(tile, Mask.full(TileGrid.SIZE, TileGrid.SIZE)) / 1e4;

    assertThat(box).isCloseTo(expectedM2, withinPercentage(NINE_DIGITS));
    double rows = 0;
    for (int row = 0; row < TileGrid.SIZE; row++) {
      rows += TileGrid.SIZE * TileGrid.cellAreaM2(tile, row);
    }
    assertThat(rows).isCloseTo(expectedM2, withinPercentage(NINE_DIGITS));
    // each of the 512 x 512 cells is rounded to a square centimetre
    assertThat(cells).isCloseTo(expectedM2, offset(expectedM2 * 1e-9 + 512 * 512 * 0.5e-4));
  }

  @ParameterizedTest(name = "zoom {0}, row {1}, cell row {2}")
  @CsvSource({
    "0, 0, 0, 46460902.870647025",
    "8, 92, 511, 48216.913836353061",
    "12, 1189, 511, 91.723967737294965",
    "14, 8192, 0, 22.669947575711835",
    "14, 8192, 511, 22.669944292738689",
    "14, 5893, 0, 11.406725280832828",
    "14, 5893, 511, 11.412860141683117",
    "14, 4757, 0, 5.7213933189612261",
    "14, 4757, 511, 5.7251748991565237",
    "14, 26, 0, 0.17440356421675243",
    "14, 26, 511, 0.17453659801866462",
    "16, 107, 0, 0.010906464233824041",
    "22, 6869, 0, 2.6628773865919563e-6"
  })
  void measuresACell(int z, int y, int row, double expectedM2) {
    double bottom = TileGrid.mercator(z, y + (row + 1) / 512.0);
    double side = 2 * Math.PI / (512.0 * (1 << z));

    double area = GeodesicArea.ofMercatorBand(bottom, side, side);

    assertThat(area).isCloseTo(expectedM2, withinPercentage(NINE_DIGITS));
    assertThat(TileGrid.cellAreaCm2(new TileId(z, 0, y), row))
        .isEqualTo(Math.round(expectedM2 * 1e4));
  }

  @Test
  void aPartIsNeverLargerThanTheWholeAndTheTwoPartsMakeIt() {
    Random random = new Random(5);
    for (int i = 0; i < 200; i++) {
      int z = 8 + random.nextInt(9); // below it a double has no room for square centimetres
      TileId tile = new TileId(z, random.nextInt(1 << z), random.nextInt(1 << z));
      Mask whole = new Mask(512, 512);
      Mask part = new Mask(512, 512);
      for (int k = 0; k < 2_000; k++) {
        int x = random.nextInt(512);
        int y = random.nextInt(512);
        whole.set(x, y);
        if (random.nextBoolean()) {
          part.set(x, y);
        }
      }
      long all = TileGrid.areaCm2(tile, whole);
      long some = TileGrid.areaCm2(tile, part);
      long rest = TileGrid.areaCm2(tile, whole.copy().andNot(part));

      assertThat(some + rest).isEqualTo(all);
    }
  }

  @Test
  void anEmptyMaskHasNoArea() {
    assertThat(TileGrid.areaCm2(new TileId(14, 0, 0), new Mask(512, 512))).isZero();
  }

  @Test
  void refusesAMaskThatIsNotATilesCells() {
    assertThatThrownBy(() -> TileGrid.areaCm2(new TileId(14, 0, 0), new Mask(256, 512)))
        .hasMessageContaining("256 x 512");
  }
}
