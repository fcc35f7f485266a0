package riada.simulate;

/**
 * River, sky and light at one time of a simulation.
 *
 * @param stageM the flood's stage in metres over the normal water level; 0: no flood
 * @param highestM the highest stage so far: what it reached and left is muddy
 * @param cover how much of the sky has clouds, 0..1
 * @param bank how thickly a bank of cloud lies on the valley, 0..1
 * @param drift pixels that the wind has moved the clouds
 * @param wind a number that names the cloud field
 * @param gain brightness, about 1
 * @param haze 0..1 how far the picture is veiled
 * @param warmth -1..1 from bluish to yellowish light
 * @param glint 0..1 how strongly water mirrors the sun
 */
public record Moment(
    float stageM,
    float highestM,
    float cover,
    float bank,
    float drift,
    int wind,
    float gain,
    float haze,
    float warmth,
    float glint) {
  public Moment {
    if (!(stageM >= 0
        && stageM <= highestM
        && cover >= 0
        && cover <= 1
        && bank >= 0
        && bank <= 1)) {
      throw new IllegalArgumentException(
          "no such moment: stage " + stageM + ", highest " + highestM + ", cover " + cover);
    }
  }

  /** Light follows from the seed and the time. */
  static Moment of(
      int seed, float fraction, float stageM, float highestM, float cover, float bank) {
    int time = (int) (fraction * 4096);
    float sunny = Noise.unit(seed, 8, time);
    return new Moment(
        stageM,
        Math.max(stageM, highestM),
        cover,
        bank,
        3000 * fraction,
        seed,
        Noise.between(seed, 9, time, 0.84f, 1.12f) * Noise.between(seed, 9, -1, 0.9f, 1.1f),
        0.22f * Noise.unit(seed, 10, time) * Noise.unit(seed, 10, -1),
        Noise.between(seed, 11, time, -0.4f, 0.4f) + Noise.between(seed, 11, -1, -0.6f, 0.6f),
        sunny > 0.7f ? (sunny - 0.7f) * 3.3f : 0);
  }

  /** The same river under another sky: for pictures to learn from. */
  Moment under(float otherCover, float otherBank) {
    return new Moment(
        stageM, highestM, otherCover, otherBank, drift, wind, gain, haze, warmth, glint);
  }
}
