package riada.proto;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.jspecify.annotations.Nullable;

/**
 * The one way in which a message becomes a record's value and back. Unknown fields are kept.
 * Thread-safe.
 */
public final class ProtoSerde {
  private ProtoSerde() {}

  /**
   * A Kafka serde of one message type, for topics that only Riada itself writes. Unreadable bytes
   * there are a bug and fail loudly; input from outside is read with {@link #parse}.
   */
  public static <M extends MessageLite> Serde<M> of(Parser<M> parser) {
    return Serdes.serdeFrom(
        (topic, message) -> message == null ? null : message.toByteArray(),
        (topic, bytes) -> {
          try {
            return bytes == null ? null : parser.parseFrom(bytes);
          } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("unreadable record on Riada's own topic " + topic, e);
          }
        });
  }

  /**
   * Reads a message that somebody else may have written.
   *
   * @throws BadInput when there are no bytes, or they are no message of this type
   */
  public static <M extends MessageLite> M parse(
      Parser<M> parser, String type, byte @Nullable [] bytes) throws BadInput {
    if (bytes == null || bytes.length == 0) {
      throw new BadInput("message_empty", "The record has no value; send a " + type + " message.");
    }
    try {
      return parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new BadInput(
          "message_unreadable",
          "The record's value of "
              + bytes.length
              + " bytes is no "
              + type
              + " message ("
              + e.getMessage()
              + ") Write it with the project's riada.proto.");
    }
  }
}
