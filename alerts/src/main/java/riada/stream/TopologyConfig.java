package riada.stream;

import java.time.Duration;
import riada.cap.Issuer;
import riada.geo.TileGrid;

/**
 * What the topology's results depend on.
 *
 * @param analysisZoom zoom at which the state of the ground is kept, 2..16
 * @param silence how long a region must hear nothing before its figures age by the wall clock, more
 *     than zero
 * @param issuer who speaks in the alerts
 */
public record TopologyConfig(int analysisZoom, Duration silence, Issuer issuer) {
  /** The largest analysis zoom: beyond it areas of whole countries no longer fit the limits. */
  public static final int MAX_ANALYSIS_ZOOM = 16;

  /** The longest silence of an incident: what nobody hears of for longer is forgotten. */
  public static final Duration MAX_INCIDENT_SILENCE = Duration.ofDays(7);

  public TopologyConfig {
    if (analysisZoom < Rezoom.MAX_COARSER || analysisZoom > MAX_ANALYSIS_ZOOM) {
      throw new IllegalArgumentException(
          "the analysis zoom is "
              + Rezoom.MAX_COARSER
              + ".."
              + MAX_ANALYSIS_ZOOM
              + ", not "
              + analysisZoom);
    }
    if (silence.isNegative() || silence.isZero()) {
      throw new IllegalArgumentException("silence must be more than zero, not " + silence);
    }
  }

  /** Zoom {@value TileGrid#DEFAULT_ANALYSIS_ZOOM}; a minute of silence; {@link Issuer#here}. */
  public static TopologyConfig defaults() {
    return new TopologyConfig(TileGrid.DEFAULT_ANALYSIS_ZOOM, Duration.ofMinutes(1), Issuer.here());
  }

  /** The same with another issuer. */
  public TopologyConfig by(Issuer other) {
    return new TopologyConfig(analysisZoom, silence, other);
  }
}
