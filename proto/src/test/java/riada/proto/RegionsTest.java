package riada.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RegionsTest {
  static Stream<Arguments> accepted() {
    return Stream.of(
        accept("as it is", r -> r),
        accept("no name", r -> r.clearName()),
        accept("the longest name", r -> r.setName("n".repeat(128))),
        accept("limits of zero", r -> r.setRaiseKm2(0).setClearKm2(0)),
        accept("the most passes", r -> r.setPasses(1000)),
        accept("the shortest max_age", r -> r.setMaxAge(seconds(1))),
        accept("the longest max_age", r -> r.setMaxAge(seconds(366 * 86_400 - 1))),
        accept("a large geometry", r -> r.setGeometry("x".repeat(1_048_000))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("accepted")
  void takes(String what, UnaryOperator<Region.Builder> change) {
    Region region = change.apply(good()).build();

    assertThatCode(() -> Regions.check("valley", region)).doesNotThrowAnyException();
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        refuse("the limit of raise", "raise_km2 >= clear_km2", r -> r.setClearKm2(9)),
        refuse("no number", "raise_km2", r -> r.setRaiseKm2(Double.NaN)),
        refuse("below zero", "raise_km2", r -> r.setClearKm2(-1)),
        refuse("infinite", "surface of the earth", r -> r.setRaiseKm2(1.0 / 0)),
        refuse("more than all", "share, 0..1", r -> r.setMinObserved(1.01)),
        refuse("no share", "share, 0..1", r -> r.setMinObserved(Double.NaN)),
        refuse("no pass", "at least 1", r -> r.setPasses(0)),
        refuse("passes for ever", "at most 1000", r -> r.setPasses(1001)),
        refuse("no max_age", "max_age", r -> r.clearMaxAge()),
        refuse("a year and more", "less than 366 days", r -> r.setMaxAge(seconds(366 * 86_400))),
        refuse("an endless name", "a name that is longer", r -> r.setName("n".repeat(129))),
        refuse("a name with a line end", "control characters", r -> r.setName("a\nb")),
        refuse("an endless parent", "a parent", r -> r.setParent("p".repeat(129))),
        refuse(
            "nanoseconds beyond a second",
            "max_age",
            r -> r.setMaxAge(Duration.newBuilder().setSeconds(1).setNanos(1_000_000_000))),
        refuse("a geometry over a MiB", "simplify", r -> r.setGeometry("x".repeat(1 << 20))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void refusesWithAReason(String what, String why, UnaryOperator<Region.Builder> change) {
    Region region = change.apply(good()).build();

    BadInput refusal = catchThrowableOfType(BadInput.class, () -> Regions.check("valley", region));

    assertThat(refusal.counter()).isEqualTo("region_invalid");
    assertThat(refusal.reason()).startsWith("Region \"valley\" ").contains(why).endsWith(".");
  }

  @Test
  void refusesAnIdThatIsNotTheKeyInShortWords() {
    Region region = good().setId("v".repeat(1 << 20)).build();

    BadInput refusal = catchThrowableOfType(BadInput.class, () -> Regions.check("valley", region));

    assertThat(refusal.counter()).isEqualTo("region_key_mismatch");
    assertThat(refusal.reason()).hasSizeLessThan(300);
  }

  @Test
  void refusesALongIdInShortWords() {
    String id = "v".repeat(5000);

    BadInput refusal =
        catchThrowableOfType(BadInput.class, () -> Regions.check(id, good().setId(id).build()));

    assertThat(refusal.reason()).contains("an id that is longer than 128").hasSizeLessThan(300);
  }

  private static Arguments accept(String what, UnaryOperator<Region.Builder> change) {
    return Arguments.of(what, change);
  }

  private static Arguments refuse(String what, String why, UnaryOperator<Region.Builder> change) {
    return Arguments.of(what, why, change);
  }

  private static Region.Builder good() {
    return Region.newBuilder()
        .setId("valley")
        .setName("Valley")
        .setRaiseKm2(0.5)
        .setClearKm2(0.1)
        .setMinObserved(0.8)
        .setMaxAge(seconds(3600))
        .setPasses(2);
  }

  private static Duration seconds(long seconds) {
    return Duration.newBuilder().setSeconds(seconds).build();
  }
}
