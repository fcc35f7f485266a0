package riada.onnx;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a picture of any shape is laid on the square that a network takes. */
public enum Fit {
  /** Each axis by itself fills the square. */
  @JsonProperty("squash")
  SQUASH,

  /**
   * The longest side fills the square and the rest is zero, at the right or below: the way of
   * Segment Anything.
   */
  @JsonProperty("longest_side")
  LONGEST_SIDE
}
