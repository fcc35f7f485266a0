package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import riada.proto.Region;

class RegionStateTest {
  private static final long MAX_AGE_MS = 50_000;
  private static final RegionDefinition DEFINITION =
      RegionDefinition.newBuilder()
          .setRegion(Region.newBuilder().setId("r").setMaxAge(Duration.newBuilder().setSeconds(50)))
          .setAreaCm2(1_000_000)
          .setTiles(1)
          .build();

  /** Sums that are carried on must be those that are reckoned from nought. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void figuresOfAnyTimeAreThoseOfTheContributionsAtHand(int seed) {
    Random random = new Random(seed);
    RegionState state = new RegionState(DEFINITION, taker -> {}); // no patches asked for
    List<Contribution> held = new ArrayList<>();
    for (int step = 0; step < 300; step++) {
      if (held.size() > 3 && random.nextInt(3) == 0) {
        state.subtract(held.remove(random.nextInt(held.size())));
      } else {
        Contribution fresh = contribution(random);
        held.add(fresh);
        state.add(fresh);
      }
      long asOf = 100_000 + random.nextInt(80_000); // goes back, too

      Figures figures = state.at(asOf);

      assertThat(List.of(figures.floodedCm2(), figures.staleCm2(), figures.observedCm2()))
          .containsExactly(
              sum(held, asOf, true, true),
              sum(held, asOf, false, true),
              sum(held, asOf, true, false));
      assertThat(figures.oldestMs()).isEqualTo(oldest(held, asOf));
      assertThat(figures.tiles())
          .isEqualTo((int) held.stream().filter(c -> c.getPassesCount() > 0).count());
    }
  }

  private static long sum(List<Contribution> held, long asOf, boolean young, boolean flood) {
    return held.stream()
        .flatMap(c -> c.getPassesList().stream())
        .filter(pass -> asOf - pass.getAcquiredAtMs() <= MAX_AGE_MS == young)
        .mapToLong(pass -> flood ? pass.getFloodCm2() : pass.getVisibleCm2())
        .sum();
  }

  private static long oldest(List<Contribution> held, long asOf) {
    return held.stream()
        .flatMap(c -> c.getPassesList().stream())
        .filter(pass -> asOf - pass.getAcquiredAtMs() <= MAX_AGE_MS && pass.getVisibleCm2() > 0)
        .mapToLong(PassSums::getAcquiredAtMs)
        .min()
        .orElse(0);
  }

  private static Contribution contribution(Random random) {
    Contribution.Builder contribution = Contribution.newBuilder().setTile("t" + random.nextInt());
    for (int i = random.nextInt(4); i > 0; i--) {
      contribution.addPasses(
          PassSums.newBuilder()
              .setPublisher("p")
              .setScene("s" + i)
              .setAcquiredAtMs(50_000 + 1000L * random.nextInt(51))
              .setVisibleCm2(random.nextInt(3))
              .setFloodCm2(random.nextInt(3)));
    }
    return contribution.build();
  }
}
