package riada.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import riada.cap.CapPolygon;
import riada.cap.CapWriter;
import riada.cap.FloodBlocks;
import riada.cap.FloodCover;
import riada.cap.Issuer;
import riada.geo.TileId;
import riada.proto.Alert;
import riada.proto.BadInput;
import riada.proto.Evidence;
import riada.proto.ModelRef;
import riada.proto.Observation;

/**
 * Completes an alert before it goes out: what it rests on, by name and digest, the versions that it
 * was made with, and the same alert as CAP. The evidence of an alert are the observations that show
 * in its region: its areas are theirs alone. Owned by one thread.
 */
final class Receipts {
  /** Store of {@link SentAlerts} by region id: CAP names earlier messages with their times. */
  static final String STORE = "receipts";

  /** The most observations that an alert names; further ones are counted. */
  static final int MAX_OBSERVATIONS = 10_000;

  /** The most layers that a tile names to a region; further ones are counted. */
  static final int MAX_LAYERS = 256;

  private static final int MAX_REFERENCES = 50; // earlier messages in CAP, the newest
  private static final int MAX_MODELS = 16;
  private static final int MAX_VERSIONS = 16;
  private static final StringSerializer KEYS = new StringSerializer();

  private final Issuer issuer;
  private final CapWriter writer;

  @SuppressWarnings("NullAway.Init") // open comes first
  private KeyValueStore<String, SentAlerts> sent;

  @SuppressWarnings("NullAway.Init")
  private KeyValueStore<String, Contribution> contributions;

  /**
   * What goes out.
   *
   * @param evidence a record for each observation that the alert names
   */
  record Receipt(Alert alert, List<Evidence> evidence) {
    Receipt {
      evidence = List.copyOf(evidence);
    }
  }

  Receipts(Issuer issuer) {
    this.issuer = issuer;
    this.writer = new CapWriter(issuer);
  }

  void open(
      KeyValueStore<String, SentAlerts> sent, KeyValueStore<String, Contribution> contributions) {
    this.sent = sent;
    this.contributions = contributions;
  }

  /** The key of a piece of evidence. */
  static String key(String incidentId, String observationId) {
    return incidentId + "/" + observationId;
  }

  /** Completes {@code alert}, whose figures rest on its region's contributions as they are now. */
  Receipt seal(Alert alert) {
    Basis basis = basis(alert);
    Alert receipt =
        Alert.newBuilder()
            .setStatus(issuer.status())
            .setSoftwareVersion(issuer.software())
            .addAllModels(basis.models())
            .setReferenceVersion(versions(basis.references))
            .setObservationCount(basis.layers.size() + basis.leftOut)
            .setObservationsKept(basis.layers.size())
            .setObservationsDigest(digest(basis.layers.values()))
            .build();
    return finish(alert, receipt, basis);
  }

  /**
   * Completes the CANCEL of a region that was deleted. Its figures are those told last, so what
   * they rest on is what the alert before it named, whatever the tiles have reported since; the
   * evidence is named again where it is still that.
   */
  Receipt withdraw(Alert alert) {
    SentAlerts before = sent.get(alert.getRegionId());
    if (before == null || !before.hasReceipt()) {
      return seal(alert);
    }
    Basis basis = basis(alert);
    boolean same =
        digest(basis.layers.values()).equals(before.getReceipt().getObservationsDigest());
    Receipt receipt = finish(alert, before.getReceipt(), basis);
    return same ? receipt : new Receipt(receipt.alert(), List.of());
  }

  /**
   * What a region's incident rests on now, be it pending or open, as evidence that belongs to no
   * alert.
   */
  List<Evidence> named(String region, String incident) {
    Alert none = Alert.newBuilder().setRegionId(region).setIncidentId(incident).build();
    return basis(none).layers.values().stream().map(one -> evidence(none, one)).toList();
  }

  /** A region's alerts are no longer kept anywhere. */
  void forget(String region) {
    sent.delete(region);
  }

  private Basis basis(Alert alert) {
    Basis basis = new Basis();
    // What is flooded first: of an enormous region not all observations can be named.
    each(alert, one -> basis.add(one, true));
    each(alert, one -> basis.add(one, false));
    return basis;
  }

  private Receipt finish(Alert alert, Alert receipt, Basis basis) {
    Alert.Builder sealed = alert.toBuilder().mergeFrom(receipt);
    List<CapPolygon> flood = basis.flood.polygons();
    List<CapPolygon> area = flood.isEmpty() ? basis.region.polygons() : flood;
    sealed.setCapXml(writer.xml(sealed.build(), area, references(alert, receipt)));
    return new Receipt(
        sealed.build(), basis.layers.values().stream().map(one -> evidence(alert, one)).toList());
  }

