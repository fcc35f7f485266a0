package riada.sam;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.sam.Prompts.Point;

class CorrectionTest {
  private static final int SIDE = 16;
  private static final int INPUT = 64;

  /** Dry but in the given cells. */
  private static LogitPlane plane(int... wet) {
    return plane(3, wet);
  }

  private static LogitPlane plane(float logit, int... wet) {
    float[] logits = new float[SIDE * SIDE];
    Arrays.fill(logits, -2);
    for (int cell : wet) {
      logits[cell] = logit;
    }
    return new LogitPlane(logits, 0, SIDE);
  }

  private static int at(int column, int row) {
    return row * SIDE + column;
  }

  @Test
  void takesTheChangeThatTouchesTheClickAndLeavesTheOthers() {
    LogitPlane screen = plane(at(0, 0));
    LogitPlane answer = plane(at(8, 8), at(9, 9), at(15, 0)); // takes (0, 0) away, too

    LogitPlane taken = Correction.accept(screen, answer, 0, new Point(33, 33, true), INPUT);

    assertThat(taken.toArray()).isEqualTo(plane(at(0, 0), at(8, 8), at(9, 9)).toArray());
  }

  @Test
  void followsASureChangeAsFarAsItGoes() {
    int[] row = IntStream.range(0, SIDE).map(x -> at(x, 5)).toArray();
    LogitPlane answer = plane(7, row); // at 15 cells (15 / 16 - 1 / 16) / (1 / 8) = 7 are needed

    LogitPlane taken = Correction.accept(plane(), answer, 0, new Point(1, 21, true), INPUT);

    assertThat(taken.toArray()).isEqualTo(answer.toArray());
  }

  @ParameterizedTest
  @CsvSource({"0.4, 1", "3, 7", "3.1, 7", "3.5, 8"}) // a cell of the side more takes half a logit
  void aChangeEndsWhereItIsTooUnsureForItsDistance(float logit, int last) {
    int[] row = IntStream.range(0, SIDE).map(x -> at(x, 5)).toArray();

    LogitPlane taken =
        Correction.accept(plane(), plane(logit, row), 0, new Point(1, 21, true), INPUT);

    assertThat(taken.toArray())
        .isEqualTo(
            plane(logit, IntStream.rangeClosed(0, last).map(x -> row[x]).toArray()).toArray());
  }

  @ParameterizedTest
  @CsvSource({"11, true", "12, false"}) // the click lies in cell 8; cells 5 to 11 are within reach
  void takesChangesThatBeginWithinReach(int column, boolean within) {
    LogitPlane answer = plane(at(column, 8));

    LogitPlane taken = Correction.accept(plane(), answer, 0, new Point(34, 34, true), INPUT);

    assertThat(taken.get(column, 8) > 0).isEqualTo(within);
  }

  @ParameterizedTest
  @CsvSource({"true, 9", "false, 247"}) // cells that are wet afterwards
  void theCellsAtAClickObeyWhereTheNetworkDoesNot(boolean wet, int count) {
    LogitPlane screen = wet ? plane() : plane(IntStream.range(0, SIDE * SIDE).toArray());

    LogitPlane taken = Correction.accept(screen, screen, 0, new Point(34, 34, wet), INPUT);

    assertThat(taken.get(7, 7)).isEqualTo(wet ? 8 : -8);
    assertThat(taken.get(9, 9)).isEqualTo(wet ? 8 : -8);
    assertThat(IntStream.range(0, SIDE * SIDE).filter(i -> taken.toArray()[i] > 0)).hasSize(count);
  }

  @Test
  void atACornerOnlyTheCellsThatAreThereObey() {
    LogitPlane taken = Correction.accept(plane(), plane(), 1.5f, new Point(0, 0, true), INPUT);

    float[] expected = plane().toArray();
    for (int cell : new int[] {at(0, 0), at(1, 0), at(0, 1), at(1, 1)}) {
      expected[cell] = 9.5f;
    }
    assertThat(taken.toArray()).isEqualTo(expected);
  }

  @Test
  void leavesTheScreenAsItIsWhereNothingChanged() {
    LogitPlane screen = plane(at(3, 3));

    LogitPlane taken = Correction.accept(screen, screen, 0, new Point(63, 63, false), INPUT);

    assertThat(taken.toArray()).isEqualTo(screen.toArray());
  }
}
