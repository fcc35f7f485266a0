package riada.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.Pictures;
import riada.proto.Reference;
import riada.proto.Region;
import riada.proto.Tile;
import riada.proto.Tiles;

class SimulationTest {
  private static final Instant START = Instant.parse("2026-05-01T00:00:00Z");
  private static final Instant END = Instant.parse("2026-05-01T13:00:00Z");

  private final Simulation simulation = simulate(Scenario.RISING, 7);

  private static Simulation simulate(Scenario scenario, int seed) {
    return new Simulation(scenario, seed, START, END, 13, 2, 2);
  }

  @AfterEach
  void close() {
    simulation.close();
  }

  @Test
  void theSameArgumentsGiveTheSameBytesInWhateverOrderTheyAreAskedFor() {
    Shot late = simulation.shots().get(30);
    Tile first = simulation.message(late);
    simulation.truth(simulation.shots().get(2));

    try (Simulation again = simulate(Scenario.RISING, 7)) {
      assertThat(again.message(again.shots().get(30)).toByteArray())
          .isEqualTo(first.toByteArray())
          .isEqualTo(simulation.message(late).toByteArray());
    }
  }

  @Test
  void anotherSeedIsAnotherWorld() {
    Tile seven = simulation.message(simulation.shots().get(0));

    try (Simulation other = simulate(Scenario.RISING, 8)) {
      assertThat(other.message(other.shots().get(0)).getPicture()).isNotEqualTo(seven.getPicture());
    }
  }

  @Test
  void passesAreEvenlySpacedAndEndAtTheEnd() {
    List<Pass> passes = simulation.passes();

    assertThat(passes).hasSize(13);
    assertThat(passes.get(0).acquiredAt()).isEqualTo("2026-05-01T01:00:00Z");
    assertThat(passes.get(12).acquiredAt()).isEqualTo(END);
    assertThat(passes.get(12).scene()).isEqualTo("sim-7-2026-05-01T13:00:00Z-12");
  }

  @Test
  void aShotsNumberIsItsPlaceInTheOrderOfTime() {
    List<Shot> shots = simulation.shots();

    assertThat(shots).allSatisfy(s -> assertThat(simulation.number(s)).isEqualTo(shots.indexOf(s)));
  }

  @Test
  void aLaterRunOfTheSameSeedHasScenesOfItsOwn() {
    try (Simulation later =
        new Simulation(Scenario.RISING, 7, START.plusSeconds(60), END.plusSeconds(60), 13, 2, 2)) {
      assertThat(later.passes())
          .extracting(Pass::scene)
          .doesNotContainAnyElementsOf(simulation.passes().stream().map(Pass::scene).toList());
    }
  }

  @Test
  void messagesFulfilTheContract() throws Exception {
    for (Shot shot : simulation.shots().subList(22, 26)) {
      Tile tile = simulation.message(shot);

      assertThat(Tiles.check(shot.tile().toString(), tile, END)).isEqualTo(shot.tile());
      BufferedImage picture =
          Pictures.read("tile", tile.getPicture().getData().toByteArray(), 512 * 512);
      assertThat(picture.getWidth()).isEqualTo(512);
      assertThat(picture.getHeight()).isEqualTo(512);
      assertThat(tile.getPicture().getData().size()).isBetween(20_000, 300_000);
    }
  }

