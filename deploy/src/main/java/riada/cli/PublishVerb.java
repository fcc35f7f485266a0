package riada.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import riada.geo.Bounds;
import riada.ingest.PicturePublisher;
import riada.ingest.TilePublisher;
import riada.proto.BadInput;

/** {@code riada publish PATH...}. */
@Command(
    name = "publish",
    description = "Cut pictures onto the grid and send them to the tiles topic.",
    mixinStandardHelpOptions = true)
final class PublishVerb implements Callable<Integer> {
  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  CommandSpec verb;

  @Parameters(
      arity = "1..*",
      paramLabel = "PATH",
      description = "JPEG or PNG files, or folders of them.")
  List<Path> paths = List.of();

  @Option(
      names = "--publisher",
      paramLabel = "ID",
      required = true,
      description = "Who sends: a stable name.")
  String publisher = "";

  @Option(
      names = "--bounds",
      paramLabel = "W,S,E,N",
      description = "Each picture fills these bounds; without them a world file beside it counts.")
  @Nullable String bounds;

  @Option(
      names = "--zoom",
      paramLabel = "Z",
      description = "Zoom of the tiles (default: the picture's own resolution).")
  @Nullable Integer zoom;

  @Option(
      names = "--acquired-at",
      paramLabel = "T",
      description = "Sensing time, as 2026-11-22T10:15:00Z (default: the file's time).")
  @Nullable String acquiredAt;

  @Option(
      names = "--platform",
      paramLabel = "NAME",
      defaultValue = "aerial",
      description = "What saw it (default ${DEFAULT-VALUE}).")
  String platform = "";

  @Option(names = "--dry-run", description = "Read, cut and check everything; send nothing.")
  boolean dryRun;

  /** The answer, as it is printed. */
  record Published(int tilesPublished, int tilesSkipped, int scenes) {}

  /** The answer of a dry run: what would have been sent is not called so. */
  record Checked(int tilesPublished, int tilesChecked, int tilesSkipped, int scenes) {}

  @Override
  public Integer call() throws BadInput, IOException {
    try {
      return publish();
    } catch (BadInput e) { // the pictures' own flaws are in the result: this is a flag's
      if (e.counter().endsWith("_unreadable")) {
        throw new ParameterException(verb.commandLine(), e.reason(), e);
      }
      throw e;
    }
  }

  private int publish() throws BadInput, IOException {
    if (paths.stream().anyMatch(path -> path.toString().isEmpty())) { // not the current folder
      throw new ParameterException(
          verb.commandLine(), "A PATH is empty; name files or folders, '.' for this one.");
    }
    PicturePublisher.Order order =
        new PicturePublisher.Order(
            paths,
            publisher,
            platform,
            bounds == null ? Optional.empty() : Optional.of(Bounds.parse(bounds)),
            zoom == null ? OptionalInt.empty() : OptionalInt.of(zoom),
            acquiredAt == null ? Optional.empty() : Optional.of(time(acquiredAt)));
    PicturePublisher.Result result = dryRun ? check(order) : send(order);
    PrintWriter err = verb.commandLine().getErr();
    result.problems().forEach(problem -> err.println("riada: " + problem));
    int tiles = result.tilesPublished();
    Record answer;
    if (dryRun) {
      err.println("Dry run: nothing was sent.");
      answer = new Checked(0, tiles, result.tilesSkipped(), result.scenes());
    } else {
      answer = new Published(tiles, result.tilesSkipped(), result.scenes());
    }
    err.flush();
    verb.commandLine().getOut().println(Answer.json(answer));
    return result.problems().isEmpty() ? 0 : ErrorPrinter.BAD_INPUT;
  }

  private static PicturePublisher.Result check(PicturePublisher.Order order) throws IOException {
    try (PicturePublisher pictures = PicturePublisher.dryRun(Clock.systemUTC())) {
      return pictures.publish(order);
    }
  }

  private PicturePublisher.Result send(PicturePublisher.Order order) throws IOException {
    Clock clock = Clock.systemUTC();
    try (TilePublisher tiles =
            new TilePublisher(kafka.bootstrapServers, kafka.cluster().client(), clock);
        PicturePublisher pictures = new PicturePublisher(tiles, clock)) {
      PicturePublisher.Result result = pictures.publish(order);
      tiles.flush();
      return result;
    }
  }

  private static Instant time(String text) throws BadInput {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new BadInput(
          "acquired_at_unreadable",
          "The time \""
              + text
              + "\" is unreadable; write it with its zone, as 2026-11-22T10:15:00Z.");
    }
  }
}
