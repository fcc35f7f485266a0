package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static riada.stream.FloodDriver.TILE;

import com.google.protobuf.Duration;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.Alert;
import riada.proto.ProtoSerde;
import riada.proto.Region;

/**
 * Ten thousand passes over floods that come and go, with clouds and outages, through the two
 * processors. What may and must be told is reckoned beside them from the sights alone.
 */
class TenThousandPassesIT {
  private static final int PASSES = 10_000;
  private static final long REVISIT_MS = 900_000;
  private static final long START_MS = FloodDriver.NOW.toEpochMilli();
  private static final int BLOCKS = 64; // of 64 x 64 cells
  private static final int RAISE = 12; // blocks
  private static final int CLEAR = 4;
  private static final double MIN_OBSERVED = 0.8;
  private static final int QUALIFYING = 3;
  private static final RegionTile CLIP =
      RegionTile.newBuilder()
          .setRegionId("r")
          .setRegionVersion("v")
          .setClip(RunLength.encode(Mask.full(512, 512)))
          .setMaxAgeMs(8 * REVISIT_MS)
          .build();

  @TempDir Path dir;
  private MockProcessorContext<String, Measured> tiles;
  private MockProcessorContext<String, Judged> regions;
  private TileProcessor tile;
  private IncidentProcessor incidents;

  // What is known from the sights alone.
  private final boolean[] floodedWhenSeen = new boolean[BLOCKS];
  private boolean open;
  private int dryInSuccession;

  private int alerts;
  private int falseAllClears;
  private int dueAllClears;
  private int sentWhenDue;

  @Test
  void noFalseAllClearAndEachTrueOneWithinTheQualifyingPasses() {
    open();
    Random random = new Random(42);
    boolean[] truth = new boolean[BLOCKS];
    int target = 0;
    int outage = 0;
    for (int pass = 0; pass < PASSES; pass++) {
      if (random.nextInt(12) == 0) {
        target = random.nextInt(3) == 0 ? 5 + random.nextInt(40) : 0;
      }
      move(truth, target, random);
      outage = outage > 0 ? outage - 1 : random.nextInt(25) == 0 ? random.nextInt(14) : 0;
      long at = START_MS + pass * REVISIT_MS;
      tiles.setCurrentSystemTimeMs(at + 60_000);
      regions.setCurrentSystemTimeMs(at + 60_000);
      if (outage > 0) {
        regions.scheduledPunctuators().forEach(p -> p.getPunctuator().punctuate(at + 60_000));
        assertThat(alerts()).as("nothing was seen").doesNotContain(Alert.Kind.CANCEL);
      } else {
        see(pass, at, truth, sky(random));
      }
    }

    System.out.printf(
        "%d passes with clouds and outages: %d alerts, false all-clears %d, true all-clears sent"
            + " within %d qualifying passes %d of %d%n",
        PASSES, alerts, falseAllClears, QUALIFYING, sentWhenDue, dueAllClears);
    assertThat(alerts).isGreaterThan(50);
    assertThat(falseAllClears).isZero();
    assertThat(sentWhenDue).isEqualTo(dueAllClears).isGreaterThan(50);
  }

  /** The flood grows or shrinks by a few blocks towards its target. */
  private static void move(boolean[] truth, int target, Random random) {
    int wet = count(truth);
    for (int step = 0; step < 6 && wet != target; step++) {
      int block = random.nextInt(BLOCKS);
      if (truth[block] != wet < target) {
        truth[block] = wet < target;
        wet += wet < target ? 1 : -1;
      }
    }
  }

  /** Clear, cloud in patches, nearly overcast, or overcast. */
  private static boolean[] sky(Random random) {
    int hidden = new int[] {0, 8, 20, 63, 64}[random.nextInt(5)];
    boolean[] seen = new boolean[BLOCKS];
    for (int block = 0; block < BLOCKS; block++) {
      seen[block] = hidden == 0 || hidden < 64 && random.nextInt(64) >= hidden;
    }
    return seen;
  }

  private void see(int pass, long at, boolean[] truth, boolean[] seen) {
    for (int block = 0; block < BLOCKS; block++) {
      floodedWhenSeen[block] = seen[block] ? truth[block] : floodedWhenSeen[block];
    }
    boolean dry = areaCm2(floodedWhenSeen) < limit(CLEAR);
    if (!dry) {
      dryInSuccession = 0;
    } else if (areaCm2(seen) >= MIN_OBSERVED * areaCm2(full())) {
      dryInSuccession++;
    }
    boolean due = open && dryInSuccession >= QUALIFYING;
    dueAllClears += due ? 1 : 0;
    process(pass, at, truth, seen);
    for (Alert.Kind kind : alerts()) {
      if (kind == Alert.Kind.ALERT) {
        alerts++;
        open = true;
        dryInSuccession = 0;
      } else if (kind == Alert.Kind.CANCEL) {
        falseAllClears += due ? 0 : 1;
        sentWhenDue += due ? 1 : 0;
        open = false;
      }
    }
  }

