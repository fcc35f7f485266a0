package riada.stream;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import riada.geo.TileGrid;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.Ground;
import riada.proto.Observation;
import riada.proto.ObservationRef;

/**
 * What the layers of a tile show together: a cell shows the newest layer in which it is valid. Pure
 * and short-lived: made for one change of the tile.
 */
final class GroundPicture {
  private final TileState state;
  private final RowAreas areas;
  private final Mask reference;
  private final Mask referenceKnown;
  private final List<Layer> layers; // newest first, as all lists below
  private final List<Mask> valid = new ArrayList<>();
  private final List<Mask> flooded = new ArrayList<>(); // validly seen water where none is normal
  private final List<Mask> visible = new ArrayList<>(); // valid, and hidden by no newer layer
  private final List<Mask> firstSeen = new ArrayList<>(); // valid, and not yet by the same pass

  GroundPicture(TileState state, RowAreas areas) {
    this.state = state;
    this.areas = areas;
    this.reference = state.reference();
    this.referenceKnown = state.referenceKnown();
    this.layers = List.copyOf(state.layers());
    Mask seen = new Mask(TileGrid.SIZE, TileGrid.SIZE);
    Map<List<String>, Mask> seenByPass = new HashMap<>();
    for (Layer layer : layers) {
      Mask here = TileState.mask(layer.getValid());
      valid.add(here);
      flooded.add(TileState.mask(layer.getWater()).and(here).andNot(reference));
      visible.add(here.copy().andNot(seen));
      seen.or(here);
      Mask byPass =
          seenByPass.computeIfAbsent(
              List.of(layer.getPublisher(), layer.getScene()),
              pass -> new Mask(TileGrid.SIZE, TileGrid.SIZE));
      firstSeen.add(here.copy().andNot(byPass));
      byPass.or(here);
    }
  }

  /**
   * The ground at the newest layer's time; the tile must have one.
   *
   * @param receivedAtMs of the mask that caused it; 0 when none did
   */
  Ground ground(long receivedAtMs, long measuredAtMs) {
    long asOf = state.newestMs();
    long maxAge = state.maxAgeMs();
    Mask known = new Mask(TileGrid.SIZE, TileGrid.SIZE);
    Mask flood = new Mask(TileGrid.SIZE, TileGrid.SIZE);
    Ground.Builder ground = Ground.newBuilder();
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      if (asOf - layer.getAcquiredAtMs() <= maxAge) {
        known.or(valid.get(i));
      }
      flood.or(visible.get(i).copy().and(flooded.get(i)));
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
    return ground
        .setTile(state.tile().toString())
        .setFlood(RunLength.encode(flood.copy().and(known)))
        .setStale(RunLength.encode(flood.andNot(known)))
        .setReference(RunLength.encode(reference))
        .setUnknown(RunLength.encode(known.not()))
        .setAsOf(Observation.timestamp(Instant.ofEpochMilli(asOf)))
        .setReferenceVersion(state.referenceVersion())
        .setMaxAge(
            Duration.newBuilder()
                .setSeconds(maxAge / 1000)
                .setNanos((int) (maxAge % 1000) * 1_000_000))
        .setMeasuredAt(Observation.timestamp(Instant.ofEpochMilli(measuredAtMs)))
        .setModel(layers.get(0).getModel())
        .setDevice(layers.get(0).getDevice())
        .build();
  }

  /** What the tile adds to {@code region}. */
  Contribution contribution(RegionTile region, long receivedAtMs) {
    Mask clip = TileState.mask(region.getClip());
    Map<PassKey, PassSums.Builder> passes = new TreeMap<>((a, b) -> b.compareTo(a));
    Mask shown = new Mask(TileGrid.SIZE, TileGrid.SIZE); // flood in the picture so far
    long shownCm2 = 0;
    for (int i = layers.size() - 1; i >= 0; i--) {
      PassKey key = PassKey.of(layers.get(i));
      PassSums.Builder pass =
          passes.computeIfAbsent(
              key,
              k ->
                  PassSums.newBuilder()
                      .setPublisher(k.publisher())
                      .setScene(k.scene())
                      .setAcquiredAtMs(k.acquiredAtMs()));
      shown.andNot(valid.get(i)).or(flooded.get(i));
      long after = area(shown, clip);
      pass.setFloodChangeCm2(pass.getFloodChangeCm2() + after - shownCm2);
      shownCm2 = after;
      pass.setValidCm2(pass.getValidCm2() + area(firstSeen.get(i), clip));
      if (!visible.get(i).isEmpty()) {
        pass.setVisibleCm2(pass.getVisibleCm2() + area(visible.get(i), clip));
        Mask visibleFlood = visible.get(i).copy().and(flooded.get(i));
        pass.setFloodCm2(pass.getFloodCm2() + area(visibleFlood, clip));
      }
    }
    Contribution.Builder contribution =
        Contribution.newBuilder()
            .setRegionId(region.getRegionId())
            .setRegionVersion(region.getRegionVersion())
            .setTile(state.tile().toString())
            .setReferenceCm2(area(reference, clip))
            .setReferenceKnownCm2(area(referenceKnown, clip))
            .setInputsDigest(inputsDigest())
            .setReceivedAtMs(receivedAtMs);
    passes.values().forEach(contribution::addPasses);
    return contribution.build();
  }

  private long area(Mask mask, Mask clip) {
    return areas.of(mask.copy().and(clip));
  }

  private ByteString inputsDigest() {
    MessageDigest sha = Observation.sha256();
    ByteBuffer number = ByteBuffer.allocate(4);
    for (Layer layer : layers) {
      sha.update(layer.getObservationId().getBytes(StandardCharsets.UTF_8));
      sha.update(number.putInt(0, layer.getProcessingVersion()).array());
      sha.update(layer.getModel().getDigest().getBytes(StandardCharsets.UTF_8));
      sha.update(layer.getMaskDigest().toByteArray());
    }
    sha.update(state.referenceVersion().getBytes(StandardCharsets.UTF_8));
    return ByteString.copyFrom(sha.digest(), 0, 16);
  }
}
