package riada.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.DateTimeException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import riada.geo.TileId;
import riada.proto.BadInput;
import riada.proto.Ground;
import riada.proto.Observation;
import riada.proto.ObservationRef;
import riada.proto.Tile;
import riada.proto.WaterMask;

/**
 * Observations that are on their way: sent, and neither in the ground nor among the dead letters.
 * Not thread-safe.
 */
final class Awaited {
  private final Set<String> observations = new HashSet<>();

  /** Before an observation is sent for the first time. */
  void expect(String observationId) {
    observations.add(observationId);
  }

  /** Ends the wait for what the ground rests on. */
  void arrived(Ground ground) {
    for (ObservationRef seen : ground.getObservationsList()) {
      observations.remove(seen.getObservationId());
    }
  }

  /** What is no tile was none of the demo's: a letter that names no observation ends no wait. */
  void refusedTile(byte @Nullable [] key, byte[] letter) {
    if (key == null) {
      return;
    }
    try {
      Tile tile = Tile.parseFrom(letter);
      observations.remove(
          Observation.id(
              tile.getPublisher(),
              tile.getScene(),
              TileId.parse(new String(key, UTF_8)),
              Observation.instant(tile.getAcquiredAt())));
    } catch (InvalidProtocolBufferException
        | BadInput
        | DateTimeException
        | ArithmeticException e) {
      return;
    }
  }

  /** As {@link #refusedTile}, of a mask. */
  void refusedMask(byte[] letter) {
    try {
      observations.remove(WaterMask.parseFrom(letter).getObservationId());
    } catch (InvalidProtocolBufferException e) {
      return;
    }
  }

  /** How many are on their way. */
  int count() {
    return observations.size();
  }
}
