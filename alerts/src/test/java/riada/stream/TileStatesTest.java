package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.geo.TileId;

/**
 * States that are forgotten and read again, against a list of what was put into each tile; with
 * room for none, for about two and for all of them.
 */
class TileStatesTest {
  private static final int TILES = 6;

  private final KeyValueStore<String, TileInput> store = MemoryStore.of(TileInput.parser());

  @ParameterizedTest
  @CsvSource({"1, 0", "2, 0", "3, 9000", "4, 9000", "5, 20000", "6, 1000000000"})
  void whatIsForgottenIsReadAgainAsItWas(int seed, long maxBytes) {
    Random random = new Random(seed);
    TileStates states = new TileStates(store, maxBytes);
    List<Set<String>> planes = new ArrayList<>();
    List<Set<String>> regions = new ArrayList<>();
    for (int i = 0; i < TILES; i++) {
      planes.add(new TreeSet<>());
      regions.add(new TreeSet<>());
    }
    Set<TileState> seen = new HashSet<>(); // by identity
    for (int step = 0; step < 400; step++) {
      int i = random.nextInt(TILES);
      String tile = new TileId(14, 8000 + i, 5448).toString();
      String name = "n" + random.nextInt(9);
      TileState state = states.of(tile);
      seen.add(state);
      TileInput input;
      switch (random.nextInt(4)) {
        case 0 -> {
          input = TileInput.newBuilder().setTile(tile).setRegionGone(name).build();
          store.delete(tile + "|region|" + name);
          regions.get(i).remove(name);
        }
        case 1 -> {
          RegionTile region = RegionTile.newBuilder().setRegionId(name).build();
          input = TileInput.newBuilder().setTile(tile).setRegion(region).build();
          store.put(tile + "|region|" + name, input);
          regions.get(i).add(name);
        }
        default -> {
          Plane plane =
              Plane.newBuilder()
                  .setScene(name)
                  .setWater(ByteString.copyFrom(new byte[random.nextInt(900)]))
                  .build();
          input = TileInput.newBuilder().setTile(tile).setPlane(plane).build();
          store.put(tile + "|plane|" + name, input);
          planes.get(i).removeIf(one -> one.startsWith(name + " "));
          planes.get(i).add(name + " " + plane.getWater().size());
        }
      }
      state.add(input);
      states.settle(state);

      for (int other : new int[] {i, random.nextInt(TILES)}) {
        TileState read = states.of(new TileId(14, 8000 + other, 5448).toString());
        assertThat(read.planes())
            .extracting(plane -> plane.getScene() + " " + plane.getWater().size())
            .containsExactlyElementsOf(planes.get(other));
        assertThat(read.regions())
            .extracting(RegionTile::getRegionId)
            .containsExactlyElementsOf(regions.get(other));
        states.settle(read);
      }
    }
    assertThat(seen.size() == TILES).as("all stayed").isEqualTo(maxBytes == 1_000_000_000);
  }
}
