package riada.finetune;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import riada.mask.Mask;

/**
 * Labelled pictures of 128 x 128 pixels: rectangles of water on green land, whose fields differ by
 * a grey level or two from name to name, so that no two pictures look alike.
 */
final class Painted {
  private static final int SIDE = 128;
  private static final Color LAND = new Color(90, 140, 60);
  private static final Color BLUE = new Color(30, 60, 200);

  private Painted() {}

  /** A picture and its mask. */
  static void pair(Path folder, String name, Rectangle... water) throws IOException {
    save(folder.resolve("image/" + name + ".png"), picture(name, BLUE, List.of(water)));
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
    save(folder.resolve("before/" + name + ".png"), picture(name, colour, before));
    save(folder.resolve("after/" + name + ".png"), picture(name, colour, after));
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

  private static BufferedImage picture(String name, Color colour, List<Rectangle> water) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D pen = image.createGraphics();
    SplittableRandom random = new SplittableRandom(name.hashCode());
    for (int y = 0; y < SIDE; y += 16) {
      for (int x = 0; x < SIDE; x += 14) {
        pen.setColor(new Color(LAND.getRed(), LAND.getGreen() + random.nextInt(9), LAND.getBlue()));
        pen.fillRect(x, y, 14, 16);
      }
    }
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
