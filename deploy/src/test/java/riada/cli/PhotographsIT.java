package riada.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import riada.eval.ConfusionMatrix;
import riada.geo.Bounds;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.Alert;
import riada.proto.Tile;
import riada.proto.Topics;
import riada.proto.WaterMask;

/**
 * Real photographs of floods on the whole way, as a person publishes them. The photographs may not
 * be copied into the project: they are looked for beside it.
 */
@Timeout(300)
class PhotographsIT {
  private static final Path SPLIT = Path.of("..", "segmenter", "training", "split.csv");
  private static final TileId FIRST = new TileId(16, 32_600, 24_400);
  private static final int COLUMNS = 8;
  private static final Instant ACQUIRED_AT = Instant.now().truncatedTo(ChronoUnit.SECONDS);

  @TempDir Path folder;

  @Test
  void photographsBecomeMasksFiguresAndAnAlertAndTheStreamSegmentsAsTheShellDoes()
      throws Exception {
    Optional<Path> data = data();
    if (data.isEmpty()) {
      System.err.println("*** THE PHOTOGRAPHS WERE NOT TESTED: no shared/data/flood-area ***");
    }
    assumeTrue(data.isPresent(), "NOT tested: no shared/data/flood-area beside the project.");
    List<String> names = dev();
    assertThat(names).hasSizeGreaterThanOrEqualTo(30);
    try (Station station = new Station(folder)) {
      setRegion(station);
      Map<String, String> tiles = new HashMap<>(); // photograph by tile
      for (int i = 0; i < names.size(); i++) {
        TileId tile = new TileId(16, FIRST.x() + i % COLUMNS, FIRST.y() + i / COLUMNS);
        publish(station, data.get().resolve("image").resolve(names.get(i)), tile);
        tiles.put(tile.toString(), names.get(i));
      }

      await()
          .atMost(Duration.ofSeconds(120))
          .pollInterval(Duration.ofSeconds(1))
          .until(
              () ->
                  station.records(Topics.MASKS).size() == names.size()
                      && !station.records(Topics.ALERTS).isEmpty());

      Map<String, WaterMask> masks = new HashMap<>();
      for (WaterMask mask : station.messages(Topics.MASKS, WaterMask.parser())) {
        masks.put(mask.getTile(), mask);
      }
      assertThat(masks.keySet()).isEqualTo(tiles.keySet());
      report(data.get(), tiles, masks);
      assertThat(station.messages(Topics.ALERTS, Alert.parser()).get(0).getKind())
          .isEqualTo(Alert.Kind.ALERT);
      assertThat(station.records(Topics.STATS)).isNotEmpty();
      ConsumerRecord<byte[], byte[]> first = station.records(Topics.TILES).get(0);
      Tile tile = Tile.parseFrom(first.value());
      Mask streamed = RunLength.decode(masks.get(tile.getTile()).getWater());
      assertThat(segmentedAtTheShell(station, tile)).isEqualTo(streamed);
    }
  }

  private void setRegion(Station station) throws Exception {
    Bounds from = FIRST.bounds();
    Bounds to = new TileId(16, FIRST.x() + COLUMNS - 1, FIRST.y() + 5).bounds();
    Path file = folder.resolve("region.geojson");
    Files.writeString(
        file,
        """
        {"type":"Feature","properties":{"id":"photographs","raise_km2":0.3,"clear_km2":0.1,
         "min_observed":0.01,"max_age":"30d","passes":1},
         "geometry":{"type":"Polygon","coordinates":[[[%1$s,%2$s],[%3$s,%2$s],[%3$s,%4$s],
         [%1$s,%4$s],[%1$s,%2$s]]]}}
        """
            .formatted(from.west(), to.south(), to.east(), from.north()));
    Shell.Result set = station.shell.run("region", "set", file.toString());
    assertThat(set.status()).as(set.err()).isZero();
  }

  private static void publish(Station station, Path photograph, TileId tile) {
    Bounds at = tile.bounds();
    double inset = (at.east() - at.west()) / 1e6; // the neighbours' cells stay the neighbours'
    Shell.Result published =
        station.shell.run(
            "publish",
            photograph.toString(),
            "--publisher",
            "photographs",
            "--bounds",
            String.format(
                java.util.Locale.ROOT,
                "%.9f,%.9f,%.9f,%.9f",
                at.west() + inset,
                at.south() + inset,
                at.east() - inset,
                at.north() - inset),
            "--acquired-at",
            ACQUIRED_AT.toString(),
            "--zoom",
            "16");
    assertThat(published.status()).as(published.err()).isZero();
    assertThat(published.out()).contains("\"tiles_published\":1");
  }

  private static void report(Path data, Map<String, String> tiles, Map<String, WaterMask> masks)
      throws Exception {
    double sum = 0;
    ConfusionMatrix pooled = ConfusionMatrix.NONE;
    for (Map.Entry<String, String> entry : tiles.entrySet()) {
      WaterMask mask = masks.get(entry.getKey());
      Mask truth = truth(data.resolve("mask").resolve(entry.getValue().replace(".jpg", ".png")));
      ConfusionMatrix matrix = ConfusionMatrix.of(RunLength.decode(mask.getWater()), truth);
      sum += matrix.iou();
      pooled = pooled.plus(matrix);
    }
    System.out.printf(
        "streamed masks of %d photographs against their own masks: mean IoU %.3f, pooled %.3f%n",
        tiles.size(), sum / tiles.size(), pooled.iou());
  }

  /** The photograph's own mask on the tile's cells, by the nearest pixel. */
  private static Mask truth(Path file) throws Exception {
    BufferedImage image = ImageIO.read(file.toFile());
    Mask mask = new Mask(TileGrid.SIZE, TileGrid.SIZE);
    for (int y = 0; y < TileGrid.SIZE; y++) {
      for (int x = 0; x < TileGrid.SIZE; x++) {
        int column = (int) ((x + 0.5) / TileGrid.SIZE * image.getWidth());
        int row = (int) ((y + 0.5) / TileGrid.SIZE * image.getHeight());
        if ((image.getRGB(column, row) & 255) > 127) {
          mask.set(x, y);
        }
      }
    }
    return mask;
  }

  private Mask segmentedAtTheShell(Station station, Tile tile) throws Exception {
    Path picture = folder.resolve("tile.jpg");
    Path out = folder.resolve("mask.png");
    Files.write(picture, tile.getPicture().getData().toByteArray());
    Shell.Result result =
        station.shell.run(
            "segment",
            picture.toString(),
            "--model",
            Station.MODEL.toString(),
            "--device",
            "cpu",
            "--threads",
            "2",
            "--out",
            out.toString());
    assertThat(result.status()).as(result.err()).isZero();
    return truth(out);
  }

  private static Optional<Path> data() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path found = at.resolve("shared").resolve("data").resolve("flood-area");
      if (Files.isDirectory(found)) {
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }

  private static List<String> dev() throws Exception {
    List<String> names = new ArrayList<>();
    for (String line : Files.readAllLines(SPLIT)) {
      if (line.endsWith(",dev")) {
        names.add(line.substring(0, line.indexOf(',')));
      }
    }
    return names;
  }
}
