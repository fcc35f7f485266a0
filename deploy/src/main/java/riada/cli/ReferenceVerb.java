package riada.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import riada.geo.Bounds;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.Action;
import riada.proto.BadInput;
import riada.proto.Observation;
import riada.proto.Reference;
import riada.proto.Topics;
import riada.stream.ReferenceFile;
import riada.stream.ReferenceRaster;

/** {@code riada reference import|correct}. */
@Command(
    name = "reference",
    description = "Say what is normally wet.",
    mixinStandardHelpOptions = true)
final class ReferenceVerb {
  private static final int ZOOM = TileGrid.DEFAULT_ANALYSIS_ZOOM;

  /** All of a file is in memory, and its pixels besides. */
  private static final long MAX_FILE_BYTES = 256L << 20;

  /** What was sent. */
  record Sent(String version, int tiles, double wetKm2) {}

  @Command(
      name = "import",
      description = "Import what is normally wet from polygons (GeoJSON) or a raster (GeoTIFF).",
      mixinStandardHelpOptions = true)
  int imports(
      @Mixin KafkaOptions kafka,
      @Mixin Answer answer,
      @Option(
              names = "--version-name",
              paramLabel = "NAME",
              description =
                  "Named by every figure that uses it (default: the file's name and digest).")
          @Nullable String version,
      @Option(
              names = "--bounds",
              paramLabel = "W,S,E,N",
              description = "Polygons: what the file tells of, so that the rest of it is dry.")
          @Nullable String bounds,
      @Option(
              names = "--wet-above",
              paramLabel = "VALUE",
              defaultValue = "0",
              description = "Raster: a pixel is normally wet above it (default ${DEFAULT-VALUE}).")
          double wetAbove,
      @Option(
              names = "--no-data",
              paramLabel = "VALUE",
              description = "Raster: a pixel of this value tells nothing.")
          @Nullable Double noData,
      @Parameters(paramLabel = "FILE", description = "GeoJSON polygons or a GeoTIFF.") Path file)
      throws Exception {
    byte[] bytes = read(file);
    String name = String.valueOf(file.getFileName());
    Map<TileId, ReferenceFile.Cells> cells =
        isTiff(bytes)
            ? ReferenceRaster.read(name, bytes).cells(name, wetAbove, noData, ZOOM)
            : ReferenceFile.polygons(
                name,
                text(name, bytes, "neither a GeoTIFF nor GeoJSON"),
                bounds == null ? Optional.empty() : Optional.of(Bounds.parse(bounds)),
                ZOOM);
    String of = version == null ? name + "-" + digest(bytes) : version;
    List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
    for (Map.Entry<TileId, ReferenceFile.Cells> tile : cells.entrySet()) {
      byte[] reference =
          ReferenceFile.reference(tile.getKey(), tile.getValue(), of, Reference.Source.IMPORT)
              .toByteArray();
      records.add(
          new ProducerRecord<>(Topics.REFERENCE.name(), tile.getKey().toString(), reference));
    }
    Publisher.send(kafka, records);
    answer.row(sent(of, cells));
    return 0;
  }