  @Test
  void cloudIsNotPublished() {
    Tile tile = simulation.message(simulation.shots().get(20));

    assertThat(tile.hasValid()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Scenario.class)
  void truthIsConsistent(Scenario scenario) {
    try (Simulation any = simulate(scenario, 21)) {
      for (int i = 0; i < any.shots().size(); i += 3) {
        Truth truth = any.truth(any.shots().get(i));

        assertThat(truth.flood().copy().andNot(truth.water()).isEmpty()).isTrue();
        assertThat(truth.flood().copy().and(truth.reference()).isEmpty()).isTrue();
        assertThat(truth.flood().copy().or(truth.reference())).isEqualTo(truth.water());
        assertThat(truth.cloud().copy().and(truth.shadow()).isEmpty()).isTrue();
        assertThat(truth.valid()).isEqualTo(truth.cloud().not().andNot(truth.shadow()));
      }
    }
  }

  @Test
  void referencesAreTheWaterOfADayWithoutFlood() throws Exception {
    List<Reference> references = simulation.references();

    for (int i = 0; i < 4; i++) {
      Truth dry = simulation.truth(simulation.shots().get(i));
      assertThat(dry.flood().isEmpty()).isTrue();
      assertThat(RunLength.decode(references.get(i).getWet())).isEqualTo(dry.water());
      assertThat(references.get(i).getVersion()).isEqualTo("simulation-7");
      assertThat(references.get(i).getTile()).isEqualTo(simulation.tiles().get(i).toString());
    }
  }

  @Test
  void aRisingFloodPassesTheThresholdAndIsStillThereAtTheEnd() {
    try (Simulation flood = simulate(Scenario.RISING, 33)) {
      double raise = flood.region().getRaiseKm2();

      assertThat(floodedKm2(flood, 0)).isZero();
      assertThat(floodedKm2(flood, 6)).isGreaterThan(1.5 * raise);
      assertThat(floodedKm2(flood, 12)).isBetween(raise, 0.9 * floodedKm2(flood, 6));
      assertThat(seenShare(flood, 12)).isEqualTo(1);
    }
  }

  @Test
  void aFloodUnderCloudFallsToNothingAndIsSeenDry() {
    try (Simulation flood = simulate(Scenario.CLOUD, 33)) {
      assertThat(floodedKm2(flood, 0)).isZero();
      assertThat(floodedKm2(flood, 5)).isGreaterThan(1.5 * flood.region().getRaiseKm2());
      for (int pass = 10; pass < 13; pass++) {
        assertThat(floodedKm2(flood, pass)).isZero();
        assertThat(seenShare(flood, pass)).isEqualTo(1);
      }
    }
  }

  @Test
  void theCloudHidesTheFloodAndLeavesBeforeItFalls() {
    try (Simulation cloud = simulate(Scenario.CLOUD, 33)) {
      assertThat(seenShare(cloud, 3)).isEqualTo(1);
      for (int pass = 4; pass <= 6; pass++) {
        assertThat(seenFlood(cloud, pass)).isLessThan(0.15);
      }
      assertThat(seenFlood(cloud, 7)).isEqualTo(1);
      assertThat(floodedKm2(cloud, 7)).isGreaterThan(cloud.region().getRaiseKm2());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Scenario.class,
      names = {"REFERENCE", "QUIET"})
  void nothingIsFloodedWhereNothingHappens(Scenario scenario) {
    try (Simulation calm = simulate(scenario, 5)) {
      assertThat(calm.shots()).allMatch(shot -> calm.truth(shot).flood().isEmpty());
    }
  }

  @Test
  void theReferenceScenarioHasMuchWater() {
    try (Simulation calm = simulate(Scenario.REFERENCE, 5)) {
      int water =
          calm.shots().subList(0, 4).stream().mapToInt(s -> calm.truth(s).water().count()).sum();
      assertThat(water).isGreaterThan(4 * 512 * 512 / 12);
    }
  }

  @Test
  void shufflingRepeatsThreeInTenAndLosesNone() {
    List<Shot> shuffled = simulation.shuffled(1);

    Map<Shot, Integer> times = new HashMap<>();
    shuffled.forEach(shot -> times.merge(shot, 1, Integer::sum));
    assertThat(times.keySet()).isEqualTo(new HashSet<>(simulation.shots()));
    assertThat(times.values()).allMatch(n -> n <= 2);
    assertThat(shuffled).hasSize(52 + 16).isEqualTo(simulation.shuffled(1));
    assertThat(simulation.shuffled(2)).isNotEqualTo(shuffled);
  }

  @Test
  void theRegionLiesInTheWorldAndCanRaiseAndClear() {
    Region region = simulation.region();

    assertThat(region.getId()).isEqualTo("demo");
    assertThat(region.getPasses()).isEqualTo(2);
    assertThat(region.getMinObserved()).isEqualTo(0.6);
    assertThat(region.getRaiseKm2()).isGreaterThan(2 * region.getClearKm2());
    assertThat(region.getClearKm2()).isPositive();
    assertThat(region.getMaxAge().getSeconds()).isEqualTo(12 * 3600);
    assertThat(region.getGeometry())
        .startsWith("{\"type\":\"Polygon\",\"coordinates\":[[[")
        .endsWith("]]]}");
    assertThat(simulation.ring())
        .allSatisfy(
            corner -> {
              assertThat(corner.lon())
                  .isBetween(
                      simulation.tiles().get(0).bounds().west(),
                      simulation.tiles().get(3).bounds().east());
              assertThat(corner.lat())
                  .isBetween(
                      simulation.tiles().get(3).bounds().south(),
                      simulation.tiles().get(0).bounds().north());
            });
  }

  @Test
  void objectsAreNumberedApart() {
    Truth peak = simulation.truth(simulation.shots().get(5 * 4));
    byte[] objects = peak.objects();

    for (int at = 0; at < objects.length; at++) {
      boolean patch = (objects[at] & 255) > TileGround.MAX_LAND_OBJECTS;
      if (patch) {
        assertThat(peak.flood().get(at % 512, at / 512)).isTrue();
      }
    }
    assertThat(peak.flood().isEmpty()).isFalse();
  }

  @Test
  void noPassesInNoTimeAreRefused() {
    assertThatThrownBy(() -> new Simulation(Scenario.QUIET, 1, START, START, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("do not fit");
  }

  private static double floodedKm2(Simulation simulation, int pass) {
    TruthGround ground = new TruthGround(simulation.ring());
    for (Shot shot : ofPass(simulation, pass)) {
      ground.observe(
          shot.tile(),
          shot.pass().acquiredAt(),
          simulation.truth(shot).flood(),
          Mask.full(512, 512));
    }
    return ground.floodedKm2();
  }

  private static double seenShare(Simulation simulation, int pass) {
    return ofPass(simulation, pass).stream()
        .mapToDouble(shot -> simulation.truth(shot).valid().count() / (512.0 * 512))
        .average()
        .orElseThrow();
  }

  /** The share of the flooded cells that can be seen. */
  private static double seenFlood(Simulation simulation, int pass) {
    double all = 0;
    double seen = 0;
    for (Shot shot : ofPass(simulation, pass)) {
      Truth truth = simulation.truth(shot);
      all += truth.flood().count();
      seen += truth.flood().copy().and(truth.valid()).count();
    }
    return seen / all;
  }

  private static List<Shot> ofPass(Simulation simulation, int pass) {
    return simulation.shots().stream().filter(shot -> shot.pass().index() == pass).toList();
  }
}
