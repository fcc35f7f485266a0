package riada.segmenter;

import com.google.protobuf.ByteString;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import javax.imageio.ImageIO;
import riada.geo.TileId;
import riada.onnx.Device;
import riada.proto.BadInput;
import riada.proto.Observation;
import riada.proto.Picture;
import riada.proto.Tile;

/** Pictures for the tiny model, to which blue is water, white is cloud and black is shadow. */
final class Painted {
  static final TileId ID = new TileId(14, 8185, 5448);
  static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  static final Instant ACQUIRED = Instant.parse("2026-05-01T11:00:00Z");
  static final InstantSource CLOCK = InstantSource.fixed(NOW);

  static final Color LAND = new Color(90, 140, 60);
  static final Color WATER = new Color(30, 60, 200);
  static final Color CLOUD = Color.WHITE;

  private Painted() {}

  static WaterModel tiny() throws BadInput {
    return WaterModel.open(Path.of("src/test/resources/tiny"), Device.Choice.CPU, 1);
  }

  static BufferedImage land(int width, int height, int type) {
    BufferedImage image = new BufferedImage(width, height, type);
    return fill(image, LAND, 0, 0, width, height);
  }

  /** Land of 512 x 512 with a pond of 128..255 from the left and 192..319 from the top. */
  static BufferedImage pond() {
    return fill(land(512, 512, BufferedImage.TYPE_3BYTE_BGR), WATER, 128, 192, 128, 128);
  }

  static BufferedImage fill(
      BufferedImage image, Color colour, int x, int y, int width, int height) {
    Graphics2D pen = image.createGraphics();
    pen.setColor(colour);
    pen.fillRect(x, y, width, height);
    pen.dispose();
    return image;
  }

  static byte[] bytes(BufferedImage image, String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, out)) {
        throw new IllegalArgumentException("no writer for " + format);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return out.toByteArray();
  }

  /** A sound tile with this picture. */
  static Tile.Builder tile(byte[] picture) {
    return Tile.newBuilder()
        .setPublisher("test")
        .setPlatform("painted")
        .setScene("scene-1")
        .setProcessingVersion(3)
        .setAcquiredAt(Observation.timestamp(ACQUIRED))
        .setPicture(Picture.newBuilder().setData(ByteString.copyFrom(picture)));
  }

  static Tile.Builder tile(BufferedImage image) {
    return tile(bytes(image, "png"));
  }
}
