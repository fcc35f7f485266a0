package riada.stream;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import riada.cap.FloodBlocks;
import riada.geo.TileGrid;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.Ground;
import riada.proto.Observation;
import riada.proto.ObservationRef;

/**
 * What the layers of a tile show together: a cell shows the newest layer in which it is valid. Pure
 * and short-lived: made for one change of the tile. It goes through the sights twice, from the
 * newest down for what shows and from the oldest up for what each changed, and keeps the masks of
 * none: a tile may hold any number of layers.
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
  private final List<Sight> sights; // newest first
  private final List<Clip> clips = new ArrayList<>();
  private final Mask known = cells(); // validly seen within max_age of the newest
  private final Mask flood = cells(); // where what shows is flood
  private final Mask valid = cells(); // of the sight at hand
  private final Mask flooded = cells(); // of the sight at hand: water where none is normal

  /** A region's cells and what each sight adds to it. */
  private static final class Clip {
    private final RegionTile region;
    private final Mask cells = cells();
    private final List<PassSums.Builder> passes = new ArrayList<>(); // as the sights
    private long shownCm2; // flood in the picture so far, from the oldest up

    private Clip(RegionTile region, List<Sight> sights) {
      this.region = region;
      TileState.fill(region.getClip(), cells);
      for (Sight sight : sights) {
        passes.add(
            PassSums.newBuilder()
                .setPublisher(sight.pass().publisher())
                .setScene(sight.pass().scene())
                .setAcquiredAtMs(sight.pass().acquiredAtMs()));
      }
    }
  }

  /**
   * @param regions for which contributions are wanted
   */
  GroundPicture(TileState state, RowAreas areas, Collection<RegionTile> regions) {
    this.state = state;
    this.areas = areas;
    this.reference = state.reference();
    this.referenceKnown = state.referenceKnown();
    this.sights = Sight.of(state.planes());
    regions.forEach(region -> clips.add(new Clip(region, sights)));
    lookDown();
    if (!clips.isEmpty()) {
      lookBack();
    }
  }

  private void lookDown() {
    Mask seen = cells();
    Mask part = cells();
    Map<List<String>, Mask> seenByPass = passesOfManyInstants();
    for (int i = 0; i < sights.size(); i++) {
      paint(i);
      PassKey pass = sights.get(i).pass();
      if (state.newestMs() - pass.acquiredAtMs() <= state.maxAgeMs()) {
        known.or(valid);
      }
      part.set(valid); // not yet seen by the same pass
      Mask before = seenByPass.get(List.of(pass.publisher(), pass.scene()));
      if (before != null) {
        part.andNot(before);
        before.or(valid);
      }
      for (Clip clip : clips) {
        clip.passes.get(i).setValidCm2(areas.of(part, clip.cells));
      }
      part.and(flooded);
      for (Clip clip : clips) {
        clip.passes.get(i).setWetCm2(areas.of(part, clip.cells));
      }
      part.set(valid).andNot(seen); // hidden by no newer sight
      seen.or(valid);
      if (!part.isEmpty()) {
        for (Clip clip : clips) {
          clip.passes.get(i).setVisibleCm2(areas.of(part, clip.cells));
        }
        flood.or(part.and(flooded));
        for (Clip clip : clips) {
          clip.passes.get(i).setFloodCm2(areas.of(part, clip.cells));
        }
      }
    }
  }

  private void lookBack() {
    Mask shown = cells(); // flood in the picture so far
    for (int i = sights.size() - 1; i >= 0; i--) {
      paint(i);
      shown.andNot(valid).or(flooded);
      for (Clip clip : clips) {
        long after = areas.of(shown, clip.cells);
        clip.passes.get(i).setFloodChangeCm2(after - clip.shownCm2);
        clip.shownCm2 = after;
      }
    }
  }

  private void paint(int sight) {
    sights.get(sight).paint(valid, flooded);
    flooded.andNot(reference);
  }

  /** An empty mask for each pass that saw the tile more than once: only these need one. */
  private Map<List<String>, Mask> passesOfManyInstants() {
    Set<List<String>> once = new HashSet<>();
    Map<List<String>, Mask> often = new HashMap<>();
    for (Sight sight : sights) {
      List<String> name = List.of(sight.pass().publisher(), sight.pass().scene());
      if (!once.add(name)) {
        often.computeIfAbsent(name, pass -> cells());
      }
    }
    return often;
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
    for (Clip clip : clips) {
      Contribution.Builder contribution =
          Contribution.newBuilder()
              .setRegionId(clip.region.getRegionId())
              .setRegionVersion(clip.region.getRegionVersion())
              .setTile(state.tile().toString())
              .setReferenceCm2(areas.of(reference, clip.cells))
              .setReferenceKnownCm2(areas.of(referenceKnown, clip.cells))
              .setInputsDigest(digest)
              .addAllReferenceVersions(
                  state.referenceVersions().stream().limit(MAX_REFERENCES).toList())
              .setFloodBlocks(FloodBlocks.of(flood.copy().and(clip.cells)));
      if (!origin.equals(Origin.getDefaultInstance())) {
        contribution.setOrigin(origin);
      }
      clip.passes.forEach(contribution::addPasses);
      addEvidence(clip, layersOf, contribution);
      long minPatchCm2 = clip.region.getMinPatchCm2();
      if (minPatchCm2 > 0) {
        Patches.Found found = Patches.of(flood.copy().and(clip.cells), areas, minPatchCm2);
        contribution.setMappedCm2(found.mappedCm2()).addAllOpen(found.open());
      }
      contributions.add(contribution.build());
    }
    return contributions;
  }

  /** The layers of the sights that show in the region: its areas rest on no other. */
  private void addEvidence(
      Clip clip,
      Function<Plane, ? extends Collection<Layer>> layersOf,
      Contribution.Builder contribution) {
    int all = 0;
    for (int i = 0; i < sights.size(); i++) {
      if (clip.passes.get(i).getVisibleCm2() > 0) {
        for (Plane plane : sights.get(i).planes()) {
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

  private static Mask cells() {
    return new Mask(TileGrid.SIZE, TileGrid.SIZE);
  }
}
