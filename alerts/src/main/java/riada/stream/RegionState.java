package riada.stream;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import riada.proto.Observation;

/**
 * The sums of one region over its tiles' contributions, kept by the time of the passes, so that
 * ageing is a function of {@code as_of} alone. Adding and taking away is exact, and no order of
 * arrival shows. Owned by one thread.
 */
final class RegionState {
  private static final BigInteger DIGEST_RANGE = BigInteger.ONE.shiftLeft(128);

  private static final class Sums {
    private int contributions;
    private long validCm2;
    private long visibleCm2;
    private long floodCm2;
    private long changeCm2;

    private void add(PassSums pass, int sign) {
      contributions += sign;
      validCm2 += sign * pass.getValidCm2();
      visibleCm2 += sign * pass.getVisibleCm2();
      floodCm2 += sign * pass.getFloodCm2();
      changeCm2 += sign * pass.getFloodChangeCm2();
    }
  }

  private final RegionDefinition definition;
  private final NavigableMap<PassKey, Sums> passes = new TreeMap<>(); // oldest first
  private long referenceCm2;
  private long referenceKnownCm2;
  private int tiles;
  private BigInteger digest = BigInteger.ZERO; // sum of the contributions' digests mod 2^128

  RegionState(RegionDefinition definition) {
    this.definition = definition;
  }

  RegionDefinition definition() {
    return definition;
  }

  void add(Contribution contribution) {
    count(contribution, 1);
  }

  /** Takes back what {@link #add} added. */
  void subtract(Contribution contribution) {
    count(contribution, -1);
  }

  private void count(Contribution contribution, int sign) {
    tiles += sign;
    referenceCm2 += sign * contribution.getReferenceCm2();
    referenceKnownCm2 += sign * contribution.getReferenceKnownCm2();
    for (PassSums pass : contribution.getPassesList()) {
      PassKey key = PassKey.of(pass);
      Sums sums = passes.computeIfAbsent(key, k -> new Sums());
      sums.add(pass, sign);
      if (sums.contributions == 0) {
        passes.remove(key);
      }
    }
    byte[] sha =
        Observation.sha256()
            .digest(contribution.toBuilder().clearReceivedAtMs().build().toByteArray());
    BigInteger own = new BigInteger(1, sha, 0, 16);
    digest = digest.add(sign > 0 ? own : own.negate()).mod(DIGEST_RANGE);
  }

  /** Whether every tile of the region has reported, so that the sums are whole. */
  boolean isComplete() {
    return tiles == definition.getTiles();
  }

  /** Sensing time of the newest pass, epoch milliseconds; 0 when there is none. */
  long newestMs() {
    return passes.isEmpty() ? 0 : passes.lastKey().acquiredAtMs();
  }

  long maxAgeMs() {
    com.google.protobuf.Duration age = definition.getRegion().getMaxAge();
    return age.getSeconds() * 1000 + age.getNanos() / 1_000_000;
  }

  /** The figures as of {@code asOfMs}, which is not before {@link #newestMs}. */
  Figures at(long asOfMs) {
    long flooded = 0;
    long stale = 0;
    long observed = 0;
    long oldest = 0;
    for (Map.Entry<PassKey, Sums> pass : passes.entrySet()) {
      Sums sums = pass.getValue();
      long acquiredAtMs = pass.getKey().acquiredAtMs();
      if (asOfMs - acquiredAtMs > maxAgeMs()) {
        stale += sums.floodCm2;
      } else {
        flooded += sums.floodCm2;
        observed += sums.visibleCm2;
        oldest = oldest == 0 && sums.visibleCm2 > 0 ? acquiredAtMs : oldest;
      }
    }
    return new Figures(
        asOfMs,
        flooded,
        stale,
        observed,
        referenceCm2,
        referenceKnownCm2,
        definition.getAreaCm2(),
        definition.getRegion().getMinObserved(),
        oldest,
        newestMs(),
        String.format("%032x", digest),
        tiles);
  }

  /**
   * What each pass within max_age of the newest found, newest first. Older pictures cannot be told
   * again: their layers may be gone.
   */
  List<Look> looks() {
    Map<List<String>, Look> byPass = new HashMap<>();
    long from = newestMs() - maxAgeMs();
    long shown = 0;
    for (long acquiredAtMs :
        passes.keySet().stream().mapToLong(PassKey::acquiredAtMs).distinct().toArray()) {
      NavigableMap<PassKey, Sums> instant = instant(acquiredAtMs);
      for (Sums sums : instant.values()) { // all of one instant belong to its picture
        shown += sums.changeCm2;
      }
      for (Map.Entry<PassKey, Sums> pass : instant.entrySet()) {
        PassKey key = pass.getKey();
        List<String> name = List.of(key.publisher(), key.scene());
        Look before = byPass.get(name);
        byPass.put(
            name,
            new Look(
                key.publisher(),
                key.scene(),
                before == null ? acquiredAtMs : before.firstMs(),
                acquiredAtMs,
                pass.getValue().validCm2 + (before == null ? 0 : before.validCm2()),
                shown));
      }
    }
    List<Look> looks = new ArrayList<>(byPass.values());
    looks.removeIf(look -> look.lastMs() < from);
    looks.sort(
        Comparator.comparingLong(Look::lastMs)
            .reversed()
            .thenComparing(Look::publisher)
            .thenComparing(Look::scene));
    return looks;
  }

  private NavigableMap<PassKey, Sums> instant(long acquiredAtMs) {
    return passes.subMap(
        new PassKey(acquiredAtMs, "", ""), true, new PassKey(acquiredAtMs + 1, "", ""), false);
  }
}
