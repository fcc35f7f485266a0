package riada.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static riada.stream.FloodDriver.TILE;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TileLayersTest {
  private final KeyValueStore<String, TileInput> store = MemoryStore.of(TileInput.parser());

  /** A list of all that was put, looked through from end to end, is what the layers are held to. */
  @ParameterizedTest
  @CsvSource({"1, 0", "2, 0", "3, 5", "4, 5", "5, 20", "6, 1000"})
  void howManyStayInMemoryShowsNowhere(int seed, int kept) {
    Random random = new Random(seed);
    TileLayers layers = layers(kept);
    List<String[]> all = new ArrayList<>(); // plane, observation and scene
    for (int step = 0; step < 400; step++) {
      String plane = "p" + random.nextInt(12);
      String observation = "o" + random.nextInt(6);
      if (random.nextInt(8) == 0) {
        layers.remove(plane);
        all.removeIf(one -> one[0].equals(plane));
      } else if (random.nextInt(40) == 0) {
        layers = layers(kept); // as after its tile was forgotten
      } else {
        layers.put(plane + "|" + observation, layer("s" + step));
        all.removeIf(one -> one[0].equals(plane) && one[1].equals(observation));
        all.add(new String[] {plane, observation, "s" + step});
      }
      int most = 1 + random.nextInt(30);

      assertThat(scenes(layers.newest(most))).isEqualTo(listed(all, "", most));
      assertThat(scenes(layers.of(plane, most))).isEqualTo(listed(all, plane, most));
      Layer found = layers.get(plane + "|" + observation);
      assertThat(found == null ? List.of() : List.of(found.getScene()))
          .isEqualTo(
              all.stream()
                  .filter(one -> one[0].equals(plane) && one[1].equals(observation))
                  .map(one -> one[2])
                  .toList());
    }
  }

  @Test
  void theThousandsOfATileOfFineOnesStayInTheStore() {
    TileLayers growing = layers(TileLayers.KEPT);
    for (int i = 0; i < 4096; i++) {
      growing.put("p|" + i, layer("s"));
      assertThat(growing.bytes()).isLessThanOrEqualTo(1000L * TileLayers.KEPT);
    }

    TileLayers read = layers(TileLayers.KEPT);

    assertThat(read.bytes()).isZero();
    assertThat(read.newest(GroundPicture.MAX_OBSERVATIONS)).hasSize(512);
  }

  @Test
  void anotherTilesLayersAreNotItsOwn() {
    new TileLayers(store, TILE + "0", 9).put("p|o", layer("s"));

    assertThat(layers(9).newest(9)).isEmpty();
  }

  private TileLayers layers(int kept) {
    return new TileLayers(store, TILE.toString(), kept);
  }

  private static List<String> listed(List<String[]> all, String plane, int most) {
    return all.stream()
        .filter(one -> plane.isEmpty() || one[0].equals(plane))
        .sorted((a, b) -> (a[0] + "|" + a[1]).compareTo(b[0] + "|" + b[1]))
        .map(one -> one[2])
        .limit(most)
        .toList();
  }

  private static List<String> scenes(List<Layer> layers) {
    return layers.stream().map(Layer::getScene).toList();
  }

  private static Layer layer(String scene) {
    return Layer.newBuilder().setScene(scene).build();
  }
}
