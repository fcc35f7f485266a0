package riada.stream;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import riada.proto.BadInput;
import riada.proto.DeadLetters;
import riada.proto.Evidence;
import riada.proto.RegionStats;
import riada.proto.Topics;

/**
 * Keeps each region's sums and the life of its incident, and sends figures and alerts. A region
 * speaks once each of its tiles has reported; it is silent again when it was changed, until the
 * tiles have reported on the change.
 */
final class IncidentProcessor extends ContextualProcessor<String, RegionInput, String, Judged> {
  /** Store of RegionLife by region id. */
  static final String REGIONS = "regions";

  private final long silenceMs;
  private final Receipts receipts;

  @SuppressWarnings("NullAway.Init") // Streams calls init first
  private RegionSums sums;

  @SuppressWarnings("NullAway.Init")
  private KeyValueStore<String, RegionLife> lives;

  @SuppressWarnings("NullAway.Init")
  private Timings timings;

  IncidentProcessor(TopologyConfig config) {
    this.silenceMs = config.silence().toMillis();
    this.receipts = new Receipts(config.issuer());
  }

  @Override
  public void init(ProcessorContext<String, Judged> context) {
    super.init(context);
    sums = new RegionSums(context.getStateStore(RegionSums.STORE));
    lives = context.getStateStore(REGIONS);
    timings = new Timings(context.metrics());
    receipts.open(context.getStateStore(Receipts.STORE), context.getStateStore(RegionSums.STORE));
    context.schedule(
        Duration.ofMillis(silenceMs), PunctuationType.WALL_CLOCK_TIME, this::listenToSilence);
    context.schedule(Duration.ofHours(1), PunctuationType.WALL_CLOCK_TIME, this::keepHouse);
  }

  @Override
  public void process(Record<String, RegionInput> from) {
    RegionInput input = from.value();
    String region = input.getRegionId();
    long at = Intake.notAhead(from.timestamp(), now());
    switch (input.getInputCase()) {
      case DEFINITION -> define(region, input.getDefinition());
      case DELETED -> delete(region, at);
      case CONTRIBUTION -> count(input.getContribution(), at);
      case CHILD -> adopt(region, input.getChild(), at);
      case PARENT -> obey(region, input.getParent(), at);
      case ACTION -> act(region, input.getAction(), at);
      case INPUT_NOT_SET -> throw new IllegalStateException("an empty RegionInput for " + region);
    }
  }

  private RegionLife life(String region) {
    RegionLife known = lives.get(region);
    return known == null ? RegionLife.getDefaultInstance() : known;
  }

  private void define(String region, RegionDefinition definition) {
    sums.forget(region);
    RegionLife before = life(region);
    RegionLife.Builder life = before.toBuilder().setDefinition(definition);
    String parent = definition.getRegion().getParent();
    if (!parent.equals(before.getDefinition().getRegion().getParent())) {
      life.clearParentSilences().clearAncestors(); // the new one will tell
      if (!parent.isEmpty()) {
        life.addAncestors(parent);
      }
    }
    lives.put(region, life.build());
  }

  private void delete(String region, long timestamp) {
    RegionLife life = life(region);
    if (!life.hasDefinition()) {
      return;
    }
    RegionLife ended = Incidents.withdrawn(life, now());
    if (ended.getSequence() > life.getSequence()) {
      send(receipts.withdraw(Incidents.newest(ended)));
    }
    sums.forget(region);
    if (Telling.silencesChildren(life) && life.getChildrenCount() > 0) {
      send(
          region,
          RegionStats.newBuilder()
              .setRegionId(region)
              .addAllChildren(life.getChildrenList())
              .build(),
          timestamp);
    }
    // The incident's id and sequence stay: should the region come back, no alert id comes twice.
    lives.put(
        region,
        ended.toBuilder()
            .clearDefinition()
            .clearDry()
            .clearAsOfMs()
            .clearParentSilences()
            .clearAncestors()
            .build());
    context().forward(new Record<>(region, (Judged) new Judged.OfStats(null), timestamp));
  }

  private void count(Contribution contribution, long timestamp) {
    String region = contribution.getRegionId();
    RegionLife life = life(region);
    if (!life.hasDefinition()
        || !life.getDefinition().getVersion().equals(contribution.getRegionVersion())) {
      return; // of a region as it was before it was changed or deleted
    }
    RegionState state = sums.count(life.getDefinition(), contribution);
    if (state.isComplete()) {
      life = Ageing.seen(life, state.newestMs(), now());
      life = Timings.counted(life, contribution.getOrigin(), now());
      lives.put(region, judge(life, contribution.getOrigin().getReceivedAtMs(), timestamp));
      timings.record(region, contribution.getOrigin(), now());
    }
  }

  private void adopt(String region, ChildNotice notice, long timestamp) {
    RegionLife life = life(region);
    TreeSet<String> children = new TreeSet<>(life.getChildrenList());
    if (notice.getGone() ? children.remove(notice.getChild()) : children.add(notice.getChild())) {
      speak(region, life.toBuilder().clearChildren().addAllChildren(children).build(), timestamp);
    } else if (!notice.getGone()) {
      speak(region, life, timestamp); // it was changed: it must hear again what its parent is at
    }
  }

