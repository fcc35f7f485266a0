package riada.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import riada.geo.TileId;
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

  private static final HexFormat HEX = HexFormat.of();
  private static final Origin NO_MASK = Origin.getDefaultInstance();
  private static final int CACHED_ROWS = 256;
  private static final long CACHED_BYTES = 8 << 20;

  private final Map<List<Integer>, RowAreas> rowAreas =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<List<Integer>, RowAreas> eldest) {
          return size() > CACHED_ROWS;
        }
      };

  @SuppressWarnings("NullAway.Init") // Streams calls init first
  private KeyValueStore<String, TileInput> inputs;

  @SuppressWarnings("NullAway.Init")
  private TileStates states;

  @Override
  public void init(ProcessorContext<String, Measured> context) {
    super.init(context);
    inputs = context.getStateStore(STORE);
    states = new TileStates(inputs, CACHED_BYTES);
  }

  @Override
  public void process(Record<String, TileInput> given) {
    long at = Intake.notAhead(given.timestamp(), context().currentSystemTimeMs());
    Record<String, TileInput> from = given.withTimestamp(at);
    TileInput input = from.value();
    String tile = input.getTile();
    TileState state = states.of(tile);
    switch (input.getInputCase()) {
      case LAYER -> add(from, state, input.getLayer());
      case REGION -> {
        keep(state, regionKey(tile, input.getRegion().getRegionId()), input);
        // The ground's max_age may be another; what other regions have from the tile stays as told.
        measure(from, state, List.of(input.getRegion()), NO_MASK);
      }
      case REGION_GONE -> {
        inputs.delete(regionKey(tile, input.getRegionGone()));
        state.add(input);
      }
      case REFERENCE -> {
        keep(state, referenceKey(tile, input.getReference().getSourceTile()), input);
        measure(from, state, state.regions(), NO_MASK);
      }
      case REFERENCE_GONE -> {
        inputs.delete(referenceKey(tile, input.getReferenceGone()));
        state.add(input);
        measure(from, state, state.regions(), NO_MASK);
      }
      case PLANE, INPUT_NOT_SET ->
          throw new IllegalStateException("no TileInput for " + tile + " to be sent");
    }
    states.settle(state);
  }

  /** In the store and in memory alike. */
  private void keep(TileState state, String key, TileInput input) {
    inputs.put(key, input);
    state.add(input);
  }

  private void add(Record<String, TileInput> from, TileState state, Layer layer) {
    String tile = from.value().getTile();
    String name = layerName(layer);
    TileLayers layers = states.layers(tile);
    Layer before = layers.get(name);
    if (before != null && LayerOrder.SUCCESSION.compare(layer, before) <= 0) {
      return;
    }
    Plane plane = state.plane(Planes.named(layer));
    if (plane != null && plane.getFoldedUntilMs() > 0) {
      return; // its cells are no longer its own: older than hundreds of others, it stays as it is
    }
    Layer named = layer.toBuilder().clearWater().clearValid().build();
    layers.put(name, named);
    Plane with = Planes.with(state.tile(), plane, layer, before);
    keep(state, planeKey(tile, with), TileInput.newBuilder().setPlane(with).build());
    measure(
        from,
        state,
        state.regions(),
        Origin.newBuilder()
            .setPublisher(layer.getPublisher())
            .setAcquiredAtMs(layer.getAcquiredAtMs())
            .setReceivedAtMs(layer.getReceivedAtMs())
            .setSegmentedAtMs(layer.getSegmentedAtMs())
            .setMeasuredAtMs(context().currentSystemTimeMs())
            .build());
  }

  private void measure(
      Record<String, TileInput> from,
      TileState state,
      Collection<RegionTile> regions,
      Origin origin) {
    prune(state);
    TileId tile = state.tile();
    RowAreas areas =
        rowAreas.computeIfAbsent(
            List.of(tile.z(), tile.y()), row -> RowAreas.of(tile.z(), tile.y()));
    GroundPicture picture = new GroundPicture(state, areas, regions);
    TileLayers layers = states.layers(tile.toString());
    if (!state.planes().isEmpty()) {
      List<Layer> newest = layers.newest(GroundPicture.MAX_OBSERVATIONS); // of very many not all
      send(from, picture.ground(newest, origin.getReceivedAtMs(), context().currentSystemTimeMs()));
    }
    picture
        .contributions(origin, plane -> layers.of(planeName(plane), Receipts.MAX_LAYERS))
        .forEach(contribution -> send(from, contribution));
  }

  private void prune(TileState state) {
    String tile = state.tile().toString();
    TileState.Pruned pruned = state.prune();
    for (Plane gone : pruned.gone()) {
      inputs.delete(planeKey(tile, gone));
      states.layers(tile).remove(planeName(gone));
    }
    Plane folded = pruned.folded();
    if (folded != null) {
      inputs.put(planeKey(tile, folded), TileInput.newBuilder().setPlane(folded).build());
    }
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

  private static String layerName(Layer layer) {
    return planeName(Planes.named(layer)) + "|" + layer.getObservationId();
  }

  private static String planeKey(String tile, Plane plane) {
    return tile + "|plane|" + planeName(plane);
  }

  /**
   * Sorts by time, the newest first, then the finest. Publisher and scene may hold any character,
   * so by digest.
   */
  private static String planeName(Plane plane) {
    String publisher = plane.getPublisher();
    MessageDigest sha = Observation.sha256();
    sha.update((publisher.length() + ":" + publisher + plane.getScene()).getBytes(UTF_8));
    int rank = 99 - plane.getZoom(); // always two digits
    return HEX.toHexDigits(Long.MAX_VALUE - plane.getAcquiredAtMs())
        + "|"
        + HEX.formatHex(sha.digest(), 0, 8)
        + "|"
        + rank;
  }

  private static String regionKey(String tile, String region) {
    return tile + "|region|" + region;
  }

  private static String referenceKey(String tile, String source) {
    return tile + "|reference|" + source;
  }
}
