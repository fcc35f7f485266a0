package riada.stream;

import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
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
  /** Store of the tiles' inputs: tile, kind and name to the TileInput as it came. */
  static final String STORE = "tile-inputs";

  private static final StringSerializer KEYS = new StringSerializer();
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
      case LAYER -> {
        String key = layerKey(tile, input.getLayer());
        TileInput before = inputs.get(key);
        if (before == null
            || LayerOrder.SUCCESSION.compare(input.getLayer(), before.getLayer()) > 0) {
          inputs.put(key, input);
          measure(from, input.getLayer().getReceivedAtMs());
        }
      }
      case REGION -> {
        inputs.put(regionKey(tile, input.getRegion().getRegionId()), input);
        measureRegion(from, input.getRegion());
      }
      case REGION_GONE -> inputs.delete(regionKey(tile, input.getRegionGone()));
      case REFERENCE -> {
        inputs.put(referenceKey(tile, input.getReference().getSourceTile()), input);
        measure(from, 0);
      }
      case REFERENCE_GONE -> {
        inputs.delete(referenceKey(tile, input.getReferenceGone()));
        measure(from, 0);
      }
      case INPUT_NOT_SET -> throw new IllegalStateException("an empty TileInput for " + tile);
    }
  }

  private void measure(Record<String, TileInput> from, long receivedAtMs) {
    TileState state = load(from.value().getTile());
    measure(from, state, state.regions(), receivedAtMs);
  }

  /** A region came or changed: the ground's max_age may be another, other regions stay as told. */
  private void measureRegion(Record<String, TileInput> from, RegionTile region) {
    measure(from, load(from.value().getTile()), List.of(region), 0);
  }

  private void measure(
      Record<String, TileInput> from,
      TileState state,
      Collection<RegionTile> regions,
      long receivedAtMs) {
    TileId tile = state.tile();
    RowAreas areas =
        rowAreas.computeIfAbsent(
            List.of(tile.z(), tile.y()), row -> RowAreas.of(tile.z(), tile.y()));
    GroundPicture picture = new GroundPicture(state, areas, regions);
    if (!state.layers().isEmpty()) {
      send(from, picture.ground(receivedAtMs, context().currentSystemTimeMs()));
    }
    picture.contributions(receivedAtMs).forEach(contribution -> send(from, contribution));
  }

  private TileState load(String tile) {
    TileState state = new TileState(tileId(tile));
    try (KeyValueIterator<String, TileInput> all = inputs.prefixScan(tile + "|", KEYS)) {
      while (all.hasNext()) {
        state.add(all.next().value);
      }
    }
    for (Layer gone : state.prune()) {
      inputs.delete(layerKey(tile, gone));
    }
    return state;
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

  private static String layerKey(String tile, Layer layer) {
    return tile + "|layer|" + layer.getObservationId();
  }

  private static String regionKey(String tile, String region) {
    return tile + "|region|" + region;
  }

  private static String referenceKey(String tile, String source) {
    return tile + "|reference|" + source;
  }
}
