package riada.ingest;

/**
 * How the samples of one axis of a tile come from an axis of a picture: for each sample the first
 * source pixel and the weights of it and its neighbours. Bilinear when a picture is enlarged; when
 * it is reduced the kernel widens with the step, so that nothing is skipped.
 */
final class Resampling {
  /** First source index of each sample, may be below 0 or beyond the last: the edge repeats. */
  final int[] first;

  /** [sample][tap] weights, each row sums to 1. */
  final float[][] weights;

  /**
   * @param positions of the samples in the picture's pixels, 0.5 being the middle of the first
   * @param step distance between neighbouring positions in pixels
   */
  Resampling(double[] positions, double step) {
    first = new int[positions.length];
    weights = new float[positions.length][];
    double reach = Math.max(1, step);
    for (int i = 0; i < positions.length; i++) {
      double centre = positions[i] - 0.5;
      first[i] = (int) Math.ceil(centre - reach);
      int last = (int) Math.floor(centre + reach);
      float[] taps = new float[last - first[i] + 1];
      float sum = 0;
      for (int k = 0; k < taps.length; k++) {
        taps[k] = (float) Math.max(0, 1 - Math.abs(first[i] + k - centre) / reach);
        sum += taps[k];
      }
      for (int k = 0; k < taps.length; k++) {
        taps[k] /= sum;
      }
      weights[i] = taps;
    }
  }
}
