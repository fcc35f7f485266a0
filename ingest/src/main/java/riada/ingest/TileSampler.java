package riada.ingest;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import riada.geo.Bounds;
import riada.geo.TileGrid;
import riada.geo.TileId;
import riada.mask.Mask;

/**
 * The pixels of one tile out of a scene. The way from the grid to the picture is separable (a
 * column is a longitude, a row is a latitude), so columns are resampled first, then rows.
 */
final class TileSampler {
  private static final int SIZE = TileGrid.SIZE;
  private static final float[] NOTHING = {};

  private final BufferedImage image;
  private final boolean[] insideColumn = new boolean[SIZE];
  private final boolean[] insideRow = new boolean[SIZE];
  private final double[] positionX = new double[SIZE]; // in the picture's pixels
  private final double[] positionY = new double[SIZE];

  TileSampler(Scene scene, TileId tile) {
    image = scene.image();
    Bounds bounds = scene.bounds();
    double perLon = image.getWidth() / (bounds.east() - bounds.west());
    double perLat = image.getHeight() / (bounds.north() - bounds.south());
    for (int i = 0; i < SIZE; i++) {
      double lon = TileGrid.longitude(tile.z(), tile.x() + (i + 0.5) / SIZE);
      double lat = TileGrid.latitude(tile.z(), tile.y() + (i + 0.5) / SIZE);
      positionX[i] = (lon - bounds.west()) * perLon;
      positionY[i] = (bounds.north() - lat) * perLat;
      // Half open, so that scenes which share an edge share no cell and leave none out.
      insideColumn[i] = lon >= bounds.west() && lon < bounds.east();
      insideRow[i] = lat > bounds.south() && lat <= bounds.north();
    }
  }

  /** Cells whose centre lies in the scene and, where it has transparency, on an opaque pixel. */
  Mask valid() {
    Mask valid = new Mask(SIZE, SIZE);
    boolean alpha = image.getColorModel().hasAlpha();
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE && insideRow[y]; x++) {
        if (insideColumn[x] && (!alpha || opaque(positionX[x], positionY[y]))) {
          valid.set(x, y);
        }
      }
    }
    return valid;
  }

  private boolean opaque(double x, double y) {
    int column = Math.min(image.getWidth() - 1, (int) x);
    int row = Math.min(image.getHeight() - 1, (int) y);
    return image.getRGB(column, row) >>> 24 > 127;
  }

  /** Fills all pixels of {@code out}; beyond the scene its edge repeats. */
  void sample(BufferedImage out) {
    Resampling columns = new Resampling(clamped(positionX, image.getWidth()), step(positionX));
    Resampling rows = new Resampling(clamped(positionY, image.getHeight()), step(positionY));
    int top = clamp(rows.first[0], image.getHeight());
    int bottom = clamp(rows.first[SIZE - 1] + rows.weights[SIZE - 1].length - 1, image.getHeight());
    float[][] lines = new float[bottom - top + 1][]; // [source row][3 * column + channel]
    int left = clamp(columns.first[0], image.getWidth());
    int right =
        clamp(columns.first[SIZE - 1] + columns.weights[SIZE - 1].length - 1, image.getWidth());
    int[] source = new int[right - left + 1];
    float[] sum = new float[3 * SIZE];
    int[] target = new int[SIZE];
    int done = 0; // source rows before it are no longer needed
    for (int y = 0; y < SIZE; y++) {
      Arrays.fill(sum, 0);
      float[] taps = rows.weights[y];
      for (int k = 0; k < taps.length; k++) {
        int row = clamp(rows.first[y] + k, image.getHeight()) - top;
        if (lines[row] == null) {
          image.getRGB(left, top + row, source.length, 1, source, 0, source.length);
          lines[row] = across(source, left, columns);
        }
        for (int i = 0; i < sum.length; i++) {
          sum[i] += taps[k] * lines[row][i];
        }
      }
      for (; done < clamp(rows.first[y], image.getHeight()) - top; done++) {
        lines[done] = NOTHING;
      }
      for (int x = 0; x < SIZE; x++) {
        target[x] = round(sum[3 * x]) << 16 | round(sum[3 * x + 1]) << 8 | round(sum[3 * x + 2]);
      }
      out.setRGB(0, y, SIZE, 1, target, 0, SIZE);
    }
  }

  private float[] across(int[] source, int left, Resampling columns) {
    float[] line = new float[3 * SIZE];
    for (int x = 0; x < SIZE; x++) {
      float[] taps = columns.weights[x];
      for (int k = 0; k < taps.length; k++) {
        int rgb = source[clamp(columns.first[x] + k, image.getWidth()) - left];
        line[3 * x] += taps[k] * (rgb >> 16 & 255);
        line[3 * x + 1] += taps[k] * (rgb >> 8 & 255);
        line[3 * x + 2] += taps[k] * (rgb & 255);
      }
    }
    return line;
  }

  private static double step(double[] positions) {
    return (positions[SIZE - 1] - positions[0]) / (SIZE - 1);
  }

  private static double[] clamped(double[] positions, int length) {
    double[] inside = new double[positions.length];
    for (int i = 0; i < positions.length; i++) {
      inside[i] = Math.max(0, Math.min(length, positions[i]));
    }
    return inside;
  }

  private static int clamp(int index, int length) {
    return Math.max(0, Math.min(length - 1, index));
  }

  private static int round(float v) {
    return Math.max(0, Math.min(255, Math.round(v)));
  }
}
