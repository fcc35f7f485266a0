package riada.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import riada.geo.TileId;
import riada.proto.BadInput;
import riada.proto.CloudEvents;
import riada.proto.Ground;
import riada.proto.Observation;

/**
 * Keeps the inputs of each analysis tile and, when one of them changes what is known, sends on the
 * ground and what it adds to each region. Repeats change nothing and send nothing.
 */
final class TileProcessor extends ContextualProcessor<String, TileInput, String, Measured> {
  /**
   * Store of the tiles' inputs: tile, kind and name to the TileInput as it came; of layers what is
   * said at TileInput.
   */
  static final String STORE = "tile-inputs";

  private static final StringSerializer KEYS = new StringSerializer();
  private static final Origin NO_MASK = Origin.getDefaultInstance();
  private static final int CACHED_ROWS = 256;

  private final Map<List<Integer>, RowAreas> rowAreas =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<List<Integer>, RowAreas> eldest) {
          return size() > CACHED_ROWS;
        }
      };

  @SuppressWarnings("NullAway.Init") // Streams calls init first
  private KeyValueStore<String, TileInput> inputs;

  @Override
  public void init(ProcessorContext<String, Measured> context) {
    super.init(context);
    inputs = context.getStateStore(STORE);
  }

  @Override
  public void process(Record<String, TileInput> from) {
    TileInput input = from.value();
    String tile = input.getTile();
    switch (input.getInputCase()) {
      case LAYER -> add(from, input.getLayer());
      case REGION -> {
        inputs.put(regionKey(tile, input.getRegion().getRegionId()), input);
        measureRegion(from, input.getRegion());
      }
      case REGION_GONE -> inputs.delete(regionKey(tile, input.getRegionGone()));
      case REFERENCE -> {
        inputs.put(referenceKey(tile, input.getReference().getSourceTile()), input);
        measure(from, NO_MASK);
      }
      case REFERENCE_GONE -> {
        inputs.delete(referenceKey(tile, input.getReferenceGone()));
        measure(from, NO_MASK);
      }
      case PLANE, INPUT_NOT_SET ->
          throw new IllegalStateException("no TileInput for " + tile + " to be sent");
    }
  }

  private void add(Record<String, TileInput> from, Layer layer) {
    String tile = from.value().getTile();
    String key = layerKey(tile, layer);
    TileInput before = inputs.get(key);
    if (before != null && LayerOrder.SUCCESSION.compare(layer, before.getLayer()) <= 0) {
      return;
    }
    TileInput plane = inputs.get(planeKey(tile, layer));
    if (plane != null && plane.getPlane().getFoldedUntilMs() > 0) {
      return; // its cells are no longer its own: older than hundreds of others, it stays as it is
    }
    inputs.put(key, layerInput(layer.toBuilder().clearWater().clearValid().build()));
    Plane with =
        Planes.with(
            tileId(tile),
            plane == null ? null : plane.getPlane(),
            layer,
            before == null ? null : before.getLayer());
    inputs.put(planeKey(tile, with), planeInput(with));
    measure(
        from,
        Origin.newBuilder()
            .setPublisher(layer.getPublisher())
            .setAcquiredAtMs(layer.getAcquiredAtMs())
            .setReceivedAtMs(layer.getReceivedAtMs())
            .setSegmentedAtMs(layer.getSegmentedAtMs())
            .setMeasuredAtMs(context().currentSystemTimeMs())
            .build());
  }

  private void measure(Record<String, TileInput> from, Origin origin) {
    TileState state = load(from.value().getTile());
    measure(from, state, state.regions(), origin);
  }

  /** A region came or changed: the ground's max_age may be another, other regions stay as told. */
  private void measureRegion(Record<String, TileInput> from, RegionTile region) {
    measure(from, load(from.value().getTile()), List.of(region), NO_MASK);
  }

  private void measure(
      Record<String, TileInput> from,
      TileState state,
      Collection<RegionTile> regions,
      Origin origin) {
    TileId tile = state.tile();
    RowAreas areas =
        rowAreas.computeIfAbsent(
            List.of(tile.z(), tile.y()), row -> RowAreas.of(tile.z(), tile.y()));
    GroundPicture picture = new GroundPicture(state, areas, regions);
    if (!state.planes().isEmpty()) {
      List<Layer> newest = newestLayers(tile.toString());
      send(from, picture.ground(newest, origin.getReceivedAtMs(), context().currentSystemTimeMs()));
    }
    picture
        .contributions(
            origin, plane -> layers(layersOf(tile.toString(), plane), Receipts.MAX_LAYERS))
        .forEach(contribution -> send(from, contribution));
  }

  private TileState load(String tile) {
    TileState state = new TileState(tileId(tile));
    try (KeyValueIterator<String, TileInput> all = inputs.prefixScan(tile + "|", KEYS)) {
      while (all.hasNext()) {
        state.add(all.next().value);
      }
    }
    TileState.Pruned pruned = state.prune();
    for (Plane gone : pruned.gone()) {
      inputs.delete(planeKey(tile, gone));
      layers(layersOf(tile, gone), Integer.MAX_VALUE)
          .forEach(layer -> inputs.delete(layerKey(tile, layer)));
    }
    Plane folded = pruned.folded();
    if (folded != null) {
      inputs.put(planeKey(tile, folded), planeInput(folded));
    }
    return state;
  }

  /** The newest first; of a tile with very many not all. */
  private List<Layer> newestLayers(String tile) {
    return layers("layer|" + tile + "|", GroundPicture.MAX_OBSERVATIONS);
  }

  private List<Layer> layers(String prefix, int max) {
    List<Layer> layers = new ArrayList<>();
    try (KeyValueIterator<String, TileInput> all = inputs.prefixScan(prefix, KEYS)) {
      while (all.hasNext() && layers.size() < max) {
        layers.add(all.next().value.getLayer());
      }
    }
    return layers;
  }

  private void send(Record<String, TileInput> from, Ground ground) {
    Instant asOf = Observation.instant(ground.getAsOf());
    Instant measuredAt = Observation.instant(ground.getMeasuredAt());
    Headers headers =
        CloudEvents.headers(
            CloudEvents.GROUND, "riada/alerts", ground.getTile() + "/" + measuredAt, asOf);
    from.headers().forEach(headers::add); // the intake left nothing there but the trace
    context()
        .forward(
            new Record<>(
                ground.getTile(),
                (Measured) new Measured.OfGround(ground),
                from.timestamp(),
                headers));
  }

  private void send(Record<String, TileInput> from, Contribution contribution) {
    Measured measured =
        new Measured.OfRegion(
            RegionInput.newBuilder()
                .setRegionId(contribution.getRegionId())
                .setContribution(contribution)
                .build());
    context().forward(from.withKey(contribution.getRegionId()).withValue(measured));
  }

  private static TileId tileId(String tile) {
    try {
      return TileId.parse(tile);
    } catch (BadInput e) {
      throw new IllegalStateException("an intake let pass a tile that is none", e);
    }
  }

  private static TileInput planeInput(Plane plane) {
    return TileInput.newBuilder().setPlane(plane).build();
  }

  private static TileInput layerInput(Layer layer) {
    return TileInput.newBuilder().setLayer(layer).build();
  }

  /** Layers stand apart from what makes the picture: it is read without them. */
  private static String layerKey(String tile, Layer layer) {
    String plane = planeName(layer, Planes.zoom(layer.getSourceTile()));
    return "layer|" + tile + "|" + plane + "|" + layer.getObservationId();
  }

  private static String layersOf(String tile, Plane plane) {
    return "layer|" + tile + "|" + planeName(plane) + "|";
  }

  private static String planeKey(String tile, Layer layer) {
    return tile + "|plane|" + planeName(layer, Planes.zoom(layer.getSourceTile()));
  }

  private static String planeKey(String tile, Plane plane) {
    return tile + "|plane|" + planeName(plane);
  }

  private static String planeName(Layer layer, int zoom) {
    return planeName(layer.getAcquiredAtMs(), layer.getPublisher(), layer.getScene(), zoom);
  }

  private static String planeName(Plane plane) {
    return planeName(
        plane.getAcquiredAtMs(), plane.getPublisher(), plane.getScene(), plane.getZoom());
  }

  /**
   * Sorts by time, the newest first, then the finest. Publisher and scene may hold any character,
   * so by digest.
   */
  private static String planeName(long acquiredAtMs, String publisher, String scene, int zoom) {
    MessageDigest sha = Observation.sha256();
    sha.update((publisher.length() + ":" + publisher + scene).getBytes(UTF_8));
    return String.format(
        Locale.ROOT,
        "%016x|%s|%02d",
        Long.MAX_VALUE - acquiredAtMs,
        HexFormat.of().formatHex(sha.digest(), 0, 8),
        99 - zoom);
  }

  private static String regionKey(String tile, String region) {
    return tile + "|region|" + region;
  }

  private static String referenceKey(String tile, String source) {
    return tile + "|reference|" + source;
  }
}
