package riada.ingest;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import riada.geo.Bounds;
import riada.proto.BadInput;
import riada.proto.Observation;
import riada.proto.Tile;
import riada.proto.Tiles;

/**
 * Publishes pictures from files and folders: each is a scene of its own, read, cut onto the grid
 * and sent. A picture that cannot be used is told of and does not stop the others. Owned by one
 * thread.
 */
public final class PicturePublisher implements AutoCloseable {
  private final TileSink sink;
  private final InstantSource clock;
  private final SceneReader reader = new SceneReader();
  private final Tiler tiler = new Tiler();

  /**
   * What to publish and as what.
   *
   * @param paths files and folders; folders are searched for .jpg, .jpeg and .png in the order of
   *     their names
   * @param bounds each picture fills them, as a scene of its own; without them world files say
   *     where pictures lie
   * @param zoom of the tiles; each scene's own when empty
   * @param acquiredAt sensing time; each file's time of last change when empty
   */
  public record Order(
      List<Path> paths,
      String publisher,
      String platform,
      Optional<Bounds> bounds,
      OptionalInt zoom,
      Optional<Instant> acquiredAt) {
    public Order {
      paths = List.copyOf(paths);
    }
  }

  /**
   * What came of it.
   *
   * @param tilesSkipped tiles in a scene's frame of which it covers no cell
   * @param scenes pictures of which every tile was published
   * @param problems a sentence for each picture or path that was not published, or not wholly
   */
  public record Result(int tilesPublished, int tilesSkipped, int scenes, List<String> problems) {
    public Result {
      problems = List.copyOf(problems);
    }
  }

  private int published;
  private int skipped;
  private int scenes;
  private final List<String> problems = new ArrayList<>();

  public PicturePublisher(TileSink sink, InstantSource clock) {
    this.sink = sink;
    this.clock = clock;
  }

  /** One that reads and checks everything and sends nothing. */
  public static PicturePublisher dryRun(InstantSource clock) {
    return new PicturePublisher(
        (key, tile) -> TilePublisher.record(key, tile, clock.instant()), clock);
  }

  /**
   * Publishes one order after another; each result counts from the start of its own order.
   *
   * @throws IOException when the sink takes no more; what was sent before stays sent
   */
  public Result publish(Order order) throws IOException {
    published = 0;
    skipped = 0;
    scenes = 0;
    problems.clear();
    for (Path path : order.paths()) {
      for (Path file : pictures(path)) {
        try {
          publish(order, file);
          scenes++;
        } catch (BadInput e) {
          problems.add(e.reason());
        }
      }
    }
    return new Result(published, skipped, scenes, problems);
  }

  private void publish(Order order, Path file) throws BadInput, IOException {
    Instant acquiredAt = order.acquiredAt().isPresent() ? order.acquiredAt().get() : changed(file);
    Tiles.checkTime(file.toString(), acquiredAt, clock.instant());
    Scene scene = reader.read(file, order.bounds());
    Tiler.checkFineness(scene, order.zoom());
    int before = published;
    skipped +=
        tiler.cut(
            scene,
            order.zoom(),
            (tile, part) -> {
              Tile message =
                  part.setPublisher(order.publisher())
                      .setPlatform(order.platform())
                      .setScene(scene.name())
                      .setProcessingVersion(1)
                      .setAcquiredAt(Observation.timestamp(acquiredAt))
                      .build();
              sink.send(tile.toString(), message);
              published++;
            });
    if (published == before) {
      throw new BadInput(
          "scene_covers_nothing",
          file
              + " covers the middle of no cell of the grid: it is smaller than a cell or wholly"
              + " transparent. Check its bounds, or choose a higher zoom.");
    }
  }

  private static Instant changed(Path file) throws BadInput {
    try {
      // Observations are told apart by the millisecond.
      return Instant.ofEpochMilli(Files.getLastModifiedTime(file).toMillis());
    } catch (IOException e) {
      throw new BadInput("picture_missing", file + " does not exist or may not be looked at.");
    }
  }

  /** A file as it is, or the pictures of a folder and its folders, sorted. */
  private SortedSet<Path> pictures(Path path) throws IOException {
    SortedSet<Path> found = new TreeSet<>();
    if (!Files.isDirectory(path)) {
      found.add(path); // whatever its name: its content decides
      return found;
    }
    int before = problems.size();
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (picture(file)) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            problems.add(
                file
                    + (e instanceof AccessDeniedException
                        ? " may not be opened; give this user the right to read it."
                        : " cannot be opened: " + e.getMessage() + "."));
            return FileVisitResult.CONTINUE;
          }
        });
    if (found.isEmpty() && problems.size() == before) {
      problems.add("The folder " + path + " holds no .jpg, .jpeg or .png.");
    }
    return found;
  }

  private static boolean picture(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".jpg") || name.endsWith(".jpeg") || name.endsWith(".png");
  }

  @Override
  public void close() {
    tiler.close();
  }
}
