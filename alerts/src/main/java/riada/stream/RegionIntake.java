package riada.stream;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import riada.geo.TileId;
import riada.proto.BadInput;
import riada.proto.Evidence;
import riada.proto.MaskRuns;
import riada.proto.ProtoSerde;
import riada.proto.Region;

/**
 * Fans a region out to the analysis tiles it covers. Of a changed or deleted region the tiles that
 * it no longer covers are told so: the store keeps the region as it was. What it was goes to the
 * evidence of alerts that were measured in it.
 */
final class RegionIntake extends Intake {
  /** Store of the newest version of each region: region id to the Region as it was received. */
  static final String STORE = "region-versions";

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
        Set<TileId> covered = cover(before).clips().keySet(); // may refuse: before anything is sent
        supersede(before, from);
        leave(key, covered, Set.of(), from);
        versions.delete(key);
        announce(key, before.getParent(), true, from);
        send(RegionInput.newBuilder().setRegionId(key).setDeleted(true).build(), from);
      }
      return;
    }
    Region region = ProtoSerde.parse(Region.parser(), "Region", value);
    RegionCover cover = RegionRules.cover(key, region, analysisZoom);
    if (region.equals(before)) {
      return;
    }
    Set<TileId> coveredBefore = before == null ? Set.of() : cover(before).clips().keySet();
    if (before != null) {
      supersede(before, from);
    }
    versions.put(key, region);
    if (before != null && !before.getParent().equals(region.getParent())) {
      announce(key, before.getParent(), true, from);
    }
    String version = RegionRules.version(region);
    send(definition(region, version, cover), from);
    announce(key, region.getParent(), false, from);
    leave(key, coveredBefore, cover.clips().keySet(), from);
    long maxAgeMs = millis(region);
    for (Map.Entry<TileId, MaskRuns> clip : cover.clips().entrySet()) {
      RegionTile tile =
          RegionTile.newBuilder()
              .setRegionId(key)
              .setRegionVersion(version)
              .setClip(clip.getValue())
              .setMaxAgeMs(maxAgeMs)
              .setMinPatchCm2(Limits.cm2(region.getMinPatchKm2()))
              .build();
      send(TileInput.newBuilder().setTile(clip.getKey().toString()).setRegion(tile).build(), from);
    }
  }

  /** Alerts that were measured in it are to be derived again as long as they are kept. */
  private void supersede(Region before, Record<byte[], byte[]> from) {
    sendSuperseded(
        RegionRules.supersededKey(before.getId(), RegionRules.version(before)),
        Evidence.newBuilder().setRegion(before).build(),
        from);
  }

  /** Tells a parent that the region is its child, or no longer is. */
  private void announce(String region, String parent, boolean gone, Record<byte[], byte[]> from) {
    if (!parent.isEmpty()) {
      ChildNotice child = ChildNotice.newBuilder().setChild(region).setGone(gone).build();
      send(RegionInput.newBuilder().setRegionId(parent).setChild(child).build(), from);
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
}
