package riada.stream;

import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import riada.geo.TileId;
import riada.proto.BadInput;
import riada.proto.MaskRuns;
import riada.proto.Observation;
import riada.proto.ProtoSerde;
import riada.proto.Region;

/**
 * Fans a region out to the analysis tiles it covers. Of a changed or deleted region the tiles that
 * it no longer covers are told so: the store keeps the region as it was.
 */
final class RegionIntake extends Intake {
  /** Store of the newest version of each region: region id to the Region as it was received. */
  static final String STORE = "region-versions";

  private static final int MAX_ID = 128;
  private static final Duration LONGEST = Duration.ofDays(366);

  private final int analysisZoom;

  @SuppressWarnings("NullAway.Init") // Streams calls init first
  private KeyValueStore<String, Region> versions;

  RegionIntake(TopologyConfig config) {
    this.analysisZoom = config.analysisZoom();
  }

  @Override
  public void init(ProcessorContext<String, Sifted> context) {
    super.init(context);
    versions = context.getStateStore(STORE);
  }

  @Override
  void accept(String key, byte @Nullable [] value, Record<byte[], byte[]> from) throws BadInput {
    Region before = versions.get(key);
    if (value == null) {
      if (before != null) {
        leave(key, cover(before).clips().keySet(), Set.of(), from);
        versions.delete(key);
        send(RegionInput.newBuilder().setRegionId(key).setDeleted(true).build(), from);
      }
      return;
    }
    Region region = ProtoSerde.parse(Region.parser(), "Region", value);
    check(key, region);
    RegionCover cover = cover(region);
    if (region.equals(before)) {
      return;
    }
    Set<TileId> coveredBefore = before == null ? Set.of() : cover(before).clips().keySet();
    versions.put(key, region);
    String version = HexFormat.of().formatHex(Observation.sha256().digest(value), 0, 6);
    send(definition(region, version, cover), from);
    leave(key, coveredBefore, cover.clips().keySet(), from);
    long maxAgeMs = millis(region);
    for (Map.Entry<TileId, MaskRuns> clip : cover.clips().entrySet()) {
      RegionTile tile =
          RegionTile.newBuilder()
              .setRegionId(key)
              .setRegionVersion(version)
              .setClip(clip.getValue())
              .setMaxAgeMs(maxAgeMs)
              .build();
      send(TileInput.newBuilder().setTile(clip.getKey().toString()).setRegion(tile).build(), from);
    }
  }

  private RegionCover cover(Region region) throws BadInput {
    return RegionCover.of(
        region.getId(), RegionShape.parse(region.getId(), region.getGeometry()), analysisZoom);
  }

  private static RegionInput definition(Region region, String version, RegionCover cover) {
    return RegionInput.newBuilder()
        .setRegionId(region.getId())
        .setDefinition(
            RegionDefinition.newBuilder()
                .setRegion(region.toBuilder().clearGeometry())
                .setVersion(version)
                .setAreaCm2(cover.areaCm2())
                .setTiles(cover.clips().size()))
        .build();
  }

  private void leave(
      String region, Set<TileId> before, Set<TileId> after, Record<byte[], byte[]> from) {
    for (TileId tile : before) {
      if (!after.contains(tile)) {
        send(TileInput.newBuilder().setTile(tile.toString()).setRegionGone(region).build(), from);
      }
    }
  }

  private static long millis(Region region) {
    return region.getMaxAge().getSeconds() * 1000 + region.getMaxAge().getNanos() / 1_000_000;
  }

  private static void check(String key, Region region) throws BadInput {
    if (!region.getId().equals(key)) {
      throw new BadInput(
          "region_key_mismatch",
          "The record's key is \""
              + key
              + "\" but its region's id is \""
              + region.getId()
              + "\"; make them equal.");
    }
    require(
        key.length() <= MAX_ID && key.chars().noneMatch(Character::isISOControl),
        key.substring(0, Math.min(MAX_ID, key.length())),
        "has an id that is longer than " + MAX_ID + " characters or holds control characters");
    require(
        region.getClearKm2() >= 0 && region.getRaiseKm2() >= region.getClearKm2(),
        key,
        "has raise_km2 "
            + region.getRaiseKm2()
            + " and clear_km2 "
            + region.getClearKm2()
            + "; they must be raise_km2 >= clear_km2 >= 0");
    require(region.getRaiseKm2() <= 1e9, key, "has a raise_km2 beyond the surface of the earth");
    require(
        region.getMinObserved() >= 0 && region.getMinObserved() <= 1,
        key,
        "has min_observed " + region.getMinObserved() + "; it is a share, 0..1");
    require(
        region.getPasses() >= 1,
        key,
        "has passes " + region.getPasses() + "; an all-clear needs at least 1");
    long seconds = region.getMaxAge().getSeconds();
    require(
        seconds >= 0 && seconds <= LONGEST.toSeconds() && millis(region) > 0,
        key,
        "has a max_age of "
            + seconds
            + " s; it must be more than 0 and at most "
            + LONGEST.toDays()
            + " days");
  }

  private static void require(boolean fulfilled, String region, String why) throws BadInput {
    if (!fulfilled) {
      throw new BadInput("region_invalid", "Region \"" + region + "\" " + why + ".");
    }
  }
}
