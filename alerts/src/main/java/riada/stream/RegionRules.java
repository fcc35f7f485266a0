package riada.stream;

import java.util.HexFormat;
import org.locationtech.jts.geom.Envelope;
import org.locationtech.jts.geom.Geometry;
import riada.geo.Bounds;
import riada.proto.BadInput;
import riada.proto.Observation;
import riada.proto.Region;
import riada.proto.Regions;

/** What a region must fulfil to be watched: the whole check, for whoever publishes or shows one. */
public final class RegionRules {
  private RegionRules() {}

  /**
   * Everything that does not depend on the grid: {@link Regions#check}, and a GeoJSON Polygon or
   * MultiPolygon that is closed, not empty, crosses itself nowhere and lies within the longitudes
   * and the grid's latitudes.
   *
   * @param key the record's key
   * @throws BadInput with a sentence for whoever drew the region
   */
  public static void checkShape(String key, Region region) throws BadInput {
    shape(key, region);
  }

  /**
   * The same, and that the region covers the centre of a cell and not too many analysis tiles: what
   * this lets pass is watched. Takes as long as a large region has rows of cells.
   *
   * @throws BadInput with a sentence for whoever drew the region
   */
  public static void check(String key, Region region, TopologyConfig config) throws BadInput {
    cover(key, region, config.analysisZoom());
  }

  /**
   * The version of a region: the first 12 hex digits of SHA-256 over its record as written here.
   */
  public static String version(Region region) {
    return HexFormat.of().formatHex(Observation.sha256().digest(region.toByteArray()), 0, 6);
  }

  /** The key on flood.evidence.v1 of what a region was in this version. */
  public static String supersededKey(String region, String version) {
    return "region/" + region + "@" + version;
  }

  /**
   * The box of longitudes and latitudes around a region.
   *
   * @throws BadInput when its geometry cannot be used
   */
  public static Bounds bounds(Region region) throws BadInput {
    Envelope box = shape(region.getId(), region).getEnvelopeInternal();
    return new Bounds(box.getMinX(), box.getMinY(), box.getMaxX(), box.getMaxY());
  }

  static RegionCover cover(String key, Region region, int analysisZoom) throws BadInput {
    return RegionCover.of(key, shape(key, region), analysisZoom);
  }

  private static Geometry shape(String key, Region region) throws BadInput {
    Regions.check(key, region);
    return RegionShape.parse(key, region.getGeometry());
  }
}
