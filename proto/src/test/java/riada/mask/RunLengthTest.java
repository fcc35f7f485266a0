package riada.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HexFormat;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import riada.proto.BadInput;
import riada.proto.MaskRuns;

class RunLengthTest {
  /** Codings worked out by hand; 300 is ac 02, 262144 is 80 80 10, 16777216 is 80 80 80 08. */
  static Stream<Arguments> codings() {
    return Stream.of(
        Arguments.of("one dry cell", 1, 1, (IntPredicate) i -> false, "01"),
        Arguments.of("one wet cell", 1, 1, (IntPredicate) i -> true, "0001"),
        Arguments.of("dry", 512, 512, (IntPredicate) i -> false, "808010"),
        Arguments.of("wet", 512, 512, (IntPredicate) i -> true, "00808010"),
        Arguments.of("largest", 4096, 4096, (IntPredicate) i -> false, "80808008"),
        Arguments.of("first cell only", 512, 512, (IntPredicate) i -> i == 0, "0001ffff0f"),
        Arguments.of("last cell only", 512, 512, (IntPredicate) i -> i == 262_143, "ffff0f01"),
        Arguments.of("a run of 127", 300, 1, (IntPredicate) i -> i < 127, "007fad01"),
        Arguments.of("a run of 128", 300, 1, (IntPredicate) i -> i < 128, "008001ac01"),
        Arguments.of(
            "over a ragged row's end", 65, 2, (IntPredicate) i -> i >= 60 && i < 70, "3c0a3c"),
        Arguments.of("checkerboard", 3, 3, (IntPredicate) i -> i % 2 == 1, "010101010101010101"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("codings")
  void codesAMask(String name, int width, int height, IntPredicate wet, String expected)
      throws BadInput {
    Mask mask = mask(width, height, wet);

    MaskRuns coded = RunLength.encode(mask);

    assertThat(HexFormat.of().formatHex(coded.getRuns().toByteArray())).isEqualTo(expected);
    assertThat(coded.getWidth()).isEqualTo(width);
    assertThat(coded.getHeight()).isEqualTo(height);
    assertThat(RunLength.decode(coded)).isEqualTo(mask);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "1, 63",
    "63, 1",
    "63, 63",
    "64, 64",
    "65, 3",
    "100, 7",
    "127, 129",
    "128, 2",
    "511, 5",
    "512, 512",
    "513, 4"
  })
  void comesBackAsItWent(int width, int height) throws BadInput {
    Random random = new Random(31L * width + height);
    for (double density : new double[] {0, 0.001, 0.02, 0.5, 0.98, 0.999, 1}) {
      Mask mask = mask(width, height, i -> random.nextDouble() < density);

      assertThat(RunLength.decode(RunLength.encode(mask))).isEqualTo(mask);
    }
    Mask board = mask(width, height, i -> (i / width + i % width) % 2 == 0);
    assertThat(RunLength.decode(RunLength.encode(board))).isEqualTo(board);
    Mask rows = mask(width, height, i -> i / width % 2 == 1);
    assertThat(RunLength.decode(RunLength.encode(rows))).isEqualTo(rows);
  }

  @ParameterizedTest(name = "{3}")
  @CsvSource({
    "2, 2, '', fill 0 of 4 cells",
    "2, 2, 03, fill 3 of 4 cells",
    "2, 2, 0003, fill 3 of 4 cells",
    "2, 2, 05, goes beyond",
    "2, 2, 0201020304, goes beyond",
    "2, 2, 0400, is empty",
    "2, 2, 020002, is empty",
    "2, 2, 0000, is empty",
    "2, 2, 8400, longer than it need be",
    "2, 2, 800004, longer than it need be",
    "2, 2, 04ff, has no end",
    "2, 2, 80, has no end",
    "2, 2, 8080808004, has no end",
    "2, 2, ffffffffffffffffff01, has no end",
    "2, 2, ffffff7f, goes beyond",
    "0, 2, 00, cannot be used",
    "2, 0, 00, cannot be used",
    "-1, 2, 00, cannot be used",
    "4097, 1, 8120, cannot be used",
    "2147483647, 2147483647, 01, cannot be used",
    "65536, 65536, '', cannot be used"
  })
  void refusesAMalformedCoding(int width, int height, String hex, String why) {
    MaskRuns coded = coded(width, height, HexFormat.of().parseHex(hex));

    BadInput refusal = catchThrowableOfType(BadInput.class, () -> RunLength.decode(coded));

    assertThat(refusal.reason()).contains(why).endsWith(".");
    assertThat(refusal.counter()).isIn("mask_runs", "mask_size");
  }

  /** Whatever the bytes: a refusal, or a mask of which they are the coding. */
  @Test
  void noTwoCodingsAreTheSameMask() {
    Random random = new Random(41);
    int decoded = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(5)];
      for (int k = 0; k < bytes.length; k++) {
        bytes[k] = (byte) (random.nextInt(8) == 0 ? 0x80 : random.nextInt(6));
      }
      MaskRuns coded = coded(3, 3, bytes);
      try {
        assertThat(RunLength.encode(RunLength.decode(coded))).isEqualTo(coded);
        decoded++;
      } catch (BadInput refused) {
        assertThat(refused.counter()).isEqualTo("mask_runs");
      }
    }
    assertThat(decoded).isGreaterThan(1_000);
  }

