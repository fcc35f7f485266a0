package riada.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.geo.Bounds;
import riada.proto.BadInput;

class SceneReaderTest {
  private static final Optional<Bounds> BOUNDS = Optional.of(new Bounds(-1, 41, -0.9, 41.1));

  private final SceneReader reader = new SceneReader();
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "a.jpg, a.jgw",
    "a.jpg, a.JGW",
    "a.jpg, a.jpw",
    "a.jpeg, a.jpegw",
    "a.png, a.pgw",
    "a.png, a.wld",
    "río é.png, río é.pgw"
  })
  void aWorldFileSaysWhereAPictureLies(String picture, String worldFile) throws Exception {
    write(picture, 100, 50);
    Files.writeString(folder.resolve(worldFile), "0.001\n0.0\n0.0\n-0.002\n-0.9995\n41.199\n");

    Bounds bounds = reader.read(folder.resolve(picture), Optional.empty()).bounds();

    assertThat(bounds.west()).isCloseTo(-1, within(1e-12));
    assertThat(bounds.east()).isCloseTo(-0.9, within(1e-12));
    assertThat(bounds.north()).isCloseTo(41.2, within(1e-12));
    assertThat(bounds.south()).isCloseTo(41.1, within(1e-12));
  }

  @Test
  void boundsWinOverAWorldFile() throws Exception {
    write("a.png", 10, 10);
    Files.writeString(folder.resolve("a.pgw"), "nonsense");

    assertThat(reader.read(folder.resolve("a.png"), BOUNDS).bounds()).isEqualTo(BOUNDS.get());
  }

  @Test
  void theSceneIsNamedByFileAndContent() throws Exception {
    write("a.png", 10, 10);
    Files.createDirectory(folder.resolve("sub"));
    Files.copy(folder.resolve("a.png"), folder.resolve("sub/a.png"));
    write("b.png", 11, 10);

    String name = reader.read(folder.resolve("a.png"), BOUNDS).name();

    assertThat(name).matches("a-[0-9a-f]{8}");
    assertThat(reader.read(folder.resolve("sub/a.png"), BOUNDS).name()).isEqualTo(name);
    assertThat(reader.read(folder.resolve("b.png"), BOUNDS).name())
        .doesNotEndWith(name.substring(1));
  }

  @Test
  void aLongNameStaysWithinTheContract() throws Exception {
    String stem = "x".repeat(200);
    write(stem + ".png", 10, 10);

    assertThat(reader.read(folder.resolve(stem + ".png"), BOUNDS).name()).hasSize(109);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 0 0 -1 500000 4600000 | is not in degrees",
        "0.1 0.01 0.01 -0.1 0 40 | turns or mirrors",
        "0.1 0 0 0.1 0 40 | turns or mirrors",
        "0.1 0 0 | is no world file",
        "a b c d e f | is no world file",
        "1 0 0 -0.1 179 40 | longitudes are -180..180",
      })
  void aWorldFileThatCannotBeUsedIsRefused(String terms, String why) throws Exception {
    write("a.png", 10, 10);
    Files.writeString(folder.resolve("a.pgw"), terms.replace(' ', '\n'));

    assertThatThrownBy(() -> reader.read(folder.resolve("a.png"), Optional.empty()))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("a.pgw")
        .hasMessageContaining(why);
  }

  @Test
  void aPictureWithoutBoundsIsRefusedWithTheWayOut() throws Exception {
    write("a.png", 10, 10);

    assertThatThrownBy(() -> reader.read(folder.resolve("a.png"), Optional.empty()))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("give --bounds");
  }

  @Test
  void aTextFileNamedPngIsRefused() throws Exception {
    Files.writeString(folder.resolve("a.png"), "this is no picture");

    assertThatThrownBy(() -> reader.read(folder.resolve("a.png"), BOUNDS))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("neither JPEG nor PNG");
  }

  @ParameterizedTest
  @CsvSource({"jpg, 0.5", "png, 0.5", "jpg, 0.02", "png, 0.02"})
  void aTruncatedPictureIsRefused(String format, double kept) throws Exception {
    byte[] whole = Files.readAllBytes(write("a." + format, 300, 300));
    Path cut = folder.resolve("cut." + format);
    Files.write(cut, Arrays.copyOf(whole, (int) (whole.length * kept) + 9));

    assertThatThrownBy(() -> reader.read(cut, BOUNDS))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("cut." + format);
  }

  @Test
  void aHugeHeaderIsRefusedBeforeItsPixelsAreMade() throws Exception {
    Path huge = folder.resolve("huge.png");
    Files.write(huge, header(60_000, 60_000));

    // The pixels would be 10 GB, ten times the memory of this test.
    assertThatThrownBy(() -> reader.read(huge, BOUNDS))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("60000 x 60000");
  }

  @Test
  void aMissingFileIsToldByName() {
    assertThatThrownBy(() -> reader.read(folder.resolve("none.png"), BOUNDS))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("none.png does not exist");
  }

  private Path write(String name, int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int at = 0; at < width * height; at++) {
      image.setRGB(at % width, at / width, at * 0x010307);
    }
    Path file = folder.resolve(name);
    String format = name.endsWith("png") ? "png" : "jpg";
    assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
    return file;
  }

  /** The signature and header of a PNG, and nothing else. */
  private static byte[] header(int width, int height) throws IOException {
    ByteArrayOutputStream chunk = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(chunk);
    out.writeBytes("IHDR");
    out.writeInt(width);
    out.writeInt(height);
    out.write(new byte[] {8, 2, 0, 0, 0});
    CRC32 crc = new CRC32();
    crc.update(chunk.toByteArray());
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    DataOutputStream png = new DataOutputStream(file);
    png.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
    png.writeInt(13);
    png.write(chunk.toByteArray());
    png.writeInt((int) crc.getValue());
    return file.toByteArray();
  }
}
