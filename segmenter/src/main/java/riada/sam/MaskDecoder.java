package riada.sam;

import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import riada.onnx.FloatTensor;
import riada.onnx.ModelFolder;
import riada.onnx.OnnxModel;
import riada.proto.BadInput;

/**
 * Prompt encoder and mask decoder in one graph: an embedding and questions become masks. For one
 * thread at a time. Owns its graph.
 */
public final class MaskDecoder implements AutoCloseable {
  /**
   * Questions that one call should ask at most: each takes about 10 MB while it is answered, and
   * more of them are no faster.
   */
  public static final int MOST_AT_ONCE = 16;

  private final OnnxModel graph;
  private final int side;
  private final boolean padPoints;
  private @Nullable Batch batch;

  /**
   * @throws BadInput when the graph is not the one that the folder describes; the graph is then
   *     still the caller's to close
   */
  public MaskDecoder(OnnxModel graph, ModelFolder folder) throws BadInput, OrtException {
    List<Integer> shape = folder.card().embedding();
    side = folder.maskSide();
    padPoints = folder.card().padPoints();
    graph.requireInput("embedding", 1, shape.get(0), shape.get(1), shape.get(2));
    graph.requireInput("point_coords", -1, -1, 2);
    graph.requireInput("point_labels", -1, -1);
    graph.requireInput("mask_input", -1, 1, side, side);
    graph.requireInput("has_mask_input", -1);
    graph.requireOutput("masks", -1, Masks.TOKENS, side, side);
    graph.requireOutput("iou_predictions", -1, Masks.TOKENS);
    this.graph = graph;
  }

  /**
   * Answers every question as if it were asked alone. Those of as many points are answered in one
   * run: an empty slot would be one more token that the network attends to, and another answer.
   *
   * @param questions at least one, best at most {@value #MOST_AT_ONCE}
   */
  public Masks decode(Embedding embedding, List<Prompts> questions) throws OrtException {
    Map<Integer, List<Integer>> bySlots = new TreeMap<>();
    for (int i = 0; i < questions.size(); i++) {
      bySlots.computeIfAbsent(slots(questions.get(i)), n -> new ArrayList<>()).add(i);
    }
    if (bySlots.size() == 1) {
      return decodeInOneRun(embedding, questions);
    }
    Masks all = Masks.empty(questions.size(), side);
    for (List<Integer> alike : bySlots.values()) {
      Masks some = decodeInOneRun(embedding, alike.stream().map(questions::get).toList());
      for (int i = 0; i < alike.size(); i++) {
        all.put(alike.get(i), some, i);
      }
    }
    return all;
  }

  /**
   * Answers every question in one run; those with fewer points than the longest get empty slots.
   */
  Masks decodeInOneRun(Embedding embedding, List<Prompts> questions) throws OrtException {
    int n = questions.size();
    int slots = questions.stream().mapToInt(this::slots).max().orElseThrow();
    Batch b = batch(n);
    try (FloatTensor coords = new FloatTensor(n, slots, 2);
        FloatTensor labels = new FloatTensor(n, slots)) {
      for (int i = 0; i < n; i++) {
        lay(questions.get(i), i, slots, coords.values(), labels.values());
        LogitPlane prior = questions.get(i).prior();
        b.hasPrior
            .values()
            .put(i, prior == null ? 0 : 1); // without it the network ignores b.priors
        if (prior != null) {
          b.priors.values().put(i * side * side, prior.toArray());
        }
      }
      graph.run(
          Map.of(
              "embedding",
              embedding.tensor(),
              "point_coords",
              coords,
              "point_labels",
              labels,
              "mask_input",
              b.priors,
              "has_mask_input",
              b.hasPrior),
          Map.of("masks", b.masks, "iou_predictions", b.iou));
      return new Masks(b.masks.toArray(), b.iou.toArray(), side);
    }
  }

  /** Some networks learned points without a box with an empty slot behind them. */
  private int slots(Prompts question) {
    return question.slots() + (padPoints && question.box() == null ? 1 : 0);
  }

  /** The large tensors, kept for the next call: tiles ask one question each, again and again. */
  private Batch batch(int n) throws OrtException {
    if (batch == null || batch.size != n) {
      if (batch != null) {
        batch.close();
      }
      batch = new Batch(n, side);
    }
    return batch;
  }

  private static final class Batch implements AutoCloseable {
    final int size;
    final FloatTensor priors;
    final FloatTensor hasPrior;
    final FloatTensor masks;
    final FloatTensor iou;

    Batch(int n, int side) throws OrtException {
      size = n;
      priors = new FloatTensor(n, 1, side, side);
      hasPrior = new FloatTensor(n);
      masks = new FloatTensor(n, Masks.TOKENS, side, side);
      iou = new FloatTensor(n, Masks.TOKENS);
    }

    @Override
    public void close() {
      priors.close();
      hasPrior.close();
      masks.close();
      iou.close();
    }
  }

  private static void lay(Prompts set, int i, int slots, FloatBuffer coords, FloatBuffer labels) {
    int first = i * slots;
    int[] at = {first};
    set.forEachSlot(
        (x, y, label) -> {
          coords.put(2 * at[0], x).put(2 * at[0] + 1, y);
          labels.put(at[0]++, label);
        });
    for (; at[0] < first + slots; at[0]++) {
      labels.put(at[0], Prompts.EMPTY);
    }
  }

  @Override
  public void close() {
    graph.close(); // first: who is asked until then reads the tensors
    if (batch != null) {
      batch.close();
    }
  }
}