  private void each(Alert alert, Consumer<Contribution> taker) {
    try (KeyValueIterator<String, Contribution> all =
        contributions.prefixScan(alert.getRegionId() + "\0", KEYS)) {
      all.forEachRemaining(entry -> taker.accept(entry.value));
    }
  }

  /** What a region's contributions say together. */
  private static final class Basis {
    private final SortedMap<String, Layer> layers = new TreeMap<>(); // by observation
    private final SortedSet<String> references = new TreeSet<>();
    private final FloodCover flood = new FloodCover();
    private final FloodCover region = new FloodCover();
    private int leftOut;

    /** Takes it in if it has flood, or has none, as {@code flooded} says. */
    private void add(Contribution contribution, boolean flooded) {
      if (contribution.getFloodBlocks().isEmpty() == flooded) {
        return;
      }
      TileId tile = tileId(contribution.getTile());
      region.add(tile);
      FloodBlocks.tiles(tile, contribution.getFloodBlocks()).forEach(flood::add);
      references.addAll(contribution.getReferenceVersionsList());
      leftOut += contribution.getEvidenceLeftOut();
      for (Layer layer : contribution.getEvidenceList()) {
        if (layers.size() < MAX_OBSERVATIONS || layers.containsKey(layer.getObservationId())) {
          layers.put(layer.getObservationId(), layer);
        } else {
          leftOut++;
        }
      }
    }

    private Collection<ModelRef> models() {
      Map<String, ModelRef> models = new LinkedHashMap<>();
      for (Layer layer : layers.values()) {
        if (models.size() < MAX_MODELS) {
          models.putIfAbsent(layer.getModel().getDigest(), layer.getModel());
        }
      }
      return models.values();
    }
  }

  /** Joined by "+", the first of them where there are very many. */
  static String versions(SortedSet<String> versions) {
    String named = String.join("+", versions.stream().limit(MAX_VERSIONS).toList());
    return versions.size() <= MAX_VERSIONS ? named : named + "+...";
  }

  /**
   * The digest of evidence: the first 16 bytes of SHA-256 over each observation in the order of
   * their ids, its id, processing version (four bytes), model digest and mask digest; as 32 hex
   * digits.
   */
  private static String digest(Collection<Layer> layers) {
    MessageDigest sha = Observation.sha256();
    for (Layer layer : layers) {
      add(
          sha,
          layer.getObservationId(),
          layer.getProcessingVersion(),
          layer.getModel(),
          layer.getMaskDigest());
    }
    return HexFormat.of().formatHex(sha.digest(), 0, 16);
  }

  static void add(
      MessageDigest sha, String observation, int processing, ModelRef model, ByteString mask) {
    sha.update(observation.getBytes(UTF_8));
    sha.update(ByteBuffer.allocate(4).putInt(0, processing).array());
    sha.update(model.getDigest().getBytes(UTF_8));
    sha.update(mask.toByteArray());
  }

  private static Evidence evidence(Alert alert, Layer layer) {
    return Evidence.newBuilder()
        .setIncidentId(alert.getIncidentId())
        .setObservationId(layer.getObservationId())
        .setSequence(alert.getSequence())
        .setTileId(layer.getSourceTile())
        .setSourcePartition(layer.getTileSource().getPartition())
        .setSourceOffset(layer.hasTileSource() ? layer.getTileSource().getOffset() : -1)
        .setMaskDigest(layer.getMaskDigest())
        .setModel(layer.getModel())
        .setProcessingVersion(layer.getProcessingVersion())
        .build();
  }

  /** The messages before this one; it is remembered for those after it, with its receipt. */
  private List<CapWriter.Reference> references(Alert alert, Alert receipt) {
    SentAlerts known = sent.get(alert.getRegionId());
    List<SentAlert> before = new ArrayList<>();
    if (known != null && known.getIncidentId().equals(alert.getIncidentId())) {
      before.addAll(known.getAlertsList());
    }
    List<CapWriter.Reference> references =
        before.stream()
            .map(
                one ->
                    new CapWriter.Reference(
                        one.getAlertId(), Instant.ofEpochMilli(one.getSentMs())))
            .toList();
    before.add(
        SentAlert.newBuilder()
            .setAlertId(alert.getAlertId())
            .setSentMs(Observation.instant(alert.getAlertedAt()).toEpochMilli())
            .build());
    sent.put(
        alert.getRegionId(),
        SentAlerts.newBuilder()
            .setIncidentId(alert.getIncidentId())
            .setReceipt(receipt)
            .addAllAlerts(
                before.subList(Math.max(0, before.size() - MAX_REFERENCES), before.size()))
            .build());
    return references;
  }

  private static TileId tileId(String tile) {
    try {
      return TileId.parse(tile);
    } catch (BadInput e) {
      throw new IllegalStateException("an intake let pass a tile that is none", e);
    }
  }
}
