package riada.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.proto.BadInput;
import riada.proto.Region;

class RegionFileTest {
  private static final String SQUARE =
      "{'type':'Polygon','coordinates':[[[0,45],[0.1,45],[0.1,45.1],[0,45.1],[0,45]]]}";

  @TempDir Path folder;

  @Test
  void readsAFeatureWithItsDefaults() throws Exception {
    List<Region> regions = read(feature("'id':'valley','raise_km2':1.5,'clear_km2':0.5", SQUARE));

    assertThat(regions).hasSize(1);
    Region region = regions.get(0);
    assertThat(region.getId()).isEqualTo("valley");
    assertThat(region.getName()).isEqualTo("valley");
    assertThat(region.getRaiseKm2()).isEqualTo(1.5);
    assertThat(region.getClearKm2()).isEqualTo(0.5);
    assertThat(region.getMinObserved()).isEqualTo(0.8);
    assertThat(region.getMaxAge().getSeconds()).isEqualTo(6 * 3600);
    assertThat(region.getPasses()).isEqualTo(2);
    assertThat(region.getGeometry()).isEqualTo(SQUARE.replace('\'', '"'));
  }

  @Test
  void readsLimitsAsSharesAndWhatRaisingWaitsFor() throws Exception {
    String properties =
        "'id':'a','raise_share':0.2,'clear_share':0.1,'raise_passes':3,'raise_after':'30m',"
            + "'min_patch_km2':0.05,'escalate_after':'15m','parent':'basin'";

    Region region = read(feature(properties, SQUARE)).get(0);

    assertThat(region.getRaiseShare()).isEqualTo(0.2);
    assertThat(region.getClearShare()).isEqualTo(0.1);
    assertThat(region.getRaiseKm2()).isZero();
    assertThat(region.getRaisePasses()).isEqualTo(3);
    assertThat(region.getRaiseAfter().getSeconds()).isEqualTo(1800);
    assertThat(region.getMinPatchKm2()).isEqualTo(0.05);
    assertThat(region.getEscalateAfter().getSeconds()).isEqualTo(900);
    assertThat(region.getParent()).isEqualTo("basin");
  }