  @Command(
      name = "correct",
      description = "Correct what is normally wet by polygons (GeoJSON); the rest stays as it is.",
      mixinStandardHelpOptions = true)
  int correct(
      @Mixin KafkaOptions kafka,
      @Mixin Answer answer,
      @Mixin Operator operator,
      @Option(names = "--dry", description = "The polygons are normally dry, not wet.") boolean dry,
      @Parameters(paramLabel = "FILE", description = "GeoJSON polygons.") Path file)
      throws Exception {
    String name = String.valueOf(file.getFileName());
    String polygons = text(name, read(file), "no GeoJSON, which a correction is");
    Map<TileId, ReferenceFile.Cells> cells =
        ReferenceFile.polygons(name, polygons, Optional.empty(), ZOOM);
    Map<TileId, Reference> before = references(kafka, cells);
    Action.Builder action =
        operator.action("", Clock.systemUTC()).setKind(Action.Kind.CORRECT_REFERENCE);
    List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
    for (Map.Entry<TileId, ReferenceFile.Cells> tile : cells.entrySet()) {
      Mask wet = new Mask(TileGrid.SIZE, TileGrid.SIZE);
      Mask known = tile.getValue().known().copy();
      Reference stands = before.get(tile.getKey());
      if (stands != null) {
        wet = RunLength.decode(stands.getWet());
        known =
            stands.hasKnown()
                ? known.or(RunLength.decode(stands.getKnown()))
                : Mask.full(TileGrid.SIZE, TileGrid.SIZE);
      }
      wet = dry ? wet.andNot(tile.getValue().wet()) : wet.or(tile.getValue().wet());
      String key = tile.getKey().toString();
      action.setTarget(key).setMask(RunLength.encode(wet)).setKnown(RunLength.encode(known));
      records.add(new ProducerRecord<>(Topics.ACTIONS.name(), key, action.build().toByteArray()));
    }
    Publisher.send(kafka, records);
    answer.row(sent("operator-" + Observation.instant(action.getAt()), cells));
    return 0;
  }

  /** The references of these very tiles that stand now. */
  private static Map<TileId, Reference> references(
      KafkaOptions kafka, Map<TileId, ReferenceFile.Cells> of) {
    Map<TileId, Reference> references = new HashMap<>();
    try (TopicReader reader = new TopicReader(kafka.impatient(), Topics.REFERENCE.name(), true)) {
      reader.forEachToEnd(record -> put(references, of, record));
    }
    return references;
  }

  private static void put(
      Map<TileId, Reference> references,
      Map<TileId, ReferenceFile.Cells> of,
      ConsumerRecord<byte[], byte[]> record) {
    try {
      TileId tile = TileId.parse(record.key() == null ? "" : new String(record.key(), UTF_8));
      references.remove(tile);
      if (record.value() != null && of.containsKey(tile)) {
        references.put(tile, Reference.parseFrom(record.value()));
      }
    } catch (BadInput | InvalidProtocolBufferException e) {
      return; // it is among the dead letters
    }
  }

  private static Sent sent(String version, Map<TileId, ReferenceFile.Cells> cells) {
    long cm2 = 0;
    for (Map.Entry<TileId, ReferenceFile.Cells> tile : cells.entrySet()) {
      cm2 += TileGrid.areaCm2(tile.getKey(), tile.getValue().wet());
    }
    return new Sent(version, cells.size(), cm2 / 1e10);
  }

  private static byte[] read(Path file) throws BadInput, IOException {
    if (Files.isDirectory(file)) {
      throw new BadInput("reference_unreadable", file + " is a folder; name a file.");
    }
    if (Files.size(file) > MAX_FILE_BYTES) {
      throw new BadInput(
          "reference_too_large",
          file
              + " has more than "
              + (MAX_FILE_BYTES >> 20)
              + " MiB; cut it into parts, and import each by itself.");
    }
    return Files.readAllBytes(file);
  }

  /** GeoJSON is an object; what does not begin as one need not be told where it breaks off. */
  private static String text(String name, byte[] bytes, String what) throws BadInput {
    String text = new String(bytes, UTF_8);
    if (!text.stripLeading().startsWith("{")) {
      throw new BadInput(
          "reference_unreadable", name + " is " + what + "; name another, or make it anew.");
    }
    return text;
  }

  private static boolean isTiff(byte[] bytes) {
    String start = new String(bytes, 0, Math.min(2, bytes.length), UTF_8);
    return start.equals("II") || start.equals("MM");
  }

  private static String digest(byte[] bytes) {
    return HexFormat.of()
        .formatHex(Observation.sha256().digest(bytes), 0, 4)
        .toLowerCase(Locale.ROOT);
  }
}
