package riada.finetune;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import riada.finetune.OnnxWeights.Weight;
import riada.proto.BadInput;

/**
 * The weights of a decoder graph of the Segment Anything family, by the names that they have there:
 * those of {@code mask_decoder.}, which are tuned, laid one after the other in one row of numbers,
 * and those of {@code prompt_encoder.}, which stay. Immutable.
 */
final class DecoderWeights {
  private static final String TUNED = "mask_decoder.";
  private static final String FROZEN = "prompt_encoder.";

  private final Path path;
  private final OnnxWeights graph;
  private final Map<String, Weight> tuned = new LinkedHashMap<>();
  private final Map<String, Weight> frozen = new LinkedHashMap<>();

  private DecoderWeights(Path path, OnnxWeights graph) {
    this.path = path;
    this.graph = graph;
    graph
        .all()
        .forEach(
            (name, weight) -> {
              if (name.startsWith(TUNED)) {
                tuned.put(name, weight);
              } else if (name.startsWith(FROZEN)) {
                frozen.put(name, weight);
              }
            });
  }

  /**
   * @throws BadInput when the file is no decoder whose weights have the names of that family
   */
  static DecoderWeights read(Path decoder) throws BadInput, IOException {
    DecoderWeights weights = new DecoderWeights(decoder, OnnxWeights.read(decoder));
    for (String name :
        List.of(
            "mask_decoder.iou_token.weight",
            "mask_decoder.mask_tokens.weight",
            "mask_decoder.transformer.layers.0.self_attn.q_proj.weight",
            "mask_decoder.output_upscaling.3.weight",
            "mask_decoder.iou_prediction_head.layers.0.weight",
            "prompt_encoder.pe_layer.positional_encoding_gaussian_matrix",
            "prompt_encoder.no_mask_embed.weight")) {
      if (!weights.has(name)) {
        throw new BadInput(
            "model_unfit",
            "The decoder "
                + decoder
                + " has no weight named "
                + name
                + ", so it is none that can be tuned; export it with segmenter/training, which"
                + " keeps the names.");
      }
    }
    return weights;
  }

  boolean has(String name) {
    return tuned.containsKey(name) || frozen.containsKey(name);
  }

  /** Sides of a weight, outermost first. */
  long[] shape(String name) {
    Weight weight = tuned.containsKey(name) ? tuned.get(name) : frozen.get(name);
    if (weight == null) {
      throw new IllegalArgumentException("the decoder " + path + " has no weight named " + name);
    }
    return weight.shape();
  }

  /** Channels of attention between tokens and cells: a multiple of its heads. */
  int attentionWidth() {
    return (int)
        shape("mask_decoder.transformer.layers.0.cross_attn_token_to_image.q_proj.weight")[0];
  }

  /** Names of the tuned weights in the order in which {@link #start} has them. */
  List<String> tunedNames() {
    return List.copyOf(tuned.keySet());
  }

  Map<String, Weight> frozen() {
    return java.util.Collections.unmodifiableMap(frozen);
  }

  /** How many numbers are tuned. */
  int size() {
    return tuned.values().stream().mapToInt(Weight::size).sum();
  }

  /** Where each of {@link #tunedNames} but the first starts. */
  long[] starts() {
    List<Long> starts = new ArrayList<>();
    long at = 0;
    for (Weight weight : tuned.values()) {
      starts.add(at);
      at += weight.size();
    }
    return starts.stream().skip(1).mapToLong(Long::longValue).toArray();
  }

  /** The tuned weights as the file has them. */
  float[] start() {
    float[] row = new float[size()];
    int at = 0;
    for (Weight weight : tuned.values()) {
      weight.copyTo(row, at);
      at += weight.size();
    }
    return row;
  }

  /** Tuned weights as the file would keep them: rounded where it has half precision. */
  float[] kept(float[] row) {
    float[] kept = new float[row.length];
    int at = 0;
    for (Weight weight : tuned.values()) {
      for (int end = at + weight.size(); at < end; at++) {
        kept[at] = weight.kept(row[at]);
      }
    }
    return kept;
  }

  /** The decoder's file with other tuned weights. */
  byte[] with(float[] row) {
    Map<String, float[]> changed = new LinkedHashMap<>();
    int at = 0;
    for (Map.Entry<String, Weight> one : tuned.entrySet()) {
      float[] values = new float[one.getValue().size()];
      System.arraycopy(row, at, values, 0, values.length);
      changed.put(one.getKey(), values);
      at += values.length;
    }
    return graph.with(changed);
  }
}
