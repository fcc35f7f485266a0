package riada.replay;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What deriving one alert again came to.
 *
 * @param differs what is another than it was, by name: software, model, reference, region, policy;
 *     masks and figures where they came out differently
 * @param observations that the alert rests on
 * @param floodedKm2 as the alert says
 * @param againKm2 as it came out; null when it could not be derived
 * @param why a sentence
 */
public record Verdict(
    String incident,
    int sequence,
    String kind,
    Answer verdict,
    List<String> differs,
    int observations,
    double floodedKm2,
    @Nullable Double againKm2,
    String why) {
  /** The answers that there are. */
  public enum Answer {
    /** Same evidence, same versions, same figures to the last bit. */
    SAME,
    /** Something is another than it was. */
    DIFFERS,
    /** Not all of the evidence is there, so that nothing can be said. */
    EXPIRED
  }

  public Verdict {
    differs = List.copyOf(differs);
  }
}
