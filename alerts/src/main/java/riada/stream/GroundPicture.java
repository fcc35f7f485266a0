package riada.stream;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import riada.cap.FloodBlocks;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.Ground;
import riada.proto.Observation;
import riada.proto.ObservationRef;

/**
 * What the layers of a tile show together, told as records: the ground, and what the tile adds to
 * each region. Made for one change of the tile, as its {@link Composite}.
 */
final class GroundPicture {
  /** The most layers that the ground names: a record must stay below the topic's limit. */
  static final int MAX_OBSERVATIONS = 512;

  /** The most reference versions that a record names. */
  static final int MAX_REFERENCES = 16;

  private final TileState state;
  private final RowAreas areas;
  private final Mask reference;
  private final Mask referenceKnown;
  private final Composite shown;

  /**
   * @param regions for which contributions are wanted
   */
  GroundPicture(TileState state, RowAreas areas, Collection<RegionTile> regions) {
    this.state = state;
    this.areas = areas;
    this.reference = state.reference();
    this.referenceKnown = state.referenceKnown();
    this.shown = new Composite(state, areas, reference, regions);
  }

  /**
   * The ground at the newest layer's time; the tile must have one.
   *
   * @param layers those that the record names, newest first, without their cells; at least one
   * @param receivedAtMs of the mask that caused it; 0 when none did
   */
  Ground ground(List<Layer> layers, long receivedAtMs, long measuredAtMs) {
    Ground.Builder ground = Ground.newBuilder();
    for (Layer layer : layers) {
      ground.addObservations(
          ObservationRef.newBuilder()
              .setObservationId(layer.getObservationId())
              .setAcquiredAt(Observation.timestamp(Instant.ofEpochMilli(layer.getAcquiredAtMs())))
              .setPublisher(layer.getPublisher())
              .setScene(layer.getScene()));
    }
    if (receivedAtMs > 0) {
      ground.setReceivedAt(Observation.timestamp(Instant.ofEpochMilli(receivedAtMs)));
    }
    long maxAge = state.maxAgeMs();
    Mask flood = shown.flood();
    Mask known = shown.known();
    Layer newest = layers.get(0);
    return ground
        .setTile(state.tile().toString())
        .setFlood(RunLength.encode(flood.copy().and(known)))
        .setStale(RunLength.encode(flood.copy().andNot(known)))
        .setReference(RunLength.encode(reference))
        .setUnknown(RunLength.encode(known.not()))
        .setObservationCount(state.planes().stream().mapToInt(Plane::getLayers).sum())
        .setAsOf(Observation.timestamp(Instant.ofEpochMilli(state.newestMs())))
        .setReferenceVersion(referenceVersion())
        .setMaxAge(
            Duration.newBuilder()
                .setSeconds(maxAge / 1000)
                .setNanos((int) (maxAge % 1000) * 1_000_000))
        .setMeasuredAt(Observation.timestamp(Instant.ofEpochMilli(measuredAtMs)))
        .setModel(newest.getModel())
        .setDevice(newest.getDevice())
        .build();
  }

  /** Joined by "+"; of a tile with very many only the first are named. */
  private String referenceVersion() {
    SortedSet<String> all = state.referenceVersions();
    String named = all.stream().limit(MAX_REFERENCES).collect(Collectors.joining("+"));
    return all.size() <= MAX_REFERENCES ? named : named + "+...";
  }

  /**
   * What the tile adds to each of the regions.
   *
   * @param layersOf the layers of a plane without their cells, as far as they are still named
   */
  List<Contribution> contributions(
      Origin origin, Function<Plane, ? extends Collection<Layer>> layersOf) {
    ByteString digest = inputsDigest();
    List<Contribution> contributions = new ArrayList<>();
    for (Composite.Clip clip : shown.clips()) {
      Mask flood = shown.flood().copy().and(clip.cells());
      Contribution.Builder contribution =
          Contribution.newBuilder()
              .setRegionId(clip.region().getRegionId())
              .setRegionVersion(clip.region().getRegionVersion())
              .setTile(state.tile().toString())
              .setReferenceCm2(state.hasReference() ? areas.of(reference, clip.cells()) : 0)
              .setReferenceKnownCm2(
                  state.hasReference() ? areas.of(referenceKnown, clip.cells()) : 0)
              .setInputsDigest(digest)
              .addAllReferenceVersions(
                  state.referenceVersions().stream().limit(MAX_REFERENCES).toList())
              .setFloodBlocks(FloodBlocks.of(flood));
      if (!origin.equals(Origin.getDefaultInstance())) {
        contribution.setOrigin(origin);
      }
      clip.passes().forEach(contribution::addPasses);
      addEvidence(clip, layersOf, contribution);
      long minPatchCm2 = clip.region().getMinPatchCm2();
      if (minPatchCm2 > 0) {
        Patches.Found found = Patches.of(flood, areas, minPatchCm2);
        contribution.setMappedCm2(found.mappedCm2()).addAllOpen(found.open());
      }
      contributions.add(contribution.build());
    }
    return contributions;
  }

  /** The layers of the sights that show in the region: its areas rest on no other. */
  private void addEvidence(
      Composite.Clip clip,
      Function<Plane, ? extends Collection<Layer>> layersOf,
      Contribution.Builder contribution) {
    int all = 0;
    for (int i = 0; i < shown.sights().size(); i++) {
      if (clip.passes().get(i).getVisibleCm2() > 0) {
        for (Plane plane : shown.sights().get(i).planes()) {
          all += plane.getLayers();
          for (Layer layer : layersOf.apply(plane)) {
            if (contribution.getEvidenceCount() < Receipts.MAX_LAYERS) {
              contribution.addEvidence(
                  layer.toBuilder().clearDevice().clearReceivedAtMs().clearSegmentedAtMs());
            }
          }
        }
      }
    }
    contribution.setEvidenceLeftOut(all - contribution.getEvidenceCount());
  }

  private ByteString inputsDigest() {
    MessageDigest sha = Observation.sha256();
    for (Plane plane : state.planes()) {
      sha.update(plane.getDigest().toByteArray());
      sha.update((byte) plane.getZoom()); // keeps one digest apart from the next
    }
    String versions = String.join("+", state.referenceVersions());
    sha.update(versions.getBytes(StandardCharsets.UTF_8));
    return ByteString.copyFrom(sha.digest(), 0, 16);
  }
}
