package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static riada.stream.FloodDriver.TILE;
import static riada.stream.FloodDriver.empty;
import static riada.stream.FloodDriver.full;
import static riada.stream.FloodDriver.rows;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;
import riada.proto.Ground;
import riada.proto.MaskRuns;

class GroundPictureTest {
  private static final RowAreas AREAS = RowAreas.of(TILE.z(), TILE.y());
  private static final RegionTile WHOLE =
      RegionTile.newBuilder()
          .setRegionId("whole")
          .setClip(RunLength.encode(full()))
          .setMaxAgeMs(100_000)
          .build();

  @Test
  void finerTilesOfOnePassAreMeasuredAsOne() {
    TileState state = state();
    for (int i = 0; i < 64; i++) { // eight rows each, the first two of them flooded
      add(state, "a", i, 1000, rows(8 * i, 8 * i + 2), rows(8 * i, 8 * i + 8));
    }

    Contribution contribution =
        picture(state).contributions(Origin.getDefaultInstance(), plane -> List.of()).get(0);

    assertThat(contribution.getPassesList())
        .singleElement()
        .satisfies(
            pass -> {
              assertThat(pass.getValidCm2()).isEqualTo(TileGrid.areaCm2(TILE, full()));
              assertThat(pass.getVisibleCm2()).isEqualTo(pass.getValidCm2());
              assertThat(pass.getFloodCm2()).isEqualTo(pass.getFloodChangeCm2());
              assertThat(pass.getFloodCm2()).isEqualTo(TileGrid.areaCm2(TILE, everyEighthTwice()));
            });
  }

  @Test
  void ofOnePassTheFinestTileIsOnTop() throws BadInput {
    TileState state = state();
    add(state, "a", 1, 1000, empty(), rows(0, 10), TILE.descendant(1, 0, 0));
    add(state, "a", 2, 1000, rows(0, 20), rows(0, 20), TILE);

    Ground ground = picture(state).ground(List.of(Layer.getDefaultInstance()), 0, 1);

    assertThat(RunLength.decode(ground.getFlood())).isEqualTo(rows(10, 20));
  }

  @Test
  void aReplacedLayerTakesOnlyItsOwnPartBack() {
    Layer left = layer("a", 1, 1000, box(0, 64), box(0, 256), TILE.descendant(1, 0, 0));
    Layer right = layer("a", 2, 1000, box(256, 300), box(256, 512), TILE.descendant(1, 1, 0));
    Layer again =
        left.toBuilder()
            .setProcessingVersion(2)
            .setValid(runs(box(0, 10)))
            .clearWater()
            .setWater(runs(empty()))
            .build();

    Plane replaced = Planes.with(TILE, Planes.with(TILE, plane(left), right, null), again, left);

    assertThat(replaced).isEqualTo(Planes.with(TILE, plane(again), right, null));
    assertThat(replaced.getLayers()).isEqualTo(2);
  }

  @Test
  void beyondTheLimitTheOldestPlanesAreFoldedAndNoFloodIsLost() throws BadInput {
    TileState state = state();
    for (int i = 0; i < TileState.MAX_PLANES + 40; i++) { // each sees a row, flooded
      add(state, "s" + i, i, 1000 + i, rows(i, i + 1), rows(i, i + 1));
    }

    TileState.Pruned pruned = state.prune();

    assertThat(pruned.gone()).hasSize(40);
    assertThat(state.planes()).hasSize(TileState.MAX_PLANES).contains(pruned.folded());
    Ground ground = picture(state).ground(List.of(Layer.getDefaultInstance()), 0, 1);
    assertThat(RunLength.decode(ground.getFlood())).isEqualTo(rows(0, TileState.MAX_PLANES + 40));
    add(state, "late", 999, 1020, empty(), full()); // hidden below what was folded
    assertThat(state.prune().gone()).extracting(Plane::getScene).containsExactly("late");
  }

