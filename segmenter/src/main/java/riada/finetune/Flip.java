package riada.finetune;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import riada.mask.Mask;

/** A picture as a mirror shows it: what is learnt of one is true of all four. */
enum Flip {
  NONE(false, false),
  ACROSS(true, false),
  DOWN(false, true),
  BOTH(true, true);

  private final boolean columns;
  private final boolean rows;

  Flip(boolean columns, boolean rows) {
    this.columns = columns;
    this.rows = rows;
  }

  BufferedImage of(BufferedImage image) {
    int w = image.getWidth();
    int h = image.getHeight();
    if (this == NONE) {
      return image;
    }
    BufferedImage flipped = new BufferedImage(w, h, image.getType());
    Graphics2D pen = flipped.createGraphics();
    pen.drawImage(image, columns ? w : 0, rows ? h : 0, columns ? -w : w, rows ? -h : h, null);
    pen.dispose();
    return flipped;
  }

  Mask of(Mask mask) {
    int w = mask.width();
    int h = mask.height();
    Mask flipped = new Mask(w, h);
    for (int y = 0; y < h; y++) {
      int to = rows ? h - 1 - y : y;
      for (int from = mask.next(y, 0, true); from < w; ) {
        int end = mask.next(y, from, false);
        flipped.setRow(to, columns ? w - end : from, columns ? w - from : end);
        from = mask.next(y, end, true);
      }
    }
    return flipped;
  }
}
