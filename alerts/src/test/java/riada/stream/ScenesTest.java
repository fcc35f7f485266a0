package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sums carried on from change to change, against a list of all that counts, gone through anew. */
class ScenesTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void looksAreThoseOfTheListOfAllThatCounts(int seed) {
    Random random = new Random(seed);
    Scenes scenes = new Scenes();
    List<PassSums> held = new ArrayList<>();
    for (int step = 0; step < 400; step++) {
      if (!held.isEmpty() && random.nextInt(5) < 2) {
        scenes.count(held.remove(random.nextInt(held.size())), -1);
      } else {
        PassSums pass = pass(random);
        held.add(pass);
        scenes.count(pass, 1);
      }
      long from = random.nextInt(60);

      List<Look> looks = scenes.looks(from);

      assertThat(looks).as("step %s", step).isEqualTo(listed(held, from));
    }
  }

  private static List<Look> listed(List<PassSums> held, long from) {
    return held.stream()
        .map(pass -> List.of(pass.getPublisher(), pass.getScene()))
        .distinct()
        .map(name -> look(held, name.get(0), name.get(1)))
        .filter(look -> look.lastMs() >= from)
        .sorted(
            Comparator.comparing((Look look) -> -look.lastMs())
                .thenComparing(Look::publisher)
                .thenComparing(Look::scene))
        .toList();
  }

  private static Look look(List<PassSums> held, String publisher, String scene) {
    List<PassSums> own =
        held.stream()
            .filter(pass -> pass.getPublisher().equals(publisher) && pass.getScene().equals(scene))
            .toList();
    long last = times(own).reduce(Long.MIN_VALUE, Math::max);
    return new Look(
        publisher,
        scene,
        times(own).reduce(Long.MAX_VALUE, Math::min),
        last,
        own.stream().mapToLong(PassSums::getValidCm2).sum(),
        own.stream().mapToLong(PassSums::getWetCm2).sum(),
        held.stream()
            .filter(pass -> pass.getAcquiredAtMs() <= last)
            .mapToLong(PassSums::getFloodChangeCm2)
            .sum());
  }

  private static Stream<Long> times(List<PassSums> passes) {
    return passes.stream().map(PassSums::getAcquiredAtMs);
  }

  private static PassSums pass(Random random) {
    return PassSums.newBuilder()
        .setPublisher("p" + random.nextInt(2))
        .setScene("s" + random.nextInt(6))
        .setAcquiredAtMs(random.nextInt(50))
        .setValidCm2(random.nextInt(100))
        .setWetCm2(random.nextInt(100))
        .setFloodChangeCm2(random.nextInt(200) - 100)
        .build();
  }
}
