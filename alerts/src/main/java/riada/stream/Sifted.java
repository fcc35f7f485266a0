package riada.stream;

import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;
import riada.proto.Evidence;
import riada.proto.Reference;

/** What an intake makes of a record from outside. */
sealed interface Sifted {
  /** A fact about an analysis tile. */
  record ForTile(TileInput input) implements Sifted {}

  /** News of a region itself. */
  record ForRegion(RegionInput input) implements Sifted {}

  /** An operator's reference, which may turn out to be older than what is there. */
  record OfCorrection(Correction correction) implements Sifted {}

  /** For flood.reference.v1. */
  record OfReference(Reference reference) implements Sifted {}

  /** For flood.evidence.v1: a region as it was, under the key that names its version. */
  record OfRegion(Evidence superseded) implements Sifted {}

  /** A record that cannot be used: its own key and value; the reason stands in the headers. */
  record Dead(@Nullable Bytes key, @Nullable Bytes value) implements Sifted {}
}
