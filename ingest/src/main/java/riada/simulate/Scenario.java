package riada.simulate;

/**
 * What happens in a simulation: stage and cloud as a pure function of the seed and of the share of
 * simulated time that has passed.
 */
public enum Scenario {
  /**
   * A flood rises past its banks, stays and falls by a third: the end is clear and still flooded.
   */
  RISING(13, 0.25f, 70, 0.25f),
  /**
   * A flood rises, is hidden by cloud while it stands, is seen again and falls; the last passes are
   * clear and dry.
   */
  CLOUD(13, 0.25f, 70, 0),
  /** A wide river and many lakes, and no flood at all. */
  REFERENCE(42, 0.9f, 150, 0.2f),
  /** Little water, passing clouds, nothing happens. */
  QUIET(7, 0.1f, 45, 0.3f);

  private final float riverHalfWidth;
  private final float lakesATile;
  private final float largestLake;
  private final float passingCloud;

  Scenario(float riverHalfWidth, float lakesATile, float largestLake, float passingCloud) {
    this.riverHalfWidth = riverHalfWidth;
    this.lakesATile = lakesATile;
    this.largestLake = largestLake;
    this.passingCloud = passingCloud;
  }

  /** Pixels from the middle of the river to its bank. */
  float riverHalfWidth() {
    return riverHalfWidth;
  }

  float lakesATile() {
    return lakesATile;
  }

  /** Radius of the largest lake in pixels. */
  float largestLake() {
    return largestLake;
  }

  /** Whether there is a flood in it. */
  public boolean floods() {
    return this == RISING || this == CLOUD;
  }

  /** The highest stage of a flood in metres, 0 without one. */
  static float peakM(int seed) {
    return Noise.between(seed, 5, 5, 1.25f, 1.9f);
  }

  /**
   * The state of river and sky.
   *
   * @param fraction of the simulated time, 0..1
   */
  public Moment at(int seed, double fraction) {
    float f = (float) fraction;
    float peak = floods() ? peakM(seed) : 0;
    float stage =
        switch (this) {
          case RISING -> peak * (ramp(0.06f, 0.40f, f) - 0.35f * ramp(0.60f, 0.85f, f));
          case CLOUD -> peak * (ramp(0.04f, 0.18f, f) - ramp(0.64f, 0.76f, f));
          case REFERENCE, QUIET -> 0;
        };
    float highest = f < (this == CLOUD ? 0.18f : 0.40f) ? stage : peak;
    float bank = this == CLOUD ? ramp(0.24f, 0.29f, f) - ramp(0.52f, 0.57f, f) : 0;
    float cover =
        switch (this) {
          case RISING -> f < 0.66f ? passingCloud * Noise.unit(seed, 7, (int) (f * 64)) : 0;
          case CLOUD -> 0.45f * bank;
          case REFERENCE, QUIET ->
              passingCloud * (0.5f + 0.5f * Noise.unit(seed, 7, (int) (f * 64)));
        };
    return Moment.of(seed, f, stage, highest, cover, bank);
  }

  private static float ramp(float from, float to, float f) {
    return Noise.smooth(from, to, f);
  }
}
