package riada.stream;

import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;
import riada.proto.Reference;

/** What an intake makes of a record from outside. */
sealed interface Sifted {
  /** A fact about an analysis tile. */
  record ForTile(TileInput input) implements Sifted {}

  /** News of a region itself. */
  record ForRegion(RegionInput input) implements Sifted {}

  /** For flood.reference.v1. */
  record OfReference(Reference reference) implements Sifted {}

  /** A record that cannot be used: its own key and value; the reason stands in the headers. */
  record Dead(@Nullable Bytes key, @Nullable Bytes value) implements Sifted {}
}
