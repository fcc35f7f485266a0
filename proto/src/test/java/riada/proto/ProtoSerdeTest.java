package riada.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.util.Random;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;

class ProtoSerdeTest {
  private static final Serde<Tile> TILES = ProtoSerde.of(Tile.parser());
  private static final Tile TILE = Tile.newBuilder().setPublisher("drone-1").setScene("7").build();

  @Test
  void aMessageComesBackAsItWent() {
    byte[] bytes = TILES.serializer().serialize("t", TILE);

    assertThat(TILES.deserializer().deserialize("t", bytes)).isEqualTo(TILE);
  }

  @Test
  void aTombstoneStaysATombstone() {
    assertThat(TILES.serializer().serialize("t", null)).isNull();
    assertThat(TILES.deserializer().deserialize("t", null)).isNull();
  }

  /** A field that a later version of the contract adds passes through this one. */
  @Test
  void keepsUnknownFields() throws BadInput {
    UnknownFieldSet later =
        UnknownFieldSet.newBuilder()
            .addField(
                999,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(ByteString.copyFromUtf8("of a later version"))
                    .build())
            .build();
    byte[] bytes = TILE.toBuilder().setUnknownFields(later).build().toByteArray();

    Tile changed = ProtoSerde.parse(Tile.parser(), "Tile", bytes).toBuilder().setScene("8").build();

    assertThat(changed.getUnknownFields()).isEqualTo(later);
    assertThat(TILES.serializer().serialize("t", changed)).hasSameSizeAs(bytes);
  }

  @ParameterizedTest
  @NullAndEmptySource
  void refusesNothing(byte[] bytes) {
    BadInput refusal =
        catchThrowableOfType(BadInput.class, () -> ProtoSerde.parse(Tile.parser(), "Tile", bytes));

    assertThat(refusal.counter()).isEqualTo("message_empty");
    assertThat(refusal.reason()).isEqualTo("The record has no value; send a Tile message.");
  }

  @Test
  void refusesGarbage() {
    Random random = new Random(2);
    int refused = 0;
    for (int i = 0; i < 2_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(300)];
      random.nextBytes(bytes);
      try {
        Tile unlikely = ProtoSerde.parse(Tile.parser(), "Tile", bytes);
        assertThat(unlikely.getSerializedSize()).isPositive(); // by chance a field unknown to us
      } catch (BadInput refusal) {
        refused++;
        assertThat(refusal.counter()).isEqualTo("message_unreadable");
        assertThat(refusal.reason())
            .contains(bytes.length + " bytes is no Tile message")
            .endsWith(".");
      }
    }
    assertThat(refused).isGreaterThan(1_900);
  }

  @Test
  void refusesALengthBeyondTheEndWithoutAllocatingIt() {
    byte[] bytes = {0x0a, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f, 'a'};

    assertThatThrownBy(() -> ProtoSerde.parse(Tile.parser(), "Tile", bytes))
        .isInstanceOf(BadInput.class);
  }

  @Test
  void failsLoudlyAtGarbageOnRiadasOwnTopics() {
    assertThatThrownBy(() -> TILES.deserializer().deserialize("flood.masks.v1", new byte[] {7}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("flood.masks.v1");
  }
}
