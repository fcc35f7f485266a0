package riada.proto;

import com.google.protobuf.Duration;

/**
 * What every region must fulfil that can be told without its geometry: whoever publishes one checks
 * before, whoever reads one checks again. The shape itself is checked by the stage that measures
 * it.
 */
public final class Regions {
  /** The longest id, name and parent of a region, in characters. */
  public static final int MAX_NAME = 128;

  /** The largest region as a message, its GeoJSON included, in bytes. */
  public static final int MAX_BYTES = 1 << 20;

  /** The most passes that an all-clear may ask for: each is kept until it comes. */
  public static final int MAX_PASSES = 1000;

  /** The longest max_age, in days. */
  public static final int MAX_AGE_DAYS = 366;

  private static final double EARTH_KM2 = 510_100_000;

  private Regions() {}

  /**
   * @param key the record's key
   * @throws BadInput with a sentence for whoever drew the region
   */
  public static void check(String key, Region region) throws BadInput {
    String id = region.getId();
    if (!id.equals(key)) {
      throw new BadInput(
          "region_key_mismatch",
          "The record's key is \""
              + brief(key)
              + "\" but its region's id is \""
              + brief(id)
              + "\"; make them equal.");
    }
    require(!id.isBlank(), id, "has no id that can be read; give each region its own");
    name(id, "id", id);
    name(id, "name", region.getName());
    name(id, "parent", region.getParent());
    int bytes = region.getSerializedSize();
    require(
        bytes <= MAX_BYTES,
        id,
        "has " + bytes + " bytes; simplify its geometry to at most " + MAX_BYTES);
    checkThresholds(id, region);
    checkMaxAge(id, region.getMaxAge());
  }

  private static void name(String id, String field, String value) throws BadInput {
    require(
        value.length() <= MAX_NAME && value.chars().noneMatch(Character::isISOControl),
        id,
        "has "
            + (field.equals("id") ? "an " : "a ")
            + field
            + " that is longer than "
            + MAX_NAME
            + " characters or holds control characters");
  }

  private static void checkThresholds(String id, Region region) throws BadInput {
    require(
        region.getClearKm2() >= 0 && region.getRaiseKm2() >= region.getClearKm2(), // NaN fails too
        id,
        "has raise_km2 "
            + region.getRaiseKm2()
            + " and clear_km2 "
            + region.getClearKm2()
            + "; they must be raise_km2 >= clear_km2 >= 0");
    require(
        region.getRaiseKm2() <= EARTH_KM2, id, "has a raise_km2 beyond the surface of the earth");
    require(
        region.getMinObserved() >= 0 && region.getMinObserved() <= 1,
        id,
        "has min_observed " + region.getMinObserved() + "; it is a share, 0..1");
    require(
        region.getPasses() >= 1 && region.getPasses() <= MAX_PASSES,
        id,
        "has passes "
            + region.getPasses()
            + "; an all-clear needs at least 1 and at most "
            + MAX_PASSES);
  }

  private static void checkMaxAge(String id, Duration age) throws BadInput {
    require(
        age.getSeconds() >= 1
            && age.getSeconds() < MAX_AGE_DAYS * 86_400L
            && age.getNanos() >= 0
            && age.getNanos() <= 999_999_999,
        id,
        "has a max_age of "
            + age.getSeconds()
            + " s and "
            + age.getNanos()
            + " ns; it must be at least a second and less than "
            + MAX_AGE_DAYS
            + " days");
  }

  private static void require(boolean fulfilled, String id, String why) throws BadInput {
    if (!fulfilled) {
      throw new BadInput("region_invalid", "Region \"" + brief(id) + "\" " + why + ".");
    }
  }

  private static String brief(String text) { // it may be a megabyte
    return text.length() <= MAX_NAME ? text : text.substring(0, MAX_NAME) + "...";
  }
}