  @ParameterizedTest
  @CsvSource({"PT90M, 5400", "90m, 5400", "6h, 21600", "2d, 172800", "P1DT1H, 90000"})
  void readsDurationsInBothForms(String text, long seconds) throws Exception {
    List<Region> regions =
        read(feature("'id':'a','raise_km2':1,'clear_km2':1,'max_age':'" + text + "'", SQUARE));

    assertThat(regions.get(0).getMaxAge().getSeconds()).isEqualTo(seconds);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'raise_km2':1,'clear_km2':1 | no property \"id\"",
        "'id':'a','clear_km2':1 | raise_km2 above 0",
        "'id':'a','raise_km2':0,'clear_km2':0 | raise_km2 above 0",
        "'id':'a','raise_km2':'big','clear_km2':1 | no number",
        "'id':'a','raise_km2':1,'clear_km2':2 | clear_km2 from 0 to raise_km2",
        "'id':'a','raise_km2':1,'clear_km2':1,'min_observed':80 | it is a share",
        "'id':'a','raise_km2':1,'clear_km2':1,'passes':1.5 | whole number",
        "'id':'a','raise_km2':1,'clear_km2':1,'max_age':'soon' | write PT6H or 6h",
        "'id':'a','raise_km2':1,'clear_km2':1,'max_age':'-1h' | at least a second",
        "'id':'a','raise_km2':1,'clear_km2':1,'max_age':'3650d' | less than 366 days",
        "'id':'a','raise_share':0.2,'clear_share':0.3 | clear_share from 0 to raise_share",
        "'id':'a','raise_share':2,'clear_share':0.1 | 1 >= raise_share",
        "'id':'a','raise_share':0.2,'clear_km2':1 | choose one of them",
        "'id':'a','raise_share':0.2,'clear_share':0.1,'raise_km2':1 | choose one of them",
        "'id':'a','raise_km2':1,'clear_km2':1,'raise_passes':0 | whole number",
        "'id':'a','raise_km2':1,'clear_km2':1,'raise_after':'soon' | has raise_after 'soon'",
        "'id':'a','raise_km2':1,'clear_km2':1,'escalate_after':'-1h' | must not be negative",
        "'id':'a','raise_km2':1,'clear_km2':1,'min_patch_km2':-1 | an area of 0 or more",
        "'id':'a','raise_km2':1,'clear_km2':1,'parent':'a' | is its own parent"
      })
  void refusesPropertiesWithASentence(String properties, String sentence) {
    assertThatThrownBy(() -> read(feature(properties, SQUARE)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(sentence.replace('\'', '"'));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'type':'Point','coordinates':[0,45]} | is no Polygon",
        "{'type':'Polygon','coordinates':[]} | without coordinates",
        "{'type':'Polygon','coordinates':[[[0,45],[1,45],[1,46],[0,46]]]} | not closed",
        "{'type':'Polygon','coordinates':[[[45,100],[1,45],[1,46],[45,100]]]} | longitude and latitude"
      })
  void refusesGeometriesWithASentence(String geometry, String sentence) {
    assertThatThrownBy(() -> read(feature("'id':'a','raise_km2':1,'clear_km2':1", geometry)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "crosses itself | [[0,45],[1,46],[1,45],[0,46],[0,45]]",
        "beyond the grid | [[0,84],[1,84],[1,86],[0,86],[0,84]]",
        "too large | [[-90,-60],[90,-60],[90,60],[-90,60],[-90,-60]]",
        "the long way round | [[179.99,45],[-179.99,45],[-179.99,46],[179.99,46],[179.99,45]]",
        "covers nothing | [[0,45],[0.0000001,45],[0.0000001,45.0000001],[0,45]]"
      })
  void refusesWhatTheAlertsStageWouldRefuse(String why, String ring) {
    String geometry = "{'type':'Polygon','coordinates':[" + ring + "]}";

    assertThatThrownBy(() -> read(feature("'id':'a','raise_km2':1,'clear_km2':1", geometry)))
        .as(why)
        .isInstanceOf(BadInput.class);
  }

  @Test
  void refusesAnIdThatNoTopicCanHold() {
    String half = feature("'id':'a\\ud800b','raise_km2':1,'clear_km2':1", SQUARE);

    assertThatThrownBy(() -> read(half))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("half of a character");
  }

  @Test
  void refusesTheSameIdTwice() {
    String one = feature("'id':'a','raise_km2':1,'clear_km2':1", SQUARE);

    assertThatThrownBy(
            () -> read("{'type':'FeatureCollection','features':[" + one + "," + one + "]}"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("have the id \"a\"");
  }

  @Test
  void refusesWhatIsNoJson() {
    assertThatThrownBy(() -> read("id,name"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("is no JSON");
  }

  @Test
  void takesAPropertyThatIsNullForOneThatIsNotThere() throws Exception {
    String properties =
        "'id':'a','raise_km2':1,'clear_km2':1,'raise_share':null,'clear_share':null,"
            + "'raise_after':null,'escalate_after':null,'max_age':null";

    Region region = read(feature(properties, SQUARE)).get(0);

    assertThat(region.getRaiseKm2()).isEqualTo(1);
    assertThat(region.hasRaiseAfter()).isFalse();
    assertThat(region.hasEscalateAfter()).isFalse();
    assertThat(region.getMaxAge().getSeconds()).isEqualTo(6 * 3600);
  }

  @Test
  void refusesASecondRegionAfterTheFirstInsteadOfPassingItOver() {
    String one = feature("'id':'a','raise_km2':1,'clear_km2':1", SQUARE);
    String two = feature("'id':'b','raise_km2':1,'clear_km2':1", SQUARE);

    assertThatThrownBy(() -> read(one + "\n" + two))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("put all of it into one FeatureCollection");
  }

  @Test
  void refusesALimitThatStandsThereTwice() {
    String twice = feature("'id':'a','raise_km2':5,'raise_km2':1,'clear_km2':1", SQUARE);

    assertThatThrownBy(() -> read(twice))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("raise_km2");
  }

  @ParameterizedTest
  @CsvSource({
    "urn:ogc:def:crs:OGC:1.3:CRS84, true",
    "urn:ogc:def:crs:EPSG::4326, true",
    "EPSG:4326, true",
    "urn:ogc:def:crs:EPSG::25830, false",
    "EPSG:14326, false"
  })
  void readsNoOtherReferenceSystemThanWgs84(String crs, boolean read) {
    String region = feature("'id':'a','raise_km2':1,'clear_km2':1", SQUARE);
    String named =
        "{'crs':{'type':'name','properties':{'name':'" + crs + "'}}," + region.substring(1);

    assertThat(catchThrowable(() -> read(named)) == null).isEqualTo(read);
  }

  private static String feature(String properties, String geometry) {
    return "{'type':'Feature','properties':{" + properties + "},'geometry':" + geometry + "}";
  }

  private List<Region> read(String text) throws Exception {
    Path file = folder.resolve("regions.geojson");
    Files.writeString(file, text.replace('\'', '"'));
    return RegionFile.read(file);
  }
}