  @Test
  void whatAPassSawTwiceCountsOnceAndChangesAddUpToWhatShows() {
    TileState state = state();
    add(state, "a", 1, 1000, rows(0, 100), rows(0, 300));
    add(state, "a", 2, 2000, rows(50, 80), rows(50, 400));
    add(state, "b", 3, 3000, empty(), rows(60, 70));

    List<PassSums> passes =
        picture(state)
            .contributions(Origin.getDefaultInstance(), plane -> List.of())
            .get(0)
            .getPassesList();

    assertThat(passes)
        .extracting(PassSums::getValidCm2)
        .containsExactly(area(60, 70), area(50, 400), area(0, 50));
    assertThat(passes)
        .extracting(PassSums::getVisibleCm2)
        .containsExactly(area(60, 70), area(50, 400) - area(60, 70), area(0, 50));
    assertThat(passes)
        .extracting(PassSums::getFloodCm2)
        .containsExactly(0L, area(50, 80) - area(60, 70), area(0, 50));
    assertThat(passes)
        .extracting(PassSums::getFloodChangeCm2)
        .containsExactly(-area(60, 70), -area(80, 100), area(0, 100));
  }

  /** A tile with many sights must not take masks for each. */
  @Test
  void moreSightsTakeNoMoreMasks() {
    TileState few = noisy(8);
    TileState many = noisy(72);
    allocated(few); // loads the classes

    long more = allocated(many) - allocated(few);

    assertThat(more).isLessThan(64 * 65536); // bytes: the masks of 64 sights
  }

  private static long allocated(TileState state) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    GroundPicture picture = picture(state);
    long after = threads.getCurrentThreadAllocatedBytes();
    assertThat(picture.contributions(Origin.getDefaultInstance(), plane -> List.of())).hasSize(1);
    return after - before;
  }

  private static TileState noisy(int layers) {
    TileState state = state();
    Random random = new Random(7);
    for (int i = 0; i < layers; i++) {
      Mask water = empty();
      for (int n = 0; n < 3000; n++) {
        water.set(random.nextInt(512), random.nextInt(512));
      }
      add(state, "scene" + i, i, 1000 + i, water, full());
    }
    return state;
  }

  private static GroundPicture picture(TileState state) {
    return new GroundPicture(state, AREAS, state.regions());
  }

  private static TileState state() {
    TileState state = new TileState(TILE);
    state.add(TileInput.newBuilder().setRegion(WHOLE).build());
    return state;
  }

  private static void add(TileState state, String scene, int id, long at, Mask water, Mask valid) {
    add(state, scene, id, at, water, valid, TILE);
  }

  private static void add(
      TileState state, String scene, int id, long at, Mask water, Mask valid, TileId source) {
    Plane plane = plane(layer(scene, id, at, water, valid, source));
    for (Plane before : List.copyOf(state.planes())) {
      if (LayerOrder.NEWEST_FIRST.compare(before, plane) == 0) {
        state.planes().remove(before);
        plane = Planes.with(TILE, before, layer(scene, id, at, water, valid, source), null);
      }
    }
    state.add(TileInput.newBuilder().setPlane(plane).build());
  }

  private static Plane plane(Layer layer) {
    return Planes.with(TILE, null, layer, null);
  }

  private static Layer layer(String scene, int id, long at, Mask water, Mask valid, TileId source) {
    return Layer.newBuilder()
        .setObservationId(String.format("%032d", id))
        .setPublisher("p")
        .setScene(scene)
        .setAcquiredAtMs(at)
        .setSourceTile(source.toString())
        .setWater(runs(water))
        .setValid(runs(valid))
        .build();
  }

  private static MaskRuns runs(Mask mask) {
    return RunLength.encode(mask);
  }

  /** The upper half of these columns. */
  private static Mask box(int from, int to) {
    Mask mask = empty();
    for (int y = 0; y < 256; y++) {
      mask.setRow(y, from, to);
    }
    return mask;
  }

  private static Mask everyEighthTwice() {
    Mask mask = empty();
    for (int y = 0; y < 512; y += 8) {
      mask.or(rows(y, y + 2));
    }
    return mask;
  }

  private static long area(int from, int to) {
    return TileGrid.areaCm2(TILE, rows(from, to));
  }
}
