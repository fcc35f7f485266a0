package riada.geo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TileGridTest {
  /** Latitudes from atan(sinh(pi (1 - 2 y / 2^z))) with mpmath. */
  @ParameterizedTest
  @CsvSource({
    "0, 0, 85.0511287798066",
    "0, 0.5, 0",
    "0, 1, -85.0511287798066",
    "1, 0.5, 66.5132604431119",
    "3, 3, 40.9798980696201",
    "3, 2.5, 55.7765730186677"
  })
  void placesRows(int z, double row, double latitude) {
    assertThat(TileGrid.latitude(z, row)).isCloseTo(latitude, offset(1e-12));
    assertThat(TileGrid.row(z, latitude)).isCloseTo(row, offset(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"0, 0, -180", "0, 1, 180", "1, 1, 0", "3, 5, 45", "14, 8185.5, -0.142822265625"})
  void placesColumns(int z, double column, double longitude) {
    assertThat(TileGrid.longitude(z, column)).isEqualTo(longitude);
    assertThat(TileGrid.column(z, longitude)).isEqualTo(column);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 14, 22})
  void keepsTheEdgesOfTheWorldOnTheGrid(int z) {
    assertThat(TileGrid.row(z, TileGrid.MAX_LATITUDE + 1e-9)).isBetween(0.0, 1e-6);
    assertThat(TileGrid.row(z, -TileGrid.MAX_LATITUDE - 1e-9))
        .isBetween((1 << z) - 1e-6, (double) (1 << z));
  }

  @Test
  void rowsAndColumnsAreTheInverseOfLatitudesAndLongitudes() {
    Random random = new Random(3);
    for (int i = 0; i < 5_000; i++) {
      int z = random.nextInt(TileId.MAX_ZOOM + 1);
      double at = random.nextDouble() * (1 << z);

      assertThat(TileGrid.row(z, TileGrid.latitude(z, at))).isCloseTo(at, offset(1e-11 * (1 << z)));
      assertThat(TileGrid.column(z, TileGrid.longitude(z, at)))
          .isCloseTo(at, offset(1e-14 * (1 << z)));
    }
  }
}
