package riada.finetune;

/**
 * How a decoder is tuned.
 *
 * @param epochs most passes over the training pictures
 * @param rate Adam's step at first
 * @param stepEpochs after so many epochs the rate is multiplied by {@code decay}, again and again
 * @param batch pictures to a step
 * @param patience epochs without a better held-out IoU after which training ends
 * @param seed of the split, of the order, of flips and of points
 */
record Training(
    int epochs, double rate, int stepEpochs, double decay, int batch, int patience, long seed) {
  Training {
    if (epochs < 1 || rate <= 0 || stepEpochs < 1 || batch < 1 || patience < 1) {
      throw new IllegalArgumentException("no training: " + epochs + " epochs at " + rate);
    }
  }

  /** What was found to work on 20 pictures of an event that the model had never seen. */
  static Training of(int epochs, long seed) {
    return new Training(epochs, 2e-4, 12, 0.5, 4, 12, seed);
  }

  /** The rate in an epoch, the first being 0. */
  double rate(int epoch) {
    return rate * Math.pow(decay, epoch / stepEpochs);
  }
}
