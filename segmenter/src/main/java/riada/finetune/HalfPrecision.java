package riada.finetune;

/**
 * Numbers of IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. (The JDK has this from
 * 20 on, as {@code Float.float16ToFloat}.)
 */
final class HalfPrecision {
  /** The largest finite one; a larger number becomes infinite. */
  static final float LARGEST = 65504;

  private HalfPrecision() {}

  /** The number that the low 16 bits mean; exact. */
  static float toFloat(int half) {
    int sign = (half & 0x8000) << 16;
    int exponent = half >>> 10 & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | 0x7f800000 | fraction << 13);
    }
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f; // subnormal
      return sign == 0 ? magnitude : -magnitude;
    }
    return Float.intBitsToFloat(sign | exponent + 112 << 23 | fraction << 13);
  }

  /** The nearest one, of two equally near that whose last bit is 0. */
  static int of(float number) {
    int bits = Float.floatToRawIntBits(number);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) {
      return sign | 0x7e00;
    }
    if (magnitude < 0x38800000) {
      // Below 2^-14: a whole number of 2^-24.
      return sign | (int) Math.rint(Math.abs(number) * 0x1p24);
    }
    // Half of the last place that stays, less one where that place is even: a tie goes to even.
    int rounded = magnitude + 0xfff + (magnitude >>> 13 & 1);
    return sign | Math.min(rounded - 0x38000000 >>> 13, 0x7c00);
  }

  /** The number as half precision keeps it. */
  static float round(float number) {
    return toFloat(of(number));
  }
}
