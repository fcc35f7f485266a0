package riada.eval;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import riada.mask.Mask;

/** One HTML file that holds everything it shows, so that it can be sent and kept. */
final class HtmlPage {
  /** Longest side of a picture on the page, in pixels. */
  static final int SIDE = 420;

  private static final String STYLE =
      "body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 1em}"
          + "table{border-collapse:collapse;margin:.5em 0 1.5em}"
          + "td,th{padding:.2em .8em;text-align:right;border-bottom:1px solid #ddd}"
          + "td:first-child,th:first-child{text-align:left}"
          + "figure{display:inline-block;margin:0 1em 1em 0;vertical-align:top}"
          + "figcaption{font-size:13px;max-width:420px}img{display:block;max-width:100%}";

  // Of Okabe and Ito: told apart by the colour-blind.
  private static final int BOTH = 0x0072b2;
  private static final int ONLY_MASK = 0xe69f00;
  private static final int ONLY_TRUTH = 0xcc79a7;

  private final StringBuilder html = new StringBuilder();

  HtmlPage(String title) {
    html.append("<!doctype html><html lang=en><meta charset=utf-8><title>")
        .append(escaped(title))
        .append("</title><style>")
        .append(STYLE)
        .append("</style><h1>")
        .append(escaped(title))
        .append("</h1>\n");
  }

  HtmlPage heading(String text) {
    html.append("<h2>").append(escaped(text)).append("</h2>\n");
    return this;
  }

  HtmlPage paragraph(String text) {
    html.append("<p>").append(escaped(text)).append("</p>\n");
    return this;
  }

  /** A table; the first row is its head. */
  HtmlPage table(List<List<String>> rows) {
    html.append("<table>");
    for (int i = 0; i < rows.size(); i++) {
      String tag = i == 0 ? "th" : "td";
      html.append("<tr>");
      for (String cell : rows.get(i)) {
        html.append('<').append(tag).append('>').append(escaped(cell));
      }
      html.append('\n');
    }
    html.append("</table>\n");
    return this;
  }

  HtmlPage picture(BufferedImage image, String caption) throws IOException {
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    if (!ImageIO.write(image, "jpg", jpeg)) {
      throw new IOException("this Java has no JPEG writer");
    }
    html.append("<figure><img alt=\"\" src=\"data:image/jpeg;base64,")
        .append(Base64.getEncoder().encodeToString(jpeg.toByteArray()))
        .append("\"><figcaption>")
        .append(escaped(caption))
        .append("</figcaption></figure>\n");
    return this;
  }

  /** Blue: both see water; orange: only the mask; pink: only the truth. */
  static BufferedImage overlay(BufferedImage picture, Mask mask, Mask truth, int side) {
    double scale = Math.min(1, (double) side / Math.max(picture.getWidth(), picture.getHeight()));
    int w = Math.max(1, (int) Math.round(picture.getWidth() * scale));
    int h = Math.max(1, (int) Math.round(picture.getHeight() * scale));
    BufferedImage out = new BufferedImage(w, h, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D pen = out.createGraphics();
    pen.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    pen.drawImage(picture, 0, 0, w, h, null);
    pen.dispose();
    for (int y = 0; y < h; y++) {
      int row = (int) ((y + 0.5) / h * truth.height());
      for (int x = 0; x < w; x++) {
        int column = (int) ((x + 0.5) / w * truth.width());
        boolean said = mask.get(column, row);
        boolean is = truth.get(column, row);
        if (said || is) {
          int colour = said && is ? BOTH : said ? ONLY_MASK : ONLY_TRUTH;
          out.setRGB(x, y, half(out.getRGB(x, y), colour));
        }
      }
    }
    return out;
  }

  /** The mean of two colours, channel by channel. */
  private static int half(int a, int b) {
    return ((a & 0xfefefe) >> 1) + ((b & 0xfefefe) >> 1);
  }

  /** Writes the page whole or not at all. */
  void write(Path file) throws IOException {
    replace(file, html.toString());
  }

  static void replace(Path file, String text) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + ".part");
    Files.write(unfinished, text.getBytes(UTF_8));
    Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
