package riada.replay;

import ai.onnxruntime.OrtException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import riada.geo.TileId;
import riada.proto.BadInput;
import riada.proto.Evidence;
import riada.proto.Observation;
import riada.proto.WaterMask;
import riada.segmenter.TilePipeline;

/**
 * What the model of today sees on the tiles that alerts of one incident rest on: the masks of some
 * of them at a time. Owned by one thread.
 */
final class SecondMasks {
  private final EvidenceReader reader;
  private final TilePipeline pipeline;
  private final String incident;
  private final Replay.Progress progress;
  private final Map<String, WaterMask> masks = new HashMap<>(); // by piece
  private final Map<String, String> missing = new HashMap<>(); // why, by piece

  SecondMasks(
      EvidenceReader reader, TilePipeline pipeline, String incident, Replay.Progress progress) {
    this.reader = reader;
    this.pipeline = pipeline;
    this.incident = incident;
    this.progress = progress;
  }

  /**
   * Segments each tile that is named; what was made for those named before is kept where it serves
   * again, and the tiles themselves are not.
   *
   * @param own where the incident's evidence lies
   */
  void segment(List<Evidence> named, EvidenceReader.Span own) {
    Set<String> wanted = new HashSet<>();
    named.forEach(one -> wanted.add(piece(one)));
    masks.keySet().retainAll(wanted);
    missing.keySet().retainAll(wanted);
    wanted.removeAll(masks.keySet());
    if (wanted.isEmpty()) {
      return;
    }
    int all = wanted.size();
    progress.at("tiles", 0, all);
    reader.read(
        own,
        (key, value, timestampMs) -> {
          if (key.startsWith(incident + "/") && value != null) {
            Evidence one = Evidence.parseFrom(value);
            if (!one.getMissing().isEmpty() && wanted.contains(piece(one))) {
              missing.put(piece(one), one.getMissing());
            } else if (one.hasTile() && wanted.remove(piece(one))) {
              segment(one);
              progress.at("tiles", all - wanted.size(), all);
            }
          }
        });
    progress.at("tiles", all, all); // the others are not there
  }

  /** A tile that today's model cannot use is none that can be had. */
  private void segment(Evidence one) {
    try {
      Instant acquired = Observation.instant(one.getTile().getAcquiredAt());
      masks.put(
          piece(one), pipeline.segment(TileId.parse(one.getTileId()), one.getTile(), acquired));
    } catch (BadInput e) {
      missing.put(piece(one), e.reason());
    } catch (OrtException e) {
      missing.put(piece(one), "the model fails on it: " + e.getMessage());
    }
  }

  /** The mask of a tile that was named; none where it cannot be had. */
  Optional<WaterMask> of(Evidence named) {
    return Optional.ofNullable(masks.get(piece(named)));
  }

  /** Why a tile cannot be had. */
  String whyMissing(Evidence named) {
    return missing.getOrDefault(piece(named), "its tile is not there (yet).");
  }

  /** Of one observation a later mask may rest on a later tile. */
  private static String piece(Evidence one) {
    return one.getObservationId() + "@" + one.getSourcePartition() + "/" + one.getSourceOffset();
  }
}
