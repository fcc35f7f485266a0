package riada.geo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.offset;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import riada.proto.BadInput;

class TileIdTest {
  @ParameterizedTest
  @CsvSource({
    "0/0/0, 0, 0, 0",
    "14/8185/5448, 14, 8185, 5448",
    "22/4194303/4194303, 22, 4194303, 4194303"
  })
  void readsAKey(String key, int z, int x, int y) throws BadInput {
    assertThat(TileId.parse(key)).isEqualTo(new TileId(z, x, y)).hasToString(key);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "14",
        "14/1",
        "14/1/1/1",
        "14/-1/1",
        "+4/1/1",
        "14/1/1 ",
        " 14/1/1",
        "14/1/1\n",
        "z/x/y",
        "14//1",
        "014/1/1",
        "14/01/1",
        "14/1/00",
        "14/1e1/1",
        "14/1/99999999",
        "١٤/1/1",
        "99999999999/1/1"
      })
  void refusesAKeyThatIsNoTile(String key) {
    BadInput refusal = catchThrowableOfType(BadInput.class, () -> TileId.parse(key));

    assertThat(refusal.counter()).isEqualTo("tile_key_unreadable");
    assertThat(refusal.reason()).contains("write").endsWith(".");
  }

  @Test
  void aStrangersKeyCannotForgeALineOfTheLog() {
    String forged = "14/1/1\r\n2026-01-01 ERROR all is lost\u001b[2J\u2028";

    assertThat(TileId.brief(forged))
        .isEqualTo("14/1/1\uFFFD\uFFFD2026-01-01 ERROR all is lost\uFFFD[2J\uFFFD");
  }

  @Test
  void refusesALongKeyInAShortSentence() {
    assertThatThrownBy(() -> TileId.parse("9".repeat(1 << 20)))
        .isInstanceOf(BadInput.class)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
  }

  @ParameterizedTest
  @CsvSource({
    "23/0/0, zoom 23 is outside 0..22",
    "99/0/0, zoom 99 is outside 0..22",
    "0/1/0, column and row at zoom 0 are 0..0",
    "14/16384/0, column and row at zoom 14 are 0..16383",
    "14/0/16384, column and row at zoom 14 are 0..16383"
  })
  void refusesATileOffTheGrid(String key, String why) {
    BadInput refusal = catchThrowableOfType(BadInput.class, () -> TileId.parse(key));

    assertThat(refusal.counter()).isEqualTo("tile_off_grid");
    assertThat(refusal.reason()).contains(key).contains(why);
  }

  /** Edges from mercantile's formula, evaluated with mpmath to 30 digits. */
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0, -180, -85.0511287798066, 180, 85.0511287798066",
    "1, 1, 0, 0, 0, 180, 85.0511287798066",
    "2, 1, 1, -90, 0, 0, 66.5132604431119",
    "3, 4, 2, 0, 40.9798980696201, 45, 66.5132604431119"
  })
  void knowsItsBounds(int z, int x, int y, double west, double south, double east, double north) {
    Bounds bounds = new TileId(z, x, y).bounds();

    assertThat(new double[] {bounds.west(), bounds.south(), bounds.east(), bounds.north()})
        .containsExactly(new double[] {west, south, east, north}, offset(1e-12));
  }

  @Test
  void everyDescendantHasItsAncestor() {
    Random random = new Random(11);
    for (int i = 0; i < 2_000; i++) {
      int z = random.nextInt(17);
      int levels = random.nextInt(7);
      TileId tile = new TileId(z, random.nextInt(1 << z), random.nextInt(1 << z));
      TileId part =
          tile.descendant(levels, random.nextInt(1 << levels), random.nextInt(1 << levels));

      assertThat(part.ancestor(levels)).isEqualTo(tile);
    }
  }

  @Test
  void refusesAPartOutsideItself() {
    TileId tile = new TileId(3, 1, 1);

    assertThatThrownBy(() -> tile.descendant(1, 2, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> tile.descendant(20, 0, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> tile.ancestor(4)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> tile.ancestor(-1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void sortsByZoomThenRowThenColumn() {
    TreeSet<TileId> sorted = new TreeSet<>();
    for (int[] t : new int[][] {{2, 0, 1}, {1, 1, 1}, {2, 3, 0}, {1, 0, 1}, {2, 1, 0}}) {
      sorted.add(new TileId(t[0], t[1], t[2]));
    }

    assertThat(sorted)
        .extracting(TileId::toString)
        .containsExactly("1/0/1", "1/1/1", "2/1/0", "2/3/0", "2/0/1");
  }
}
