package riada.replay;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import riada.cap.Issuer;
import riada.proto.Alert;
import riada.proto.Evidence;
import riada.proto.ModelRef;
import riada.proto.Observation;
import riada.proto.Reference;
import riada.proto.Region;
import riada.stream.Rederivation;
import riada.stream.RegionRules;

/**
 * Holds what comes out today against what an alert said, and names what is another. Owned by one
 * thread.
 */
final class Judge {
  private static final int NAMED = 3; // of what is missing, in a sentence

  private final ModelRef model;
  private final SecondMasks masks;
  private final List<Reference> references;

  /**
   * @param model of today
   * @param masks that it makes of the alerts' tiles
   * @param references of today, around the alerts' regions
   */
  Judge(ModelRef model, SecondMasks masks, List<Reference> references) {
    this.model = model;
    this.masks = masks;
    this.references = references;
  }

  /**
   * Judges one alert.
   *
   * @param evidence what it rests on, as far as it is still named
   * @param then the region that it was measured in, or that of today where the former is no longer
   *     kept; null: there is none
   * @throws IOException when there is no room for a second topology
   */
  Verdict of(Alert alert, List<Evidence> evidence, @Nullable Region then) throws IOException {
    String gap = gap(alert, evidence);
    if (!gap.isEmpty()) {
      return verdict(alert, Verdict.Answer.EXPIRED, List.of(), null, gap);
    }
    List<String> differs = new ArrayList<>();
    note(differs, "software", alert.getSoftwareVersion().equals(Issuer.here().software()));
    ByteString digest = model.getDigestBytes();
    note(
        differs,
        "model",
        evidence.stream().allMatch(one -> one.getModel().getDigestBytes().equals(digest)));
    note(differs, "policy", alert.getPolicyVersion().equals(Rederivation.policyVersion()));
    note(
        differs,
        "region",
        then != null && RegionRules.version(then).equals(alert.getRegionVersion()));
    Optional<Rederivation.Again> again =
        then == null ? Optional.empty() : again(alert, evidence, then);
    note(
        differs,
        "reference",
        again.map(one -> one.referenceVersion().equals(alert.getReferenceVersion())).orElse(true));
    note(differs, "masks", evidence.stream().allMatch(this::isSameMask));
    note(differs, "figures", again.map(one -> one.isOf(alert)).orElse(then == null));
    @Nullable Double km2 = again.map(Rederivation.Again::floodedKm2).orElse(null);
    return differs.isEmpty()
        ? verdict(alert, Verdict.Answer.SAME, differs, km2, "Same evidence, versions and figures.")
        : verdict(
            alert,
            Verdict.Answer.DIFFERS,
            differs,
            km2,
            then == null
                ? "The region is no longer there, so nothing was measured."
                : "Another than when the alert was made: "
                    + String.join(", ", differs).replace("model", models(evidence))
                    + ".");
  }

  /** Which models spoke and which one speaks now. */
  private String models(List<Evidence> evidence) {
    String then =
        evidence.stream()
            .map(one -> named(one.getModel()))
            .distinct()
            .limit(NAMED)
            .collect(Collectors.joining(", "));
    return "model (" + then + " then, " + named(model) + " now)";
  }

  private static String named(ModelRef ref) {
    return ref.getName() + " " + ref.getVersion();
  }

  private static void note(List<String> differs, String name, boolean same) {
    if (!same) {
      differs.add(name);
    }
  }

  private boolean isSameMask(Evidence one) {
    return masks
        .of(one)
        .filter(again -> Rederivation.maskDigest(again).equals(one.getMaskDigest()))
        .isPresent();
  }

  /** Why the evidence is not whole; empty when it is. */
  private String gap(Alert alert, List<Evidence> evidence) {
    if (alert.getObservationCount() > alert.getObservationsKept()) {
      return "Of its "
          + alert.getObservationCount()
          + " observations only "
          + alert.getObservationsKept()
          + " were kept: there were too many.";
    }
    if (!NamedEvidence.isOf(alert, evidence)) {
      return "Of its "
          + alert.getObservationCount()
          + " observations "
          + evidence.size()
          + " are still named.";
    }
    List<String> gone =
        evidence.stream()
            .filter(one -> masks.of(one).isEmpty())
            .map(one -> one.getTileId() + ": " + masks.whyMissing(one))
            .toList();
    return gone.isEmpty()
        ? ""
        : gone.size()
            + " of its "
            + evidence.size()
            + " tiles cannot be had. "
            + String.join(" ", gone.subList(0, Math.min(NAMED, gone.size())));
  }

  private Optional<Rederivation.Again> again(Alert alert, List<Evidence> evidence, Region then)
      throws IOException {
    Path folder = Files.createTempDirectory("riada-replay");
    try (SecondTopology topology =
        new SecondTopology(folder, Observation.instant(alert.getAlertedAt()))) {
      references.forEach(topology::reference);
      topology.region(then);
      evidence.stream()
          .map(one -> masks.of(one).orElseThrow())
          .sorted(Comparator.comparing(mask -> Observation.instant(mask.getAcquiredAt())))
          .forEach(topology::mask);
      return topology.figures(alert.getRegionId(), Observation.instant(alert.getAsOf()));
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }

  private static Verdict verdict(
      Alert alert,
      Verdict.Answer answer,
      List<String> differs,
      @Nullable Double againKm2,
      String why) {
    return new Verdict(
        alert.getIncidentId(),
        alert.getSequence(),
        alert.getKind().name(),
        answer,
        differs,
        alert.getObservationCount(),
        alert.getFloodedKm2(),
        againKm2,
        why);
  }
}
