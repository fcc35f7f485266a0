package riada.stream;

import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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

    private void add(PassSums pass, int sign) {
      contributions += sign;
      validCm2 += sign * pass.getValidCm2();
      visibleCm2 += sign * pass.getVisibleCm2();
      floodCm2 += sign * pass.getFloodCm2();
    }

    private void add(Sums other, int sign) {
      contributions += sign * other.contributions;
      validCm2 += sign * other.validCm2;
      visibleCm2 += sign * other.visibleCm2;
      floodCm2 += sign * other.floodCm2;
    }
  }

  private final RegionDefinition definition;
  private final NavigableMap<PassKey, Sums> passes = new TreeMap<>(); // oldest first
  private final Scenes scenes = new Scenes();
  private final Mapped mapped;
  private long referenceCm2;
  private long referenceKnownCm2;
  private int tiles;
  private int observedTiles; // with at least one pass
  private final NavigableSet<PassKey> showing = new TreeSet<>(); // passes that show somewhere
  private final NavigableSet<PassKey> seeing = new TreeSet<>(); // passes that saw anything validly
  private long youngFromMs = Long.MIN_VALUE; // passes of this instant and later count as young
  private final Sums young = new Sums();
  private final Sums all = new Sums();
  private final NavigableMap<String, Integer> references = new TreeMap<>(); // tiles by version
  private BigInteger digest = BigInteger.ZERO; // sum of the contributions' digests mod 2^128
  private BigInteger referenceDigest = BigInteger.ZERO; // likewise, of what they say of reference

  /**
   * @param contributions what was added and not taken back, where it is kept: all of it when
   *     figures are asked for
   */
  RegionState(RegionDefinition definition, Mapped.Contributions contributions) {
    long minPatchCm2 = Limits.cm2(definition.getRegion().getMinPatchKm2());
    this.definition = definition;
    this.mapped = new Mapped(minPatchCm2, contributions, Mapped.KEPT);
  }

  RegionDefinition definition() {
    return definition;
  }

  void add(Contribution contribution) {
    replace(null, contribution);
  }

  /** Takes back what {@link #add} added. */
  void subtract(Contribution contribution) {
    replace(contribution, null);
  }

  /**
   * Takes back one contribution of a tile and adds another. What both say of a pass is not touched:
   * a change alters few passes.
   *
   * @param before null: there was none
   * @param after null: there is none any more
   */
  void replace(@Nullable Contribution before, @Nullable Contribution after) {
    Set<PassSums> old = before == null ? Set.of() : new HashSet<>(before.getPassesList());
    if (after != null) {
      for (PassSums pass : after.getPassesList()) {
        if (old.isEmpty() || !old.remove(pass)) {
          count(pass, 1);
        }
      }
      count(after, 1);
    }
    old.forEach(pass -> count(pass, -1));
    if (before != null) {
      count(before, -1);
    }
    if (before == null || after == null || !reference(before).equals(reference(after))) {
      referenceDigest =
          after == null ? referenceDigest : count(referenceDigest, reference(after), 1);
      referenceDigest =
          before == null ? referenceDigest : count(referenceDigest, reference(before), -1);
    }
    mapped.replace(before, after);
  }

  private void count(Contribution contribution, int sign) {
    tiles += sign;
    referenceCm2 += sign * contribution.getReferenceCm2();
    referenceKnownCm2 += sign * contribution.getReferenceKnownCm2();
    observedTiles += contribution.getPassesCount() > 0 ? sign : 0;
    for (String version : contribution.getReferenceVersionsList()) {
      references.merge(version, sign, (a, b) -> a + b == 0 ? null : a + b);
    }
    digest =
        count(
            digest,
            contribution.toBuilder()
                .clearOrigin()
                .clearEvidence() // where the tiles lie is no input
                .clearEvidenceLeftOut()
                .build(),
            sign);
  }

  /** What it says of the reference alone. */
  private static Contribution reference(Contribution contribution) {
    return Contribution.newBuilder()
        .setTile(contribution.getTile())
        .setReferenceCm2(contribution.getReferenceCm2())
        .setReferenceKnownCm2(contribution.getReferenceKnownCm2())
        .addAllReferenceVersions(contribution.getReferenceVersionsList())
        .build();
  }

  private static BigInteger count(BigInteger digest, Contribution contribution, int sign) {
    byte[] sha = Observation.sha256().digest(contribution.toByteArray());
    BigInteger own = new BigInteger(1, sha, 0, 16);
    return digest.add(sign > 0 ? own : own.negate()).mod(DIGEST_RANGE);
  }

  private void count(PassSums pass, int sign) {
    PassKey key = PassKey.of(pass);
    Sums sums = passes.computeIfAbsent(key, k -> new Sums());
    sums.add(pass, sign);
    scenes.count(pass, sign);
    all.add(pass, sign);
    if (key.acquiredAtMs() >= youngFromMs) {
      young.add(pass, sign);
    }
    keep(key, sums.visibleCm2 > 0, showing);
    keep(key, sums.validCm2 > 0, seeing);
    if (sums.contributions == 0) {
      passes.remove(key);
    }
  }

  private static void keep(PassKey key, boolean isIn, NavigableSet<PassKey> keys) {
    if (isIn) {
      keys.add(key);
    } else {
      keys.remove(key);
    }
  }

  /** Whether every tile of the region has reported, so that the sums are whole. */
  boolean isComplete() {
    return tiles == definition.getTiles();
  }

  /** Sensing time of the newest pass, epoch milliseconds; 0 when there is none. */
  long newestMs() {
    return passes.isEmpty() ? 0 : passes.lastKey().acquiredAtMs();
  }

  /** Names the region's definition and each tile's reference: what its passes are judged by. */
  String basis() {
    return definition.getVersion() + String.format("/%032x", referenceDigest);
  }

  /** Whether a {@link #basis} is of this definition. */
  static boolean isOf(RegionDefinition definition, String basis) {
    return basis.startsWith(definition.getVersion() + "/");
  }

  long maxAgeMs() {
    com.google.protobuf.Duration age = definition.getRegion().getMaxAge();
    return age.getSeconds() * 1000 + age.getNanos() / 1_000_000;
  }

  /**
   * The figures as of {@code asOfMs}, which is not before {@link #newestMs}. Takes time by the
   * passes that came of age since it was asked last, not by all of them.
   */
  Figures at(long asOfMs) {
    age(asOfMs - maxAgeMs());
    PassKey oldest = showing.ceiling(from(youngFromMs));
    return new Figures(
        asOfMs,
        young.floodCm2,
        all.floodCm2 - young.floodCm2,
        all.floodCm2,
        young.visibleCm2,
        referenceCm2,
        referenceKnownCm2,
        definition.getAreaCm2(),
        definition.getRegion().getMinObserved(),
        oldest == null ? 0 : oldest.acquiredAtMs(),
        newestMs(),
        seeing.isEmpty() ? 0 : seeing.last().acquiredAtMs(),
        String.format("%032x", digest),
        observedTiles,
        referenceVersion());
  }

  /**
   * Flood in patches of min_patch and more, if that is what decides whether it reaches {@code
   * limitCm2}; else some sum on the same side of it.
   */
  long mappedCm2(long limitCm2) {
    return mapped.cm2(limitCm2);
  }

  /** Joined by "+"; of very many only the first are named. */
  private String referenceVersion() {
    String named =
        references.keySet().stream()
            .limit(GroundPicture.MAX_REFERENCES)
            .collect(Collectors.joining("+"));
    return references.size() <= GroundPicture.MAX_REFERENCES ? named : named + "+...";
  }

  /** From now on the passes from {@code fromMs} on are the young ones. */
  private void age(long fromMs) {
    if (fromMs > youngFromMs) {
      passes.subMap(from(youngFromMs), from(fromMs)).values().forEach(sums -> young.add(sums, -1));
    } else {
      passes.subMap(from(fromMs), from(youngFromMs)).values().forEach(sums -> young.add(sums, 1));
    }
    youngFromMs = fromMs;
  }

  /** Not after any pass of this instant, and after all before it. */
  private static PassKey from(long acquiredAtMs) {
    return new PassKey(acquiredAtMs, "", "");
  }

  /**
   * What each pass within max_age of the newest found, newest first. Older pictures cannot be told
   * again: their layers may be gone.
   */
  List<Look> looks() {
    return scenes.looks(newestMs() - maxAgeMs());
  }
}
