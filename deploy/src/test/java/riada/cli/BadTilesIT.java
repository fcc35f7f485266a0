package riada.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnknownFieldSet;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.proto.DeadLetters;
import riada.proto.Observation;
import riada.proto.Picture;
import riada.proto.Tile;
import riada.proto.Topics;
import riada.proto.WaterMask;

/** What cannot be used is refused with a reason in words, and the next tile passes. */
@Timeout(120)
class BadTilesIT {
  @TempDir static Path folder;
  private static Station station;
  private static byte[] good;

  @BeforeAll
  static void start() throws Exception {
    station = new Station(folder);
    good = picture("png");
    passes("14/8147/6100", tile(good).build()); // the model is warm
  }

  @AfterAll
  static void stop() {
    station.close();
  }

  @Test
  void eachBadRecordBecomesADeadLetterWithItsReasonAndTheNextTilePasses() throws Exception {
    Map<String, byte[]> bad = new HashMap<>();
    bad.put("picture_truncated|14/1/1", tile(half(good)).build().toByteArray());
    bad.put(
        "picture_unknown_format|14/1/2",
        tile("name,id\n".repeat(99).getBytes(UTF_8)).build().toByteArray());
    bad.put("picture_too_large|14/1/3", tile(hugeHeader()).build().toByteArray());
    bad.put("tile_off_grid|14/99999/1", tile(good).build().toByteArray());
    bad.put("tile_off_grid|23/1/1", tile(good).build().toByteArray());
    bad.put("tile_key_unreadable|fourteen", tile(good).build().toByteArray());
    bad.put("acquired_at_too_old|14/1/4", at(0).build().toByteArray());
    bad.put("acquired_at_in_future|14/1/5", at(4_102_444_800L).build().toByteArray());
    bad.put("message_unreadable|14/1/6", "this is no message".getBytes(UTF_8));
    bad.put("message_empty|14/1/7", new byte[0]);
    for (Map.Entry<String, byte[]> record : bad.entrySet()) {
      String[] counterAndKey = record.getKey().split("\\|");
      station.send(Topics.TILES.name(), counterAndKey[1].getBytes(UTF_8), record.getValue());
    }

    Duration next = passes("14/8147/6101", tile(good).build());

    System.out.println(
        "a good tile behind " + bad.size() + " bad ones passes after " + next.toMillis() + " ms");
    Map<String, String> reasons = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> letter :
        station.records(Topics.deadLetters(Topics.TILES))) {
      String key = header(letter, DeadLetters.COUNTER) + "|" + new String(letter.key(), UTF_8);
      reasons.put(key, header(letter, DeadLetters.REASON));
      assertThat(bad).containsKey(key);
      assertThat(letter.value()).isEqualTo(bad.get(key));
    }
    assertThat(reasons.keySet()).isEqualTo(bad.keySet());
    assertThat(reasons.values()).allMatch(reason -> reason.length() > 30 && reason.endsWith("."));
    assertThat(next).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void anUnknownFieldOfATileIsNoHindrance() throws Exception {
    Tile newer =
        tile(good)
            .setUnknownFields(
                UnknownFieldSet.newBuilder()
                    .addField(999, UnknownFieldSet.Field.newBuilder().addVarint(7).build())
                    .build())
            .build();

    assertThat(passes("14/8147/6102", newer)).isPositive();
  }

  @Test
  void aTileBeyondTheLimitIsRefusedToItsPublisher() throws Exception {
    Path noise = folder.resolve("noise.png");
    Files.write(noise, new byte[5 << 20]);
    try {
      station.send(Topics.TILES.name(), "14/1/8".getBytes(UTF_8), new byte[5 << 20]);
      throw new AssertionError("5 MiB were taken");
    } catch (java.util.concurrent.ExecutionException e) {
      assertThat(e).hasMessageContaining("larger");
    }

    assertThat(passes("14/8147/6103", tile(good).build())).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1,45,0,46 | 3",
        "0,46,1,45 | 3",
        "179,45,-179,46 | 3",
        "0,0,1 | 2",
        "a,b,c,d | 2",
      })
  void boundsThatAreNoneAreRefusedAtTheShell(String bounds, int status) throws Exception {
    Path file = folder.resolve("good.png");
    Files.write(file, good);

    Shell.Result refused =
        station.shell.run("publish", file.toString(), "--publisher", "test", "--bounds=" + bounds);

    assertThat(refused.status()).isEqualTo(status);
    assertThat(refused.err()).contains("bounds").doesNotContain("\tat ");
  }

  /** Sends a tile that is well and waits for its mask; returns how long that took. */
  private static Duration passes(String key, Tile tile) throws Exception {
    long start = System.nanoTime();
    station.send(Topics.TILES.name(), key.getBytes(UTF_8), tile.toByteArray());
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () ->
                station.messages(Topics.MASKS, WaterMask.parser()).stream()
                    .anyMatch(mask -> mask.getTile().equals(key)));
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private static Tile.Builder tile(byte[] picture) {
    return Tile.newBuilder()
        .setPublisher("test")
        .setPlatform("aerial")
        .setScene("scene")
        .setAcquiredAt(Observation.timestamp(Instant.now()))
        .setPicture(
            Picture.newBuilder()
                .setFormat(Picture.Format.PNG)
                .setData(ByteString.copyFrom(picture)));
  }

  private static Tile.Builder at(long second) {
    return tile(good).setAcquiredAt(Timestamp.newBuilder().setSeconds(second));
  }

  private static byte[] half(byte[] bytes) {
    return java.util.Arrays.copyOf(bytes, bytes.length / 2);
  }

  private static byte[] picture(String format) throws Exception {
    BufferedImage image = new BufferedImage(512, 512, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setColor(new Color(0x6b7f45));
    g.fillRect(0, 0, 512, 512);
    g.setColor(new Color(0x7a6a50));
    g.fillOval(100, 60, 300, 380);
    g.dispose();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, format, out);
    return out.toByteArray();
  }

  /** A PNG of 60,000 x 60,000 pixels, as far as its header goes. */
  private static byte[] hugeHeader() {
    ByteBuffer header = ByteBuffer.allocate(17);
    header.put("IHDR".getBytes(UTF_8)).putInt(60_000).putInt(60_000);
    header.put(new byte[] {8, 2, 0, 0, 0});
    CRC32 crc = new CRC32();
    crc.update(header.array());
    ByteBuffer png = ByteBuffer.allocate(8 + 4 + 17 + 4 + 64);
    png.put(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
    png.putInt(13).put(header.array()).putInt((int) crc.getValue());
    return png.array();
  }

  private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
    return new String(letter.headers().lastHeader(name).value(), UTF_8);
  }
}
