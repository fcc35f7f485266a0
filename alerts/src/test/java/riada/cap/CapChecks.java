package riada.cap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.geom.Polygon;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** What a CAP 1.2 document must fulfil: the OASIS schema, and what the schema cannot say. */
final class CapChecks {
  private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d[-+]\\d\\d:\\d\\d";
  private static final int MAX_BYTES = 256 << 10;

  private CapChecks() {}

  /** The schema, where it lies beside the project: it may not be copied into it. */
  static Optional<Path> schema() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path found = at.resolve("shared").resolve("data").resolve("cap").resolve("CAP-v1.2.xsd");
      if (Files.isRegularFile(found)) {
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }

  static void validate(Path schema, List<String> documents) throws Exception {
    var validator =
        SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
            .newSchema(schema.toFile())
            .newValidator();
    for (String xml : documents) {
      validator.validate(new StreamSource(new StringReader(xml)));
    }
  }

  /** Everything that the schema lets pass and CAP's text, or a consumer, does not. */
  static void check(String xml) throws Exception {
    assertThat(xml.getBytes(UTF_8)).hasSizeLessThan(MAX_BYTES);
    assertThat(xml.codePoints().filter(c -> c < ' ' && c != '\n' || c == 0x7f).count()).isZero();
    Document cap = parse(xml);
    String kind = text(cap, "msgType");
    assertThat(text(cap, "identifier")).matches("[^\\s,<&]{1,512}");
    assertThat(text(cap, "sender")).matches("[^\\s,<&]{1,128}");
    assertThat(text(cap, "sent")).matches(TIME).endsWith("-00:00");
    for (String time : texts(cap, "effective")) {
      assertThat(time).matches(TIME);
    }
    assertThat(texts(cap, "references")).hasSize(kind.equals("Alert") ? 0 : 1);
    for (String references : texts(cap, "references")) {
      assertThat(references.split(" "))
          .isNotEmpty()
          .allMatch(one -> one.matches("[^\\s,<&]+,[^\\s,<&]+," + TIME));
    }
    assertThat(texts(cap, "note")).hasSize(text(cap, "status").equals("Actual") ? 0 : 1);
    assertThat(texts(cap, "language")).containsExactly("en", "es");
    for (String name : List.of("headline", "description", "instruction", "areaDesc", "event")) {
      assertThat(texts(cap, name)).hasSize(2).allSatisfy(text -> assertThat(text).isNotBlank());
    }
    assertThat(texts(cap, "headline")).allMatch(headline -> headline.length() <= 160);
    for (List<Polygon> area : areas(cap)) {
      assertThat(area).hasSizeLessThanOrEqualTo(FloodCover.MAX_POLYGONS);
      for (Polygon polygon : area) {
        assertThat(polygon.isValid()).isTrue();
        assertThat(polygon.getNumPoints()).isBetween(4, CapPolygon.MAX_VERTICES);
        assertThat(polygon.getEnvelopeInternal().getWidth()).isLessThanOrEqualTo(360);
      }
    }
  }

  static Document parse(String xml) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    return factory.newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
  }

  static String text(Document cap, String name) {
    return texts(cap, name).get(0);
  }

  static List<String> texts(Document cap, String name) {
    NodeList nodes = cap.getElementsByTagNameNS("*", name);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      texts.add(nodes.item(i).getTextContent());
    }
    return texts;
  }

  /** The polygons of each area in longitude and latitude, as a consumer reads them. */
  static List<List<Polygon>> areas(Document cap) {
    NodeList areas = cap.getElementsByTagNameNS("*", "area");
    List<List<Polygon>> read = new ArrayList<>();
    for (int i = 0; i < areas.getLength(); i++) {
      List<Polygon> polygons = new ArrayList<>();
      NodeList parts = areas.item(i).getChildNodes();
      for (int j = 0; j < parts.getLength(); j++) {
        if ("polygon".equals(parts.item(j).getLocalName())) {
          polygons.add(polygon(parts.item(j).getTextContent()));
        }
      }
      read.add(polygons);
    }
    return read;
  }

  /** Refuses, as JTS does, a ring that is not closed. */
  static Polygon polygon(String text) {
    String[] pairs = text.split(" ");
    Coordinate[] ring = new Coordinate[pairs.length];
    for (int i = 0; i < ring.length; i++) {
      String[] pair = pairs[i].split(",");
      ring[i] = new Coordinate(Double.parseDouble(pair[1]), Double.parseDouble(pair[0]));
      assertThat(Math.abs(ring[i].x)).isLessThanOrEqualTo(180);
      assertThat(Math.abs(ring[i].y)).isLessThanOrEqualTo(90);
    }
    return new GeometryFactory().createPolygon(ring);
  }
}
