package riada.segmenter;

import riada.onnx.Head;
import riada.onnx.Kind;
import riada.onnx.ModelCard;
import riada.proto.BadInput;

/** What a model can be asked, by its card; what it cannot is refused with a sentence. */
record Abilities(ModelCard card) {
  /** As {@link WaterModel#requireDetector}. */
  void requireDetector() throws BadInput {
    if (card.kind() == Kind.SEMANTIC) {
      throw new BadInput(
          "model_semantic",
          "The model "
              + name()
              + " is semantic: it is there to compare with (riada evaluate or model compare, with"
              + " --prompts detector or none). Take a model that answers questions, such as"
              + " models/riada-lite.");
    }
    if (!has(Head.DETECTOR)) {
      throw new BadInput(
          "model_without_detector",
          "The model "
              + name()
              + " has no detector, so it finds no water by itself. Say where it is (segment"
              + " --point, --box or --everything; evaluate --prompts point, points, box, box+points"
              + " or clicks), or take a model that has one, such as models/riada-lite.");
    }
  }

  /** As {@link WaterModel#requireAllHeads}. */
  void requireAllHeads() throws BadInput {
    if (!has(Head.DETECTOR) || !has(Head.SKY)) {
      throw new BadInput(
          "model_without_heads",
          "The model "
              + name()
              + " cannot segment tiles of a stream: it has no "
              + (has(Head.DETECTOR)
                  ? "cloud and shadow head"
                  : has(Head.SKY) ? "detector" : "detector and no cloud and shadow head")
              + ", so water would be missed or what a cloud hides be called dry. Take a model that"
              + " has both, such as models/riada-lite.");
    }
  }

  /** As {@link WaterModel#requirePrompts}. */
  void requirePrompts(String kind) throws BadInput {
    if (!card.prompts().contains(kind)) {
      throw new BadInput(
          "model_prompts",
          "The model "
              + name()
              + " takes no "
              + kind
              + "; it takes "
              + (card.prompts().isEmpty() ? "no prompts at all" : String.join(", ", card.prompts()))
              + ".");
    }
  }

  private boolean has(Head head) {
    return card.heads().contains(head);
  }

  private String name() {
    return card.name() + " " + card.version();
  }
}
