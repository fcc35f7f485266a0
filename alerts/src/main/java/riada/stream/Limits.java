package riada.stream;

import riada.proto.Region;

/**
 * A region's limits in square centimetres, however it names them.
 *
 * @param raiseCm2 flood that raises
 * @param clearCm2 flood and stale flood below which a pass counts as dry
 */
record Limits(long raiseCm2, long clearCm2) {
  static Limits of(RegionDefinition definition) {
    Region region = definition.getRegion();
    if (region.getRaiseShare() > 0) {
      long area = definition.getAreaCm2();
      return new Limits(
          Math.round(region.getRaiseShare() * area), Math.round(region.getClearShare() * area));
    }
    return new Limits(cm2(region.getRaiseKm2()), cm2(region.getClearKm2()));
  }

  static long cm2(double km2) {
    return Math.round(km2 * Figures.CM2_PER_KM2);
  }

  /** Nothing reaches no limit, not even one of nought. */
  static boolean reaches(long floodCm2, long limitCm2) {
    return floodCm2 > 0 && floodCm2 >= limitCm2;
  }
}
