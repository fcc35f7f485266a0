package riada.stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.util.regex.Pattern;
import riada.proto.BadInput;

/** GeoJSON (RFC 7946) as people hand it in: what would be passed over in silence is refused. */
public final class GeoJson {
  private static final ObjectReader STRICT =
      new ObjectMapper()
          .reader()
          .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

  /** How older GeoJSON names longitude and latitude on WGS 84. */
  private static final Pattern WGS_84 =
      Pattern.compile("(?i).*\\b(CRS84h?|EPSG(:|/)([\\d.]*(:|/))?4326)");

  private GeoJson() {}

  /**
   * The one JSON value of a file.
   *
   * @param name of the file, for sentences
   * @param counter of the error, as {@link BadInput} has it
   * @throws BadInput when it is no JSON, a key stands in it twice, something follows the value, or
   *     it is in another reference system than WGS 84
   */
  public static JsonNode read(String name, byte[] json, String counter) throws BadInput {
    JsonNode read;
    try {
      read = STRICT.readTree(json);
    } catch (MismatchedInputException e) {
      throw new BadInput(
          counter,
          name + " goes on after its first JSON value; put all of it into one FeatureCollection.");
    } catch (JsonProcessingException e) {
      throw new BadInput(
          counter, name + " is no JSON that can be taken: " + e.getOriginalMessage() + ".");
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException("bytes in memory cannot be read", e);
    }
    JsonNode crs = read.path("crs"); // of before RFC 7946; QGIS still writes it
    String system = crs.path("properties").path("name").asText("unnamed");
    if (crs.isObject() && !WGS_84.matcher(system).matches()) {
      throw new BadInput(
          counter,
          name
              + " is in the reference system \""
              + system
              + "\"; export it in EPSG:4326, in degrees of longitude and latitude.");
    }
    return read;
  }
}
