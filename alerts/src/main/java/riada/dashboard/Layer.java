package riada.dashboard;

import java.util.Locale;
import java.util.Optional;
import riada.proto.Ground;
import riada.proto.MaskRuns;

/** One overlay of the map; the page draws them in this order from the bottom up, unknown first. */
public enum Layer {
  UNKNOWN(0x9aa7b4),
  REFERENCE(0x8ecbff),
  STALE(0xffb000),
  FLOOD(0xff2e9a);

  private final int rgb;

  Layer(int rgb) {
    this.rgb = rgb;
  }

  /**
   * The colour of its set cells, 0xRRGGBB; hues and luminances that colour-blind eyes keep apart.
   */
  public int rgb() {
    return rgb;
  }

  /** Its name in paths and JSON, for example {@code flood}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The layer of this {@link #id}, if there is one. */
  public static Optional<Layer> of(String id) {
    for (Layer layer : values()) {
      if (layer.id().equals(id)) {
        return Optional.of(layer);
      }
    }
    return Optional.empty();
  }

  /** Its cells on this ground; 512 x 512. */
  public MaskRuns cells(Ground ground) {
    return switch (this) {
      case UNKNOWN -> ground.getUnknown();
      case REFERENCE -> ground.getReference();
      case STALE -> ground.getStale();
      case FLOOD -> ground.getFlood();
    };
  }
}