  private void obey(String region, ParentNotice notice, long timestamp) {
    RegionLife life = life(region);
    if (notice.getParent().equals(life.getDefinition().getRegion().getParent())) {
      RegionLife after = Telling.obeying(region, life, notice);
      if (!after.equals(life)) {
        speak(region, after, timestamp);
      }
    }
  }

  private void act(String region, ActionInput input, long timestamp) {
    try {
      RegionLife life = life(region);
      RegionLife after = Actions.apply(life, input.getAction());
      if (!after.equals(life)) {
        speak(region, after, timestamp);
      }
    } catch (BadInput why) {
      dead(input, why);
    }
  }

  /** Keeps a changed life, and tells of it if the region has its figures. */
  private void speak(String region, RegionLife life, long timestamp) {
    boolean whole = life.hasDefinition() && sums.of(life.getDefinition()).isComplete();
    lives.put(region, whole ? judge(life, 0, timestamp) : life);
  }

  /**
   * Figures age though no tile comes: they are told again for each region that hears nothing new.
   */
  private void listenToSilence(long nowMs) {
    List<KeyValue<String, RegionLife>> silent = new ArrayList<>();
    try (KeyValueIterator<String, RegionLife> all = lives.all()) {
      while (all.hasNext()) {
        KeyValue<String, RegionLife> entry = all.next();
        if (Ageing.isDue(entry.value, silenceMs, nowMs)) {
          silent.add(entry);
        }
      }
    }
    for (KeyValue<String, RegionLife> entry : silent) {
      RegionState state = sums.of(entry.value.getDefinition());
      if (state.isComplete() && state.newestMs() > 0) {
        RegionLife life = Ageing.aged(entry.value, state.newestMs(), nowMs);
        lives.put(entry.key, judge(life, 0, nowMs));
      }
    }
  }

  /**
   * Names the evidence of incidents that are not over, and drops what nobody can ask for any more.
   */
  private void keepHouse(long nowMs) {
    List<KeyValue<String, RegionLife>> due = new ArrayList<>();
    try (KeyValueIterator<String, RegionLife> all = lives.all()) {
      while (all.hasNext()) {
        KeyValue<String, RegionLife> entry = all.next();
        if (Upkeep.isForgotten(entry.value, nowMs)
            || !Upkeep.kept(entry.value, nowMs).equals(entry.value)) {
          due.add(entry);
        }
      }
    }
    for (KeyValue<String, RegionLife> entry : due) {
      if (Upkeep.isForgotten(entry.value, nowMs)) {
        lives.delete(entry.key);
        receipts.forget(entry.key);
        continue;
      }
      if (Upkeep.isNamingDue(entry.value, nowMs)) {
        send(receipts.named(entry.key, entry.value.getIncidentId()));
      }
      lives.put(entry.key, Upkeep.kept(entry.value, nowMs));
    }
  }

  /** Decides, tells what is to be told, and sends the figures. Returns the life after it. */
  private RegionLife judge(RegionLife known, long receivedAtMs, long timestamp) {
    RegionDefinition definition = known.getDefinition();
    Figures figures = sums.at(definition, known.getAsOfMs(), AlertPolicy.isOpen(known.getState()));
    List<Look> looks = sums.of(definition).looks();
    RegionLife before =
        Incidents.rebased(known, sums.of(definition).basis(), figures, now(), silenceMs);
    AlertPolicy.Decision decision = AlertPolicy.judge(before, figures, looks);
    RegionLife life = Incidents.decided(before, decision, figures);
    Telling.Told told = Telling.of(life, decision, figures, now());
    if (told != null) {
      life = Incidents.told(life, told, decision, figures, now());
      life = life.toBuilder().setNamedClockMs(now()).build();
      send(receipts.seal(Incidents.newest(life)));
    }
    send(
        definition.getRegion().getId(),
        Outgoing.stats(life, figures, looks, receivedAtMs, now()),
        timestamp);
    return life;
  }

  /** It is of now: by its time it is kept, and the record that caused it may be of any. */
  private void send(Receipts.Receipt receipt) {
    Judged alert = new Judged.OfAlert(receipt.alert());
    context().forward(new Record<>(receipt.alert().getIncidentId(), alert, now()));
    send(receipt.evidence());
  }

  private void send(List<Evidence> named) {
    for (Evidence evidence : named) {
      String key = Receipts.key(evidence.getIncidentId(), evidence.getObservationId());
      context().forward(new Record<>(key, (Judged) new Judged.OfEvidence(evidence), now()));
    }
  }

  private void send(String region, RegionStats stats, long timestamp) {
    context().forward(new Record<>(region, (Judged) new Judged.OfStats(stats), timestamp));
  }

  private void dead(ActionInput input, BadInput why) {
    ProducerRecord<byte[], byte[]> letter =
        DeadLetters.record(
            Intake.STAGE,
            Topics.ACTIONS.name(),
            input.getPartition(),
            input.getOffset(),
            new RecordHeaders(),
            bytes(input.getKey()),
            bytes(input.getValue()),
            why);
    Judged dead = new Judged.Dead(Bytes.wrap(letter.key()), Bytes.wrap(letter.value()));
    context().forward(new Record<>("", dead, now(), letter.headers()));
  }

  private static byte[] bytes(ByteString bytes) {
    return bytes.toByteArray();
  }

  private long now() {
    return context().currentSystemTimeMs();
  }
}
