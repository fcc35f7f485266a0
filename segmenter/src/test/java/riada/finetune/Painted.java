package riada.finetune;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import riada.mask.Mask;

/** Labelled pictures of 128 x 128 pixels: rectangles of water on green land. */
final class Painted {
  private static final int SIDE = 128;
  private static final Color LAND = new Color(90, 140, 60);
  private static final Color BLUE = new Color(30, 60, 200);

  private Painted() {}

  /** A picture and its mask. */
  static void pair(Path folder, String name, Rectangle... water) throws IOException {
    save(folder.resolve("image/" + name + ".png"), picture(BLUE, List.of(water)));
    save(folder.resolve("mask/" + name + ".png"), black(water));
  }

  /** A change pair. */
  static void change(
      Path folder,
      String name,
      Color colour,
      List<Rectangle> before,
      List<Rectangle> after,
      Rectangle flood)
      throws IOException {
    save(folder.resolve("before/" + name + ".png"), picture(colour, before));
    save(folder.resolve("after/" + name + ".png"), picture(colour, after));
    save(folder.resolve("mask/" + name + ".png"), black(flood));
  }

  static Mask mask(Rectangle... water) {
    Mask mask = new Mask(SIDE, SIDE);
    for (Rectangle one : water) {
      for (int y = one.y; y < one.y + one.height; y++) {
        mask.setRow(y, one.x, one.x + one.width);
      }
    }
    return mask;
  }

  private static BufferedImage picture(Color colour, List<Rectangle> water) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D pen = image.createGraphics();
    pen.setColor(LAND);
    pen.fillRect(0, 0, SIDE, SIDE);
    pen.setColor(colour);
    water.forEach(pen::fill);
    pen.dispose();
    return image;
  }

  private static BufferedImage black(Rectangle... white) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D pen = image.createGraphics();
    pen.setColor(Color.WHITE);
    for (Rectangle one : white) {
      pen.fill(one);
    }
    pen.dispose();
    return image;
  }

  private static void save(Path file, BufferedImage image) throws IOException {
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
  }
}
