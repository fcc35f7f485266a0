package riada.stream;

import com.google.protobuf.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import riada.proto.Alert;
import riada.proto.Region;
import riada.proto.RegionState;
import riada.proto.Severity;

/**
 * When an incident begins, changes and ends: a pure function of a region's figures and of the life
 * of its incident. Raising looks at flood; clearing looks at flood and stale flood, for as many
 * qualifying passes in succession as the region asks for. Nothing seen changes no state.
 */
final class AlertPolicy {
  /** Named by every figure and alert; it changes with the rules below. */
  static final String VERSION = "4";

  /** What the figures say of a region. */
  enum Finding {
    /**
     * No incident, or one that is pending: flood and stale flood, or what of it is mapped, are
     * below raise_km2.
     */
    CALM,
    /** Pending: what reached raise_km2 is hidden now, in part or wholly. */
    HIDDEN,
    /** Mapped flood reached raise_km2, but not for as many passes or as long as asked for. */
    FLOODED,
    /** Mapped flood reached raise_km2 for as many passes or as long as asked for. */
    CONFIRMED,
    /** In an incident: no qualifying pass found the region dry since it was last found flooded. */
    WET,
    /**
     * In an incident: some qualifying passes found it below clear_km2, but fewer than asked for.
     */
    DRYING,
    /** In an incident: enough qualifying passes in succession found it below clear_km2. */
    CLEARED
  }

  /** One row of the table: in {@code from}, {@code finding} leads to {@code to} and sends. */
  record Rule(RegionState from, Finding finding, RegionState to, Alert.@Nullable Kind sends) {}

  /** The whole state machine; alerts/STATES.md shows the same. */
  static final List<Rule> TABLE =
      List.of(
          new Rule(RegionState.NORMAL, Finding.CALM, RegionState.NORMAL, null),
          new Rule(RegionState.NORMAL, Finding.FLOODED, RegionState.PENDING, null),
          new Rule(RegionState.NORMAL, Finding.CONFIRMED, RegionState.ALERTING, Alert.Kind.ALERT),
          new Rule(RegionState.PENDING, Finding.CALM, RegionState.NORMAL, null),
          new Rule(RegionState.PENDING, Finding.HIDDEN, RegionState.PENDING, null),
          new Rule(RegionState.PENDING, Finding.FLOODED, RegionState.PENDING, null),
          new Rule(RegionState.PENDING, Finding.CONFIRMED, RegionState.ALERTING, Alert.Kind.ALERT),
          new Rule(RegionState.ALERTING, Finding.WET, RegionState.ALERTING, null),
          new Rule(RegionState.ALERTING, Finding.DRYING, RegionState.RECOVERING, null),
          new Rule(RegionState.ALERTING, Finding.CLEARED, RegionState.NORMAL, Alert.Kind.CANCEL),
          new Rule(RegionState.RECOVERING, Finding.WET, RegionState.ALERTING, null),
          new Rule(RegionState.RECOVERING, Finding.DRYING, RegionState.RECOVERING, null),
          new Rule(RegionState.RECOVERING, Finding.CLEARED, RegionState.NORMAL, Alert.Kind.CANCEL));

  /**
   * What to do.
   *
   * @param dry the qualifying dry passes so far, newest first
   * @param sends null when there is nothing to tell
   * @param cause the reason for programs; unspecified when there is nothing to tell
   * @param reason a sentence; empty when there is nothing to tell
   */
  record Decision(
      RegionState state,
      List<DryPass> dry,
      Alert.@Nullable Kind sends,
      Severity severity,
      Alert.Cause cause,
      String reason) {}

  private AlertPolicy() {}