  private void process(int pass, long at, boolean[] truth, boolean[] seen) {
    boolean[] wet = new boolean[BLOCKS];
    for (int block = 0; block < BLOCKS; block++) {
      wet[block] = truth[block] && seen[block];
    }
    Layer layer =
        Layer.newBuilder()
            .setObservationId("o" + pass)
            .setPublisher("p")
            .setScene("s" + pass)
            .setAcquiredAtMs(at)
            .setSourceTile(TILE.toString())
            .setWater(RunLength.encode(mask(wet)))
            .setValid(RunLength.encode(mask(seen)))
            .build();
    fact(TileInput.newBuilder().setLayer(layer), at);
  }

  private void fact(TileInput.Builder fact, long at) {
    tile.process(new Record<>("", fact.setTile(TILE.toString()).build(), at));
    for (var forward : tiles.forwarded()) {
      if (forward.record().value() instanceof Measured.OfRegion of) {
        incidents.process(new Record<>("r", of.input(), at));
      }
    }
    tiles.resetForwards();
  }

  private List<Alert.Kind> alerts() {
    List<Alert.Kind> kinds = new ArrayList<>();
    for (var forward : regions.forwarded()) {
      if (forward.record().value() instanceof Judged.OfAlert of) {
        kinds.add(of.alert().getKind());
      }
    }
    regions.resetForwards();
    return kinds;
  }

  private void open() {
    Properties properties = StreamsSettings.of("none:1", dir).properties();
    tiles = new MockProcessorContext<>(properties, new TaskId(0, 0), dir.resolve("t").toFile());
    regions = new MockProcessorContext<>(properties, new TaskId(1, 0), dir.resolve("r").toFile());
    store(tiles, TileProcessor.STORE, TileInput.parser());
    store(regions, RegionSums.STORE, Contribution.parser());
    store(regions, IncidentProcessor.REGIONS, RegionLife.parser());
    store(regions, Receipts.STORE, SentAlerts.parser());
    tiles.setCurrentSystemTimeMs(START_MS);
    regions.setCurrentSystemTimeMs(START_MS);
    tile = new TileProcessor();
    incidents = new IncidentProcessor(TopologyConfig.defaults());
    tile.init(tiles);
    incidents.init(regions);
    RegionDefinition definition =
        RegionDefinition.newBuilder()
            .setRegion(
                Region.newBuilder()
                    .setId("r")
                    .setRaiseKm2(limit(RAISE) / Figures.CM2_PER_KM2)
                    .setClearKm2(limit(CLEAR) / Figures.CM2_PER_KM2)
                    .setMinObserved(MIN_OBSERVED)
                    .setPasses(QUALIFYING)
                    .setMaxAge(Duration.newBuilder().setSeconds(8 * REVISIT_MS / 1000)))
            .setVersion("v")
            .setAreaCm2(areaCm2(full()))
            .setTiles(1)
            .build();
    incidents.process(
        new Record<>(
            "r", RegionInput.newBuilder().setRegionId("r").setDefinition(definition).build(), 0));
    fact(TileInput.newBuilder().setRegion(CLIP), START_MS);
  }

  private static <M extends MessageLite> void store(
      MockProcessorContext<?, ?> context, String name, Parser<M> parser) {
    KeyValueStore<String, M> store =
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(name), Serdes.String(), ProtoSerde.of(parser))
            .withLoggingDisabled()
            .build();
    store.init(context.getStateStoreContext(), store);
  }

  private static long limit(int blocks) {
    return areaCm2(full()) / BLOCKS * blocks;
  }

  private static boolean[] full() {
    boolean[] full = new boolean[BLOCKS];
    java.util.Arrays.fill(full, true);
    return full;
  }

  private static int count(boolean[] blocks) {
    int n = 0;
    for (boolean block : blocks) {
      n += block ? 1 : 0;
    }
    return n;
  }

  private static long areaCm2(boolean[] blocks) {
    return riada.geo.TileGrid.areaCm2(TILE, mask(blocks));
  }

  private static Mask mask(boolean[] blocks) {
    Mask mask = new Mask(512, 512);
    for (int row = 0; row < 512; row++) {
      for (int x = 0; x < 8; x++) {
        if (blocks[row / 64 * 8 + x]) {
          mask.setRow(row, 64 * x, 64 * x + 64);
        }
      }
    }
    return mask;
  }
}
