package riada.finetune;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import javax.imageio.ImageIO;
import riada.finetune.Checkpoint.Epoch;

/** How loss and held-out IoU went from epoch to epoch, as a PNG. */
final class Curve {
  private static final int WIDTH = 800;
  private static final int HEIGHT = 420;
  private static final int LEFT = 60;
  private static final int RIGHT = 60;
  private static final int TOP = 40;
  private static final int BOTTOM = 50;

  // Of Okabe and Ito: told apart by the colour-blind.
  private static final Color LOSS = new Color(0xd55e00);
  private static final Color IOU = new Color(0x0072b2);

  private Curve() {}

  /**
   * @param epochs the first is the model as it was, without a loss
   */
  static byte[] png(List<Epoch> epochs, int best) throws IOException {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D pen = image.createGraphics();
    pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    pen.setColor(Color.WHITE);
    pen.fillRect(0, 0, WIDTH, HEIGHT);
    pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
    double most = Math.max(0.1, epochs.stream().skip(1).mapToDouble(Epoch::loss).max().orElse(1));
    int last = Math.max(1, epochs.size() - 1);
    pen.setColor(Color.LIGHT_GRAY);
    pen.drawRect(LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
    pen.drawLine(x(best, last), TOP, x(best, last), HEIGHT - BOTTOM);
    line(pen, LOSS, epochs, 1, epoch -> epoch.loss() / most);
    line(pen, IOU, epochs, 0, Epoch::heldOutIou);
    pen.setColor(LOSS);
    pen.drawString("loss", LEFT, TOP - 12);
    pen.drawString(String.format(Locale.ROOT, "%.2f", most), LEFT - 45, TOP + 10);
    pen.drawString("0", LEFT - 20, HEIGHT - BOTTOM);
    pen.setColor(IOU);
    pen.drawString("IoU on held-out pictures", WIDTH - RIGHT - 170, TOP - 12);
    pen.drawString("1", WIDTH - RIGHT + 10, TOP + 10);
    pen.drawString("0", WIDTH - RIGHT + 10, HEIGHT - BOTTOM);
    pen.setColor(Color.DARK_GRAY);
    pen.drawString("epoch 0", LEFT, HEIGHT - BOTTOM + 20);
    pen.drawString(String.valueOf(last), WIDTH - RIGHT - 10, HEIGHT - BOTTOM + 20);
    pen.drawString("best: " + best, Math.min(x(best, last) + 4, WIDTH - RIGHT - 70), TOP + 16);
    pen.dispose();
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    if (!ImageIO.write(image, "png", png)) {
      throw new IOException("this Java has no PNG writer");
    }
    return png.toByteArray();
  }

  private static void line(
      Graphics2D pen, Color colour, List<Epoch> epochs, int first, ToDoubleFunction<Epoch> share) {
    Path2D path = new Path2D.Double();
    for (int i = first; i < epochs.size(); i++) {
      double y = HEIGHT - BOTTOM - share.applyAsDouble(epochs.get(i)) * (HEIGHT - TOP - BOTTOM);
      if (i == first) {
        path.moveTo(x(i, epochs.size() - 1), y);
      } else {
        path.lineTo(x(i, epochs.size() - 1), y);
      }
    }
    pen.setColor(colour);
    pen.setStroke(new BasicStroke(2));
    pen.draw(path);
    pen.setStroke(new BasicStroke(1));
  }

  private static int x(int epoch, int last) {
    return LEFT + epoch * (WIDTH - LEFT - RIGHT) / Math.max(1, last);
  }
}
