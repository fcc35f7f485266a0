package riada.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import riada.proto.Tile;
import riada.proto.Topic;
import riada.proto.Topics;

/**
 * A Kafka record as one JSON object: {@code topic, partition, offset, timestamp, key, headers,
 * value}. Protobuf fields keep their names; pictures are abbreviated to their size; a value that is
 * no message, or holds an impossible time, is shown as base64 beside an {@code error}.
 */
final class RecordJson {
  /** Of bytes that cannot be read, as many are shown as tell what they are. */
  private static final int SHOWN_BYTES = 192;

  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().preservingProtoFieldNames().omittingInsignificantWhitespace();

  private RecordJson() {}

  static ObjectNode of(ConsumerRecord<byte[], byte[]> record) {
    ObjectNode json = Answer.JSON.createObjectNode();
    json.put("topic", record.topic());
    json.put("partition", record.partition());
    json.put("offset", record.offset());
    json.put("timestamp", Instant.ofEpochMilli(record.timestamp()).toString());
    json.put("key", record.key() == null ? null : new String(record.key(), UTF_8));
    ObjectNode headers = json.putObject("headers");
    for (Header header : record.headers()) {
      headers.put(header.key(), header.value() == null ? null : new String(header.value(), UTF_8));
    }
    String message = Topics.named(real(record.topic())).map(Topic::message).orElse("bytes");
    Descriptor type = Tile.getDescriptor().getFile().findMessageTypeByName(message);
    byte[] value = record.value();
    if (value == null) {
      json.putNull("value");
    } else if (type == null) {
      json.set("value", bytes(value));
    } else {
      try {
        json.set("value", message(type, value));
      } catch (InvalidProtocolBufferException e) {
        json.set("value", bytes(value));
        json.put("error", "The value is no " + message + " message: " + e.getMessage());
      } catch (IllegalArgumentException e) { // a time that there cannot be
        json.set("value", bytes(value));
        json.put("error", "The " + message + " cannot be shown: " + e.getMessage());
      }
    }
    return json;
  }

  /** The topic that an exercise's stands for. */
  private static String real(String topic) {
    return Topics.isExercise() ? topic : topic.replaceFirst("^(dlq\\.)?exercise\\.", "$1");
  }

  private static ObjectNode bytes(byte[] value) {
    ObjectNode json = Answer.JSON.createObjectNode();
    json.put("bytes", value.length);
    json.put(
        "base64",
        Base64.getEncoder()
            .encodeToString(Arrays.copyOf(value, Math.min(value.length, SHOWN_BYTES))));
    return json;
  }

  private static JsonNode message(Descriptor type, byte[] value)
      throws InvalidProtocolBufferException {
    DynamicMessage message = DynamicMessage.parseFrom(type, value);
    try {
      JsonNode json = Answer.JSON.readTree(PRINTER.print(message));
      for (JsonNode picture : json.findValues("picture")) {
        String base64 = picture.path("data").asText();
        int padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
        ((ObjectNode) picture).putObject("data").put("bytes", base64.length() / 4 * 3 - padding);
      }
      return json;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("protobuf prints JSON", e);
    }
  }
}
