package riada.ingest;

import java.io.IOException;
import riada.proto.BadInput;
import riada.proto.Tile;

/** Where tiles go. */
@FunctionalInterface
public interface TileSink {
  /**
   * @param key the tile's name, {@code z/x/y}
   * @throws BadInput when this tile cannot be taken; others still can
   * @throws IOException when nothing can be taken any more
   */
  void send(String key, Tile tile) throws BadInput, IOException;
}
