package riada.cap;

import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import riada.proto.Alert;
import riada.proto.Observation;

/**
 * The newest alerts as an Atom feed (RFC 4287): an entry each, which links to its CAP document.
 * Pure.
 */
public final class CapFeed {
  /** The most entries of a feed. */
  public static final int MAX_ENTRIES = 100;

  /** Where the feed lies. */
  public static final String PATH = "cap.atom";

  private static final String NAMESPACE = "http://www.w3.org/2005/Atom";

  private final XMLStreamWriter xml;

  private CapFeed(XMLStreamWriter xml) {
    this.xml = xml;
  }

  /** Where the CAP document of an alert lies, from the feed's own place. */
  public static String path(String alertId) {
    return "cap/" + CapWriter.identifier(alertId) + ".xml";
  }

  /**
   * The feed as an XML document. Its links are relative to it: what name a server is reached by,
   * only its visitor knows.
   *
   * @param newestFirst the alerts; those after {@value #MAX_ENTRIES} are left out
   */
  public static String xml(List<Alert> newestFirst) {
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      new CapFeed(xml).feed(newestFirst);
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return text.append('\n').toString();
  }

  private void feed(List<Alert> newestFirst) throws XMLStreamException {
    Instant updated = newestFirst.isEmpty() ? Instant.EPOCH : at(newestFirst.get(0));
    xml.setDefaultNamespace(NAMESPACE);
    xml.writeStartElement(NAMESPACE, "feed");
    xml.writeDefaultNamespace(NAMESPACE);
    element("id", "urn:riada:alerts");
    element("title", "Riada: flood alerts");
    element("updated", updated.toString());
    link("self", "application/atom+xml", PATH);
    xml.writeStartElement(NAMESPACE, "author");
    element("name", "Riada");
    xml.writeEndElement();
    for (Alert alert : newestFirst.subList(0, Math.min(MAX_ENTRIES, newestFirst.size()))) {
      entry(alert);
    }
    xml.writeEndElement();
  }

  private void entry(Alert alert) throws XMLStreamException {
    CapText words = CapText.LANGUAGES.get(0);
    xml.writeStartElement(NAMESPACE, "entry");
    element("id", "urn:riada:alert:" + CapWriter.identifier(alert.getAlertId()));
    element("title", CapWriter.legible(words.headline(alert)));
    element("updated", at(alert).toString());
    element("summary", CapWriter.legible(words.description(alert)));
    link("alternate", "application/cap+xml", path(alert.getAlertId()));
    xml.writeEndElement();
  }

  private void link(String relation, String type, String target) throws XMLStreamException {
    xml.writeEmptyElement(NAMESPACE, "link");
    xml.writeAttribute("rel", relation);
    xml.writeAttribute("type", type);
    xml.writeAttribute("href", target);
  }

  private void element(String name, String text) throws XMLStreamException {
    xml.writeStartElement(NAMESPACE, name);
    xml.writeCharacters(text);
    xml.writeEndElement();
  }

  private static Instant at(Alert alert) {
    return Observation.instant(alert.getAlertedAt());
  }
}
