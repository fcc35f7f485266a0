package riada.simulate;

import riada.geo.TileId;

/** One tile of one pass. */
public record Shot(Pass pass, TileId tile) {}
