package riada.finetune;

import riada.mask.Mask;
import riada.sam.Pixels;

/**
 * Water by the modified normalised difference water index (Xu, 2006): (green - short-wave infrared)
 * / (green + short-wave infrared), water above 0. For pictures with the bands B11, B8 and B3 as
 * red, green and blue.
 */
final class WaterIndex {
  /** As evaluation calls pictures with these bands. */
  static final String SENSOR = "b11-b8-b3";

  private WaterIndex() {}

  /** Water on cells of the mask's resolution. */
  static Mask of(Pixels picture, int width, int height) {
    Mask water = new Mask(width, height);
    for (int y = 0; y < height; y++) {
      int v = (int) ((y + 0.5) * picture.height() / height);
      for (int x = 0; x < width; x++) {
        int u = (int) ((x + 0.5) * picture.width() / width);
        if (picture.get(u, v, 2) > picture.get(u, v, 0)) {
          water.set(x, y);
        }
      }
    }
    return water;
  }
}
