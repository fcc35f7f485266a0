package riada.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.StreamSupport;

/** What a model card may be silent about, and what its silence means: the bundled model's way. */
final class CardDefaults {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private CardDefaults() {}

  /** Writes into a card what it leaves out; a head that it has not needs no constants. */
  static void complete(ObjectNode card) {
    card.putIfAbsent("variants", JSON.objectNode());
    card.putIfAbsent("default_variant", JSON.textNode(ModelFolder.FP32));
    card.putIfAbsent("fit", JSON.textNode("squash"));
    card.putIfAbsent("kind", JSON.textNode("promptable"));
    if (card.path("kind").asText().equals("semantic")) {
      List.of("heads", "prompts", "embedding")
          .forEach(name -> card.putIfAbsent(name, JSON.arrayNode()));
    }
    card.putIfAbsent("heads", JSON.arrayNode().add("detector").add("sky"));
    card.putIfAbsent("prompts", JSON.arrayNode().add("points").add("boxes").add("mask"));
    card.putIfAbsent("pad_points", JSON.booleanNode(false));
    card.putIfAbsent("drawn_prompts", JSON.booleanNode(false));
    card.putIfAbsent("prior_limit", JSON.numberNode(12));
    if (!hasHead(card, "detector")) {
      card.putIfAbsent("detector", JSON.objectNode());
    }
    if (!hasHead(card, "sky") && card.get("thresholds") instanceof ObjectNode thresholds) {
      thresholds.putIfAbsent("cloud", JSON.numberNode(0));
      thresholds.putIfAbsent("shadow", JSON.numberNode(0));
    }
  }

  private static boolean hasHead(JsonNode card, String name) {
    return StreamSupport.stream(card.get("heads").spliterator(), false)
        .anyMatch(head -> head.asText().equals(name));
  }
}
