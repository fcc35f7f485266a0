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
import java.util.function.Predicate;
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
 * but for the tallies of its tile, and short-lived: made for one change of the tile. From the
 * newest down it goes no further than anything can still show, and of what the sights add by
 * themselves it reckons what the tallies do not know. It keeps the masks of few sights: a tile may
 * hold any number of layers.
 */
final class GroundPicture {
  /** The most layers that the ground names: a record must stay below the topic's limit. */
  static final int MAX_OBSERVATIONS = 512;

  /** The most reference versions that a record names. */
  static final int MAX_REFERENCES = 16;

  private static final int KEPT = 4; // sights whose masks are kept: the newest
  private static final int ALL = TileGrid.SIZE * TileGrid.SIZE;

  private final TileState state;
  private final RowAreas areas;
  private final Mask reference;
  private final Mask referenceKnown;
  private final List<Sight> sights; // newest first
  private final List<Clip> clips = new ArrayList<>();
  private final Mask known = cells(); // validly seen within max_age of the newest
  private final Mask flood = cells(); // where what shows is flood
  private final Cells[] kept = new Cells[KEPT];
  private final Cells other = new Cells(cells(), cells());

  /**
   * A sight's cells.
   *
   * @param valid where it saw anything
   * @param flooded water where none is normal
   */
  private record Cells(Mask valid, Mask flooded) {}

  /** A region's cells and what each sight adds to it. */
  private static final class Clip {
    private final RegionTile region;
    private final Mask cells = cells();
    private final List<PassSums.Builder> passes = new ArrayList<>(); // as the sights
    private final List<Tally.Sums> sums = new ArrayList<>(); // likewise

    private Clip(RegionTile region, Tally tally, List<Sight> sights) {
      this.region = region;
      TileState.fill(region.getClip(), cells);
      for (Sight sight : sights) {
        sums.add(tally.of(sight.pass()));
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
    regions.forEach(region -> clips.add(new Clip(region, state.tally(region), sights)));
    lookDown();
    lookAside();
    lookBack();
    for (Clip clip : clips) {
      for (int i = 0; i < sights.size(); i++) {
        Tally.Sums sums = clip.sums.get(i);
        clip.passes
            .get(i)
            .setValidCm2(sums.validCm2())
            .setWetCm2(sums.wetCm2())
            .setFloodChangeCm2(sums.changeCm2());
      }
    }
  }

  /** What shows, from the newest down until nothing can show any more. */
  private void lookDown() {
    Mask seen = cells();
    Mask part = cells();
    for (int i = 0; i < sights.size() && seen.count() < ALL; i++) {
      Cells sight = cells(i);
      part.set(sight.valid).andNot(seen); // hidden by no newer sight
      seen.or(sight.valid);
      if (state.newestMs() - sights.get(i).pass().acquiredAtMs() <= state.maxAgeMs()) {
        known.set(seen);
      }
      if (!part.isEmpty()) {
        for (Clip clip : clips) {
          clip.passes.get(i).setVisibleCm2(areas.of(part, clip.cells));
        }
        flood.or(part.and(sight.flooded));
        for (Clip clip : clips) {
          clip.passes.get(i).setFloodCm2(areas.of(part, clip.cells));
        }
      }
    }
  }

  /** What each sight saw that no newer one of its pass did. */
  private void lookAside() {
    Mask part = cells();
    Set<List<String>> asked = new HashSet<>();
    for (int i = 0; i < sights.size(); i++) {
      if (!isKnown(i, Tally.Sums::isSeenKnown)) {
        asked.add(name(i));
      }
    }
    Map<List<String>, Mask> seenByPass = passesOfManyInstants(asked);
    for (int i = 0; i < sights.size(); i++) {
      if (asked.contains(name(i))) {
        Cells sight = cells(i);
        part.set(sight.valid);
        Mask before = seenByPass.get(name(i));
        if (before != null) {
          part.andNot(before);
          before.or(sight.valid);
        }
        for (Clip clip : clips) {
          clip.sums.get(i).valid(areas.of(part, clip.cells));
        }
        part.and(sight.flooded);
        for (Clip clip : clips) {
          clip.sums.get(i).wet(areas.of(part, clip.cells));
        }
      }
    }
  }

  /** An empty mask for each pass that saw the tile more than once: only these need one. */
  private Map<List<String>, Mask> passesOfManyInstants(Set<List<String>> asked) {
    Set<List<String>> once = new HashSet<>();
    Map<List<String>, Mask> often = new HashMap<>();
    for (int i = 0; i < sights.size() && !asked.isEmpty(); i++) {
      if (!once.add(name(i)) && asked.contains(name(i))) {
        often.computeIfAbsent(name(i), pass -> cells());
      }
    }
    return often;
  }

  /** How each sight changed the whole flood, from the oldest up. */
  private void lookBack() {
    Mask shown = cells(); // flood in the picture before the sight at hand
    boolean isShown = true;
    for (int i = sights.size() - 1; i >= 0; i--) {
      if (isKnown(i, Tally.Sums::isChangeKnown)) {
        isShown = false;
        continue;
      }
      if (!isShown) {
        picture(i + 1, shown);
        isShown = true;
      }
      long[] before = new long[clips.size()];
      for (int c = 0; c < before.length; c++) {
        before[c] = areas.of(shown, clips.get(c).cells);
      }
      Cells sight = cells(i);
      shown.andNot(sight.valid).or(sight.flooded);
      for (int c = 0; c < before.length; c++) {
        clips.get(c).sums.get(i).change(areas.of(shown, clips.get(c).cells) - before[c]);
      }
    }
  }

  /** Makes {@code shown} the flood in the picture of the sights from {@code first} back. */
  private void picture(int first, Mask shown) {
    Mask seen = cells();
    Mask part = cells();
    shown.clear();
    for (int i = first; i < sights.size() && seen.count() < ALL; i++) {
      Cells sight = cells(i);
      shown.or(part.set(sight.flooded).andNot(seen));
      seen.or(sight.valid);
    }
  }

  private boolean isKnown(int sight, Predicate<Tally.Sums> known) {
    for (Clip clip : clips) {
      if (!known.test(clip.sums.get(sight))) {
        return false;
      }
    }
    return true;
  }

  private List<String> name(int sight) {
    return List.of(sights.get(sight).pass().publisher(), sights.get(sight).pass().scene());
  }

  /** Stays as it is until the next call: nobody writes there. */
  private Cells cells(int sight) {
    if (sight < KEPT && kept[sight] != null) {
      return kept[sight];
    }
    Cells cells = sight < KEPT ? new Cells(cells(), cells()) : other;
    sights.get(sight).paint(cells.valid, cells.flooded);
    cells.flooded.andNot(reference);
    if (sight < KEPT) {
      kept[sight] = cells;
    }
    return cells;
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
              .setReferenceCm2(state.hasReference() ? areas.of(reference, clip.cells) : 0)
              .setReferenceKnownCm2(state.hasReference() ? areas.of(referenceKnown, clip.cells) : 0)
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
