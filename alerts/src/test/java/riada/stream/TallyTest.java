package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static riada.stream.FloodDriver.TILE;
import static riada.stream.FloodDriver.full;
import static riada.stream.FloodDriver.rows;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;

class TallyTest {
  private static final RowAreas AREAS = RowAreas.of(TILE.z(), TILE.y());
  private static final int STEPS = 120;

  /** Late sights, finer tiles, corrections, regions that change, and what max_age takes away. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void whatIsCarriedOnIsWhatIsReckonedAnew(int seed) {
    Random random = new Random(seed);
    TileState state = new TileState(TILE);
    List<TileInput> others = new ArrayList<>(); // regions and references, in their order
    long now = 1000;
    for (int step = 0; step < STEPS; step++) {
      now += random.nextInt(20);
      TileInput input =
          switch (step < 2 ? 0 : random.nextInt(20)) {
            case 0 -> region("r" + step % 2, random);
            case 1 -> reference(random);
            default ->
                plane(state, now - (random.nextInt(4) == 0 ? random.nextInt(150) : 0), random);
          };
      if (!input.hasPlane()) {
        others.add(input);
      }

      state.add(input);
      state.prune();

      assertThat(contributions(state))
          .as("step %s", step)
          .isEqualTo(contributions(anew(state, others)));
    }
  }

  private static TileState anew(TileState state, List<TileInput> others) {
    TileState anew = new TileState(TILE);
    others.forEach(anew::add);
    state.planes().forEach(plane -> anew.add(TileInput.newBuilder().setPlane(plane).build()));
    return anew;
  }

  private static List<Contribution> contributions(TileState state) {
    return new GroundPicture(state, AREAS, state.regions())
        .contributions(Origin.getDefaultInstance(), plane -> List.of());
  }

  private static TileInput region(String id, Random random) {
    RegionTile region =
        RegionTile.newBuilder()
            .setRegionId(id)
            .setClip(RunLength.encode(some(random)))
            .setMaxAgeMs(60 + random.nextInt(60))
            .setMinPatchCm2(1_000_000)
            .build();
    return TileInput.newBuilder().setRegion(region).build();
  }

  private static TileInput reference(Random random) {
    Mask wet = some(random);
    ReferencePart part =
        ReferencePart.newBuilder()
            .setSourceTile(TILE.toString())
            .setVersion("v" + random.nextInt(3))
            .setWet(RunLength.encode(wet))
            .setKnown(RunLength.encode(full()))
            .build();
    return TileInput.newBuilder().setReference(part).build();
  }

  private static TileInput plane(TileState state, long at, Random random) {
    Mask valid = random.nextInt(3) == 0 ? full() : some(random);
    int levels = random.nextInt(3) == 0 ? 1 : 0;
    TileId source = TILE.descendant(levels, 0, 0);
    if (levels > 0) {
      valid.and(quarter());
    }
    Layer layer =
        Layer.newBuilder()
            .setObservationId("o" + random.nextInt())
            .setPublisher("p")
            .setScene("s" + (at / 30 + random.nextInt(2))) // some scenes see the tile many times
            .setAcquiredAtMs(at)
            .setSourceTile(source.toString())
            .setValid(RunLength.encode(valid))
            .setWater(RunLength.encode(some(random).and(valid)))
            .build();
    Plane before = state.plane(Planes.named(layer));
    return TileInput.newBuilder().setPlane(Planes.with(TILE, before, layer, null)).build();
  }

  private static Mask quarter() {
    Mask quarter = new Mask(512, 512);
    for (int y = 0; y < 256; y++) {
      quarter.setRow(y, 0, 256);
    }
    return quarter;
  }

  /** A band of rows, cut at the sides. */
  private static Mask some(Random random) {
    int from = random.nextInt(400);
    Mask band = rows(from, from + 50 + random.nextInt(512 - from - 50));
    int left = random.nextInt(200);
    Mask columns = new Mask(512, 512);
    for (int y = 0; y < 512; y++) {
      columns.setRow(y, left, left + 100 + random.nextInt(200));
    }
    return band.and(columns);
  }
}
