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
    require(!id.equals(region.getParent()), id, "is its own parent");
    checkThresholds(id, region);
    checkRaising(id, region);
    require(region.getMaxAge().getSeconds() >= 1, id, "needs a max_age of at least a second");
    checkDuration(id, "max_age", region.getMaxAge());
  }

  private static void checkRaising(String id, Region region) throws BadInput {
    require(
        region.getRaisePasses() >= 0 && region.getRaisePasses() <= MAX_PASSES,
        id,
        "has raise_passes " + region.getRaisePasses() + "; it is 0 to " + MAX_PASSES);
    require(
        region.getMinPatchKm2() >= 0 && region.getMinPatchKm2() <= EARTH_KM2, // NaN fails too
        id,
        "has min_patch_km2 " + region.getMinPatchKm2() + "; it is an area of 0 or more");
    checkDuration(id, "raise_after", region.getRaiseAfter());
    checkDuration(id, "escalate_after", region.getEscalateAfter());
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
    boolean shares = region.getRaiseShare() != 0 || region.getClearShare() != 0;
    require(
        !shares
            || region.getRaiseShare() > 0
                && region.getRaiseShare() <= 1
                && region.getClearShare() >= 0
                && region.getClearShare() <= region.getRaiseShare(), // NaN fails too
        id,
        "has raise_share "
            + region.getRaiseShare()
            + " and clear_share "
            + region.getClearShare()
            + "; they must be 1 >= raise_share >= clear_share >= 0");
    require(
        !shares || region.getRaiseKm2() == 0 && region.getClearKm2() == 0,
        id,
        "has limits both as areas and as shares; set raise_km2 and clear_km2 or raise_share and"
            + " clear_share");
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

  private static void checkDuration(String id, String field, Duration age) throws BadInput {
    require(
        age.getSeconds() >= 0
            && age.getSeconds() < MAX_AGE_DAYS * 86_400L
            && age.getNanos() >= 0
            && age.getNanos() <= 999_999_999,
        id,
        "has a "
            + field
            + " of "
            + age.getSeconds()
            + " s and "
            + age.getNanos()
            + " ns; it must not be negative and be less than "
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
