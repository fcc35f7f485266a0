package riada.simulate;

import java.util.Arrays;
import riada.mask.Mask;

/**
 * What is so in one tile at one moment. All masks are 512 x 512 cells. Truth is what could be seen
 * from above without cloud: roofs, bridges and dense crowns that stand out of the water are not
 * water. Not for publishing.
 *
 * @param water all water
 * @param flood water that is not normally there
 * @param reference water that is always there
 * @param cloud where cloud hides the ground
 * @param shadow where a cloud's shadow lies on ground that cloud does not hide
 * @param objects [row][column] a number for each river or lake, flood patch, parcel, wood,
 *     building; 0 for none and under cloud
 */
public record Truth(
    Mask water, Mask flood, Mask reference, Mask cloud, Mask shadow, byte[] objects) {
  public Truth {
    if (objects.length != TileGround.CELLS) {
      throw new IllegalArgumentException("objects of " + objects.length + " cells");
    }
    objects = objects.clone();
  }

  @Override
  public byte[] objects() {
    return objects.clone();
  }

  /** Neither cloud nor shadow. A new mask. */
  public Mask valid() {
    return cloud.copy().or(shadow).not();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Truth other
        && water.equals(other.water)
        && flood.equals(other.flood)
        && reference.equals(other.reference)
        && cloud.equals(other.cloud)
        && shadow.equals(other.shadow)
        && Arrays.equals(objects, other.objects);
  }

  @Override
  public int hashCode() {
    return 31 * water.hashCode() + Arrays.hashCode(objects);
  }
}
