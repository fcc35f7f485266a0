package riada.onnx;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** What a model is: which graphs it has, and whether it answers questions. */
public enum Kind {
  /** An encoder whose embedding a decoder is asked about. */
  @JsonProperty("promptable")
  PROMPTABLE("encoder", "decoder"),

  /** One graph that says where water is and takes no questions: a U-Net, to compare with. */
  @JsonProperty("semantic")
  SEMANTIC("encoder");

  private final List<String> roles;

  Kind(String... roles) {
    this.roles = List.of(roles);
  }

  /** The files that each model of this kind has. */
  public List<String> roles() {
    return roles;
  }
}
