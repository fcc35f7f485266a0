package riada.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import riada.geo.Bounds;
import riada.geo.TileId;
import riada.proto.Observation;
import riada.proto.Tile;
import riada.proto.Tiles;

class PicturePublisherTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Instant CHANGED = Instant.parse("2026-11-01T08:30:00.123Z");

  /** A little smaller than one tile. */
  private static final Bounds BOUNDS = inside(new TileId(14, 8149, 6136));

  private final List<Tile> sent = new ArrayList<>();
  private final PicturePublisher publisher =
      new PicturePublisher((key, tile) -> sent.add(tile), InstantSource.fixed(NOW));
  @TempDir private Path folder;

  private static Bounds inside(TileId tile) {
    Bounds b = tile.bounds();
    return new Bounds(b.west() + 1e-4, b.south() + 1e-4, b.east() - 1e-4, b.north() - 1e-4);
  }

  @BeforeEach
  void pictures() throws IOException {
    Files.createDirectory(folder.resolve("b"));
    picture("z.jpg", 1);
    picture("b/inundación.PNG", 2);
    picture("a.jpeg", 3);
    Files.writeString(folder.resolve("pairs.csv"), "not,a,picture");
  }

  @AfterEach
  void close() {
    publisher.close();
  }

  @Test
  void aFoldersPicturesAreScenesInTheOrderOfTheirNames() throws Exception {
    PicturePublisher.Result result = publisher.publish(order(Optional.of(BOUNDS), folder));

    assertThat(result).isEqualTo(new PicturePublisher.Result(3, 0, 3, List.of()));
    assertThat(sent)
        .extracting(tile -> tile.getScene().replaceAll("-[0-9a-f]{8}$", ""))
        .containsExactly("a", "inundación", "z");
  }

  @Test
  void tilesFulfilTheContractAndCarryTheFilesTime() throws Exception {
    publisher.publish(order(Optional.of(BOUNDS), folder.resolve("z.jpg")));

    Tile tile = sent.get(0);
    assertThat(Tiles.check("14/8149/6136", tile, NOW)).isEqualTo(new TileId(14, 8149, 6136));
    assertThat(Observation.instant(tile.getAcquiredAt())).isEqualTo(CHANGED);
    assertThat(tile.getPublisher()).isEqualTo("brigade");
    assertThat(tile.getPlatform()).isEqualTo("drone");
    assertThat(tile.hasValid()).isTrue();
  }

  @Test
  void theSameFileAgainIsTheSameObservation() throws Exception {
    publisher.publish(order(Optional.of(BOUNDS), folder.resolve("z.jpg")));
    publisher.publish(order(Optional.of(BOUNDS), folder.resolve("z.jpg")));

    assertThat(sent.get(1)).isEqualTo(sent.get(0));
  }

  @Test
  void aBadPictureIsToldOfAndStopsNoOther() throws Exception {
    Path bad = Files.writeString(folder.resolve("m.png"), "text");
    Files.setLastModifiedTime(bad, FileTime.from(CHANGED));

    PicturePublisher.Result result = publisher.publish(order(Optional.of(BOUNDS), folder));

    assertThat(result.scenes()).isEqualTo(3);
    assertThat(result.problems())
        .singleElement()
        .asString()
        .contains("m.png is neither JPEG nor PNG");
  }

  @Test
  void aPictureThatCoversNoCellIsAProblem() throws Exception {
    Bounds point = new Bounds(-0.4, 39.4, -0.4 + 1e-9, 39.4 + 1e-9);

    PicturePublisher.Result result =
        publisher.publish(order(Optional.of(point), folder.resolve("z.jpg")));

    assertThat(result.scenes()).isZero();
    assertThat(result.problems()).singleElement().asString().contains("z.jpg covers", "no cell");
  }

  @Test
  void aFewPixelsBlownUpToTilesAreAProblem() throws Exception {
    Bounds wide = new Bounds(-0.5, 39, 0.5, 40); // 86 km

    PicturePublisher.Result result =
        publisher.publish(order(Optional.of(wide), folder.resolve("z.jpg")));

    assertThat(sent).isEmpty();
    assertThat(result.problems())
        .singleElement()
        .asString()
        .contains("too coarse", "736 m", "no zoom that is taken");
  }

  @Test
  void anEmptyFolderIsAProblem() throws Exception {
    Path empty = Files.createDirectory(folder.resolve("empty"));

    PicturePublisher.Result result = publisher.publish(order(Optional.of(BOUNDS), empty));

    assertThat(result.problems())
        .containsExactly("The folder " + empty + " holds no .jpg, .jpeg or .png.");
  }

  @Test
  void aMissingPathIsAProblem() throws Exception {
    PicturePublisher.Result result =
        publisher.publish(order(Optional.of(BOUNDS), folder.resolve("nowhere")));

    assertThat(result.problems()).singleElement().asString().contains("nowhere does not exist");
  }

  @Test
  void withoutBoundsEachPictureWithoutAWorldFileIsAProblem() throws Exception {
    PicturePublisher.Result result = publisher.publish(order(Optional.empty(), folder));

    assertThat(result.scenes()).isZero();
    assertThat(result.problems()).hasSize(3).allMatch(problem -> problem.contains("give --bounds"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1970-01-01T00:00:00Z", "2100-01-01T00:00:00Z"})
  void anImpossibleTimeIsAProblem(String time) throws Exception {
    PicturePublisher.Order order =
        new PicturePublisher.Order(
            List.of(folder.resolve("z.jpg")),
            "brigade",
            "drone",
            Optional.of(BOUNDS),
            OptionalInt.empty(),
            Optional.of(Instant.parse(time)));

    assertThat(publisher.publish(order).problems()).singleElement().asString().contains(time);
    assertThat(sent).isEmpty();
  }

  @Test
  void aSinkThatTakesNoMoreEndsIt() {
    try (PicturePublisher broken =
        new PicturePublisher(
            (key, tile) -> {
              throw new IOException("the broker is away");
            },
            InstantSource.fixed(NOW))) {
      assertThatThrownBy(() -> broken.publish(order(Optional.of(BOUNDS), folder)))
          .isInstanceOf(IOException.class)
          .hasMessage("the broker is away");
    }
  }

  @Test
  void aDryRunChecksAndCountsTheSame() throws Exception {
    try (PicturePublisher dry = PicturePublisher.dryRun(InstantSource.fixed(NOW))) {
      assertThat(dry.publish(order(Optional.of(BOUNDS), folder)).tilesPublished()).isEqualTo(3);
    }
  }

  private static PicturePublisher.Order order(Optional<Bounds> bounds, Path path) {
    return new PicturePublisher.Order(
        List.of(path), "brigade", "drone", bounds, OptionalInt.of(14), Optional.empty());
  }

  private void picture(String name, int colour) throws IOException {
    BufferedImage image = new BufferedImage(200, 150, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, colour * 0x404040);
    Path file = folder.resolve(name);
    assertThat(ImageIO.write(image, name.endsWith("PNG") ? "png" : "jpg", file.toFile())).isTrue();
    Files.setLastModifiedTime(file, FileTime.from(CHANGED));
  }
}
