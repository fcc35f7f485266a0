package riada.proto;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Timestamp;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import riada.geo.TileId;

/** The identity of an observation, and the conversions of time that go with it. */
public final class Observation {
  private Observation() {}

  /**
   * hash(publisher, scene, tile, acquired_at): the first 16 bytes of SHA-256 over the four fields,
   * each preceded by its length as four big-endian bytes, acquired_at as eight big-endian bytes of
   * epoch milliseconds; as 32 hex digits.
   */
  public static String id(String publisher, String scene, TileId tile, Instant acquiredAt) {
    MessageDigest sha = sha256();
    for (String field : new String[] {publisher, scene, tile.toString()}) {
      byte[] bytes = field.getBytes(UTF_8);
      sha.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
      sha.update(bytes);
    }
    sha.update(ByteBuffer.allocate(12).putInt(8).putLong(acquiredAt.toEpochMilli()).array());
    return HexFormat.of().formatHex(sha.digest(), 0, 16);
  }

  /** A fresh SHA-256. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  public static Instant instant(Timestamp timestamp) {
    return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
  }

  public static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }
}