  @Test
  void aMalformedCodingOfALargeMaskAllocatesNothingOfItsSize() {
    MaskRuns coded = coded(4096, 4096, new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, 7});

    long bytes =
        allocatedBy(
            () -> {
              try {
                throw new AssertionError(RunLength.decode(coded));
              } catch (BadInput expected) {
                // it has a cell too few
              }
            });

    assertThat(bytes).isLessThan(64 << 10); // the mask would take 2 MiB
  }

  @Test
  void codingAMaskAllocatesLittleMoreThanItsRuns() {
    Random random = new Random(7);
    int[] edge = new int[512]; // a wandering river bank: one change or two in each row
    for (int y = 1; y < 512; y++) {
      edge[y] = Math.floorMod(edge[y - 1] + random.nextInt(9) - 4, 512);
    }
    Mask mask = mask(512, 512, i -> i % 512 < edge[i / 512]);

    long bytes = allocatedBy(() -> RunLength.encode(mask));

    assertThat(bytes).isLessThan(5L * RunLength.encode(mask).getRuns().size() + 1024);
  }

  /** Bytes that the current thread allocates for {@code work}, once its classes are loaded. */
  private static long allocatedBy(Runnable work) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    work.run();
    long before = threads.getCurrentThreadAllocatedBytes();
    work.run();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "63, 3", "64, 2", "65, 3", "200, 7"})
  void runsAreFilledInAndErasedWhereTheMaskAlreadyHolds(int width, int height) throws BadInput {
    Random random = new Random(31L * width + height);
    for (double density : new double[] {0, 0.02, 0.5, 0.98, 1}) {
      Mask held = mask(width, height, i -> random.nextBoolean());
      Mask coded = mask(width, height, i -> random.nextDouble() < density);
      Mask filled = held.copy();
      Mask erased = held.copy();

      RunLength.fill(RunLength.encode(coded), filled);
      RunLength.erase(RunLength.encode(coded), erased);

      assertThat(filled).isEqualTo(held.copy().or(coded));
      assertThat(erased).isEqualTo(held.copy().andNot(coded));
    }
  }

  @Test
  void runsOfAnotherSizeAreNotFilledIn() {
    MaskRuns small = RunLength.encode(new Mask(8, 8));

    BadInput refusal =
        catchThrowableOfType(BadInput.class, () -> RunLength.fill(small, new Mask(8, 9)));

    assertThat(refusal.counter()).isEqualTo("mask_size");
  }

  private static MaskRuns coded(int width, int height, byte[] runs) {
    return MaskRuns.newBuilder()
        .setWidth(width)
        .setHeight(height)
        .setRuns(ByteString.copyFrom(runs))
        .build();
  }

  private static Mask mask(int width, int height, IntPredicate wet) {
    Mask mask = new Mask(width, height);
    for (int i = 0; i < width * height; i++) {
      if (wet.test(i)) {
        mask.set(i % width, i / width);
      }
    }
    return mask;
  }
}
