package riada.eval;

import java.util.Arrays;
import java.util.stream.Collectors;
import riada.proto.BadInput;

/** What the model is told of the picture: all but detector, edits and none from the truth. */
public enum Prompting {
  /** The detector's own prompts: nobody helps. */
  DETECTOR("detector"),
  /** A box around each body over a thousandth of the frame; their masks united. */
  BOX("box"),
  /** The pole of the largest body; of the three readings the one with the highest predicted IoU. */
  POINT("point"),
  /** Three wet places and two dry ones. */
  POINTS("points"),
  /** The boxes, each with those of the points that lie in it. */
  BOX_AND_POINTS("box+points"),
  /** Corrections of the automatic mask, one after the other. */
  CLICKS("clicks"),
  /** One click in a region that is to be the other way; the regions come from the picture alone. */
  EDITS("edits"),
  /** The detector's coarse map, without a question to the decoder. */
  NONE("none");

  private final String text;

  Prompting(String text) {
    this.text = text;
  }

  /** As it is written on the command line. */
  @Override
  public String toString() {
    return text;
  }

  /**
   * @throws BadInput when the text is none of them
   */
  public static Prompting parse(String text) throws BadInput {
    for (Prompting prompting : values()) {
      if (prompting.text.equals(text)) {
        return prompting;
      }
    }
    throw new BadInput(
        "prompts_unknown",
        "There are no prompts \""
            + text
            + "\"; they are "
            + Arrays.stream(values()).map(Prompting::toString).collect(Collectors.joining(", "))
            + ".");
  }
}
