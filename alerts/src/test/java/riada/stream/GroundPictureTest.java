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
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;
import riada.proto.Ground;
import riada.proto.Topics;

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

    Contribution contribution = picture(state).contributions(0).get(0);

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
  void ofLayersOfOnePassAndInstantTheOneWithTheSmallerIdIsOnTop() throws BadInput {
    TileState state = state();
    add(state, "a", 1, 1000, empty(), rows(0, 10));
    add(state, "a", 2, 1000, rows(0, 20), rows(0, 20));

    Ground ground = picture(state).ground(0, 1);

    assertThat(RunLength.decode(ground.getFlood())).isEqualTo(rows(10, 20));
  }

  @Test
  void whatAPassSawTwiceCountsOnceAndChangesAddUpToWhatShows() {
    TileState state = state();
    add(state, "a", 1, 1000, rows(0, 100), rows(0, 300));
    add(state, "a", 2, 2000, rows(50, 80), rows(50, 400));
    add(state, "b", 3, 3000, empty(), rows(60, 70));

    List<PassSums> passes = picture(state).contributions(0).get(0).getPassesList();

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

  @Test
  void theGroundNamesTheNewestLayersAndCountsAll() {
    TileState state = state();
    for (int i = 0; i < 4096; i++) { // the finest tiles of one pass
      add(state, "s".repeat(128), i, 1000, empty(), rows(i % 512, i % 512 + 1));
    }

    Ground ground = picture(state).ground(0, 1);

    assertThat(ground.getObservationsCount()).isEqualTo(GroundPicture.MAX_OBSERVATIONS);
    assertThat(ground.getObservationCount()).isEqualTo(4096);
    assertThat(ground.getSerializedSize()).isLessThan(Topics.MAX_MESSAGE_BYTES);
  }

  /** A tile with many layers must not take a mask for each: the memory is that of one with few. */
  @Test
  void moreLayersTakeNoMoreMasks() {
    TileState few = noisy(8);
    TileState many = noisy(72);
    allocated(few); // loads the classes

    long more = allocated(many) - allocated(few);

    assertThat(more).isLessThan(64 * 4096); // bytes; one mask for each of 64 layers were 2 MiB
  }

  private static long allocated(TileState state) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    GroundPicture picture = picture(state);
    long after = threads.getCurrentThreadAllocatedBytes();
    assertThat(picture.contributions(0)).hasSize(1);
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
    state.add(
        TileInput.newBuilder()
            .setLayer(
                Layer.newBuilder()
                    .setObservationId(String.format("%032d", id))
                    .setPublisher("p")
                    .setScene(scene)
                    .setAcquiredAtMs(at)
                    .setWater(RunLength.encode(water))
                    .setValid(RunLength.encode(valid)))
            .build());
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