  /**
   * @param life the region's definition and the life of its incident up to now
   * @param looks what the passes within max_age found, newest first
   */
  static Decision judge(RegionLife life, Figures figures, List<Look> looks) {
    Region region = life.getDefinition().getRegion();
    boolean open = isOpen(life.getState());
    List<DryPass> dry = open ? dryPasses(life, figures, looks) : List.of();
    Finding finding = open ? cleared(region, dry.size()) : raised(life, figures, looks);
    Rule rule =
        TABLE.stream()
            .filter(row -> row.from() == life.getState() && row.finding() == finding)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException(life.getState() + " and " + finding));
    Severity severity = severity(life.getDefinition(), figures);
    if (rule.sends() == Alert.Kind.ALERT) {
      String reason = raiseReason(life.getDefinition(), figures);
      return new Decision(
          rule.to(), dry, rule.sends(), severity, Alert.Cause.FLOOD_REACHED_LIMIT, reason);
    }
    if (rule.sends() == Alert.Kind.CANCEL) {
      String reason =
          String.format(
              Locale.ROOT,
              "%d qualifying passes in succession found %s below %s, now %s; %s.",
              dry.size(),
              Phrases.name(region),
              Phrases.area(Limits.of(life.getDefinition()).clearCm2()),
              Phrases.area(figures.floodCm2()),
              Phrases.sight(region, figures.observedFraction()));
      return new Decision(
          rule.to(), List.of(), rule.sends(), Severity.MINOR, Alert.Cause.SEEN_DRY, reason);
    }
    return isOpen(rule.to())
        ? update(rule.to(), dry, life, figures, severity)
        : new Decision(rule.to(), dry, null, severity, Alert.Cause.CAUSE_UNSPECIFIED, "");
  }

  /** Why an ALERT goes out, in a sentence. */
  static String raiseReason(RegionDefinition definition, Figures figures) {
    return String.format(
        Locale.ROOT,
        "Flood in %s covers %s and reached the limit of %s; %s.",
        Phrases.name(definition.getRegion()),
        Phrases.area(figures.floodedCm2()),
        Phrases.area(Limits.of(definition).raiseCm2()),
        Phrases.sight(definition.getRegion(), figures.observedFraction()));
  }

  /** Whether a region in this state has an incident to alert of. */
  static boolean isOpen(RegionState state) {
    return state == RegionState.ALERTING || state == RegionState.RECOVERING;
  }

  private static Finding raised(RegionLife life, Figures figures, List<Look> looks) {
    long raise = Limits.of(life.getDefinition()).raiseCm2();
    boolean mapped = Limits.reaches(figures.mappedCm2(), raise);
    if (mapped && Limits.reaches(figures.floodedCm2(), raise)) {
      return isConfirmed(life, figures, looks, raise) ? Finding.CONFIRMED : Finding.FLOODED;
    }
    boolean hidden =
        life.getState() == RegionState.PENDING
            && mapped
            && Limits.reaches(figures.floodCm2(), raise);
    return hidden ? Finding.HIDDEN : Finding.CALM;
  }

  /**
   * Whether the flood stood for as many passes, or as long, as the region asks for. Only a pass
   * that itself saw flood of half the limit speaks for it: neither a cloud nor a single wet cell
   * does, while the old flood is still in the picture. It need not be all: two swaths may share a
   * region.
   */
  private static boolean isConfirmed(
      RegionLife life, Figures figures, List<Look> looks, long raiseCm2) {
    Region region = life.getDefinition().getRegion();
    long afterMs = millis(region.getRaiseAfter());
    if (region.getRaisePasses() <= 1 && afterMs == 0) {
      return true;
    }
    boolean pending = life.getState() == RegionState.PENDING;
    long sinceMs = pending ? life.getPendingSinceMs() : figures.seenMs();
    List<Look> wet =
        looks.stream()
            .filter(look -> look.lastMs() >= sinceMs)
            .filter(look -> Limits.reaches(look.wetCm2(), raiseCm2 / 2))
            .filter(look -> Limits.reaches(look.floodCm2(), raiseCm2))
            .toList();
    return region.getRaisePasses() > 1 && wet.size() >= region.getRaisePasses()
        || afterMs > 0 && !wet.isEmpty() && wet.get(0).lastMs() - sinceMs >= afterMs;
  }

  private static Finding cleared(Region region, int dryPasses) {
    if (dryPasses == 0) {
      return Finding.WET;
    }
    return dryPasses >= region.getPasses() ? Finding.CLEARED : Finding.DRYING;
  }

  /**
   * The passes, from the newest back, that saw enough of the region and left it dry. Any look at
   * clear_km2 or more ends the row, and so does the pass that raised the incident. Looks older than
   * max_age stand as they were judged when they were new.
   */
  private static List<DryPass> dryPasses(RegionLife life, Figures figures, List<Look> looks) {
    Region region = life.getDefinition().getRegion();
    Limits limits = Limits.of(life.getDefinition());
    List<DryPass> dry = new ArrayList<>();
    for (Look look : looks) {
      if (look.lastMs() <= life.getClearsAfterMs()) {
        break;
      }
      if (Limits.reaches(look.floodCm2(), limits.clearCm2())) {
        return dry;
      }
      boolean qualifies = look.qualifies(region.getMinObserved(), figures.areaCm2());
      if (qualifies && look.firstMs() > life.getClearsAfterMs()) {
        dry.add(
            DryPass.newBuilder()
                .setPublisher(look.publisher())
                .setScene(look.scene())
                .setAcquiredAtMs(look.lastMs())
                .build());
      }
    }
    long window = figures.newestMs() - millis(region.getMaxAge());
    for (DryPass before : life.getDryList()) {
      if (before.getAcquiredAtMs() < window
          && before.getAcquiredAtMs() > life.getClearsAfterMs()
          && dry.stream().noneMatch(pass -> samePass(pass, before))) {
        dry.add(before);
      }
    }
    return dry;
  }

  private static boolean samePass(DryPass a, DryPass b) {
    return a.getPublisher().equals(b.getPublisher()) && a.getScene().equals(b.getScene());
  }

  private static Decision update(
      RegionState state, List<DryPass> dry, RegionLife life, Figures figures, Severity severity) {
    Alert.Cause cause = MaterialChange.due(life, figures, severity);
    if (cause == Alert.Cause.CAUSE_UNSPECIFIED) {
      return new Decision(state, dry, null, severity, cause, "");
    }
    Region region = life.getDefinition().getRegion();
    String reason =
        String.format(
            Locale.ROOT,
            "In %s %s: %s; %s.",
            Phrases.name(region),
            MaterialChange.phrase(cause, severity),
            Phrases.flood(figures),
            Phrases.sight(region, figures.observedFraction()));
    return new Decision(state, dry, Alert.Kind.UPDATE, severity, cause, reason);
  }

  /** By flood and stale flood against raise_km2: a cloud must not make an incident look milder. */
  static Severity severity(RegionDefinition definition, Figures figures) {
    double times = figures.floodCm2() / Math.max(1, (double) Limits.of(definition).raiseCm2());
    if (times >= 5) {
      return Severity.EXTREME;
    }
    return times >= 2 ? Severity.SEVERE : times >= 1 ? Severity.MODERATE : Severity.MINOR;
  }

  private static long millis(Duration duration) {
    return duration.getSeconds() * 1000 + duration.getNanos() / 1_000_000;
  }
}
