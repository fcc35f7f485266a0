package riada.onnx;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What an encoder may tell of a picture besides its embedding. */
public enum Head {
  /** Where water is: the prompts of the automatic mask come from it. */
  @JsonProperty("detector")
  DETECTOR,

  /** What cloud and cloud shadow hide. */
  @JsonProperty("sky")
  SKY
}
