package riada.stream;

import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;
import riada.proto.Alert;
import riada.proto.Evidence;
import riada.proto.RegionStats;

/** What news of a region leads to. */
sealed interface Judged {
  /** For flood.stats.v1; null takes the region's figures back. */
  record OfStats(@Nullable RegionStats stats) implements Judged {}

  /** An action that cannot be done: its own key and value; the reason stands in the headers. */
  record Dead(Bytes key, Bytes value) implements Judged {}

  /** For flood.alerts.v1. */
  record OfAlert(Alert alert) implements Judged {}

  /** For flood.evidence.v1: what an alert rests on, still without the tile. */
  record OfEvidence(Evidence evidence) implements Judged {}
}
