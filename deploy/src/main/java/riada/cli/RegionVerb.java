package riada.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import riada.proto.BadInput;
import riada.proto.Region;
import riada.proto.Topics;

/** {@code riada region set|list|delete}. */
@Command(
    name = "region",
    description = "Set, list or delete the regions that are watched.",
    mixinStandardHelpOptions = true)
final class RegionVerb {
  /** A region as the list shows it. */
  record Row(
      String id,
      String name,
      double raiseKm2,
      double clearKm2,
      double minObserved,
      String maxAge,
      int passes,
      String parent) {
    static Row of(Region region) {
      return new Row(
          region.getId(),
          region.getName(),
          region.getRaiseKm2(),
          region.getClearKm2(),
          region.getMinObserved(),
          Duration.ofSeconds(region.getMaxAge().getSeconds()).toString(),
          region.getPasses(),
          region.getParent());
    }
  }

  /** The same for a person: {@code max_age} as a region's file has it, and not {@code PT12H}. */
  private static Row line(Row row) {
    return new Row(
        row.id,
        row.name,
        row.raiseKm2,
        row.clearKm2,
        row.minObserved,
        DurationText.of(Duration.parse(row.maxAge)),
        row.passes,
        row.parent);
  }

  /** What was asked of the topology. */
  record Deleted(String region, String name) {}

  @Command(
      name = "set",
      description = "Add or change the regions of a GeoJSON file.",
      mixinStandardHelpOptions = true)
  int set(
      @Mixin KafkaOptions kafka,
      @Mixin Answer answer,
      @Parameters(
              paramLabel = "FILE",
              description =
                  "Polygons with the properties id, name, raise_km2, clear_km2, and optionally"
                      + " min_observed (0.8), max_age (6h), passes (2), parent, raise_passes (1),"
                      + " raise_after, min_patch_km2, escalate_after; raise_share and clear_share"
                      + " may stand for raise_km2 and clear_km2.")
          Path file)
      throws Exception {
    List<Region> regions = RegionFile.read(file);
    List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
    for (Region region : regions) {
      records.add(
          new ProducerRecord<>(Topics.REGIONS.name(), region.getId(), region.toByteArray()));
    }
    Publisher.send(kafka, records);
    answer.rows(answer.fitting(regions.stream().map(Row::of).toList(), RegionVerb::line));
    return 0;
  }

  @Command(
      name = "list",
      description = "List the regions that are set.",
      mixinStandardHelpOptions = true)
  int list(@Mixin KafkaOptions kafka, @Mixin Answer answer) {
    answer.rows(
        answer.fitting(List.copyOf(known(kafka).values()), RegionVerb::line),
        "No region is set: nothing can raise an alert. Set one with 'riada region set FILE'.");
    return 0;
  }

  @Command(
      name = "delete",
      description = "Watch a region no longer. An open incident of it ends, which is no all-clear.",
      mixinStandardHelpOptions = true)
  int delete(
      @Mixin KafkaOptions kafka,
      @Mixin Answer answer,
      @Parameters(paramLabel = "ID", description = "Its id.") String id)
      throws Exception {
    Row region = known(kafka).get(id);
    if (region == null) {
      throw new BadInput(
          "region_unknown", "There is no region '" + id + "'; 'riada region list' names them all.");
    }
    Publisher.send(kafka, List.of(new ProducerRecord<>(Topics.REGIONS.name(), id, null)));
    answer.row(new Deleted(id, region.name));
    return 0;
  }

  private static Map<String, Row> known(KafkaOptions kafka) {
    Map<String, Row> rows = new TreeMap<>();
    try (TopicReader reader = new TopicReader(kafka.impatient(), Topics.REGIONS.name(), true)) {
      reader.forEachToEnd(record -> put(rows, record));
    }
    return rows;
  }

  private static void put(Map<String, Row> rows, ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) {
      return; // no region's record
    }
    String id = new String(record.key(), UTF_8);
    rows.remove(id); // the newest counts, also when it takes the region away
    if (record.value() != null) {
      try {
        rows.put(id, Row.of(Region.parseFrom(record.value())));
      } catch (InvalidProtocolBufferException e) {
        return; // it is among the dead letters
      }
    }
  }
}
