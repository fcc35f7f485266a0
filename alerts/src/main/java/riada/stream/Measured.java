package riada.stream;

import riada.proto.Ground;

/** What a change of a tile leads to. */
sealed interface Measured {
  /** The tile's ground, for flood.ground.v1. */
  record OfGround(Ground ground) implements Measured {}

  /** What the tile adds to a region. */
  record OfRegion(RegionInput input) implements Measured {}
}
