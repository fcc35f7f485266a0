package riada.cap;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Timestamp;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import riada.proto.Alert;
import riada.proto.ModelRef;
import riada.proto.Observation;
import riada.proto.Severity;
import riada.proto.Visibility;

/**
 * Writes an alert as CAP 1.2 (OASIS, Common Alerting Protocol Version 1.2), in every language of
 * {@link CapText}. It has no {@code expires}: a flood is not over because nobody spoke of it for a
 * while, only a Cancel ends it.
 */
public final class CapWriter {
  /** CAP's namespace. */
  static final String NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2";

  // CAP wants a numeric offset, and for UTC this one (section 3.3.2).
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'-00:00'").withZone(ZoneOffset.UTC);

  private final Issuer issuer;

  /** An earlier message of the same incident. */
  public record Reference(String alertId, Instant sent) {}

  public CapWriter(Issuer issuer) {
    this.issuer = issuer;
  }

  /**
   * The alert as an XML document.
   *
   * @param alert with its status, kind and times
   * @param area what it speaks of; empty when no outline is known
   * @param references the messages that it updates or cancels, the oldest first
   */
  public String xml(Alert alert, List<CapPolygon> area, List<Reference> references) {
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      new Document(xml).alert(alert, area, references);
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return text.append('\n').toString();
  }

  /**
   * CAP's identifier of an alert: its id, with all that an identifier or a URL cannot hold as
   * {@code %hh}, so that a URL's way of reading it gives the id again.
   */
  public static String identifier(String alertId) {
    StringBuilder safe = new StringBuilder();
    for (byte one : alertId.getBytes(UTF_8)) {
      boolean plain =
          one >= '0' && one <= '9'
              || one >= 'A' && one <= 'Z'
              || one >= 'a' && one <= 'z'
              || "-._~:@".indexOf(one) >= 0;
      safe.append(plain ? String.valueOf((char) one) : String.format("%%%02X", one));
    }
    return safe.toString();
  }

  /** CAP's time: to the second, in UTC. */
  static String time(Timestamp at) {
    return time(Observation.instant(at));
  }

  static String time(Instant at) {
    return TIME.format(at);
  }

  /** The region's name, or its id when it has none. */
  static String name(Alert alert) {
    return alert.getRegionName().isBlank() ? alert.getRegionId() : alert.getRegionName();
  }

  /** Writes one document: an element a line. */
  private final class Document {
    private final XMLStreamWriter xml;

    private Document(XMLStreamWriter xml) {
      this.xml = xml;
    }

    private void alert(Alert alert, List<CapPolygon> area, List<Reference> references)
        throws XMLStreamException {
      line();
      xml.setDefaultNamespace(NAMESPACE);
      xml.writeStartElement(NAMESPACE, "alert");
      xml.writeDefaultNamespace(NAMESPACE);
      line();
      element("identifier", identifier(alert.getAlertId()));
      element("sender", issuer.sender());
      element("sent", time(alert.getAlertedAt()));
      element("status", status(alert.getStatus()));
      element("msgType", messageType(alert.getKind()));
      element("source", "Riada " + issuer.software());
      element("scope", "Public");
      if (alert.getStatus() != Alert.Status.ACTUAL) {
        element("note", CapText.LANGUAGES.get(0).notReal(alert.getStatus()));
      }
      if (!references.isEmpty()) {
        element(
            "references",
            references.stream()
                .map(
                    one ->
                        issuer.sender() + "," + identifier(one.alertId()) + "," + time(one.sent()))
                .collect(Collectors.joining(" ")));
      }
      element("incidents", identifier(alert.getIncidentId()));
      for (CapText words : CapText.LANGUAGES) {
        info(alert, area, words);
      }
      xml.writeEndElement();
    }

    private void info(Alert alert, List<CapPolygon> area, CapText words) throws XMLStreamException {
      start("info");
      element("language", words.language());
      element("category", "Geo");
      element("category", "Met");
      element("event", words.event());
      element("responseType", response(alert));
      element("urgency", alert.getKind() == Alert.Kind.CANCEL ? "Past" : "Immediate");
      element("severity", severity(alert.getSeverity()));
      element("certainty", certainty(alert));
      element("effective", time(alert.getAlertedAt()));
      element("senderName", "Riada");
      element("headline", words.headline(alert));
      element("description", words.description(alert));
      element("instruction", words.instruction(alert));
      parameters(alert);
      start("area");
      element("areaDesc", name(alert));
      for (CapPolygon polygon : area) {
        element("polygon", polygon.text());
      }
      pair("geocode", "riada:region", alert.getRegionId());
      end();
      end();
    }

    /** The figures, and what they can be re-derived by. */
    private void parameters(Alert alert) throws XMLStreamException {
      parameter("flooded_km2", Double.toString(alert.getFloodedKm2()));
      parameter("flooded_stale_km2", Double.toString(alert.getFloodedStaleKm2()));
      parameter("observed_fraction", Double.toString(alert.getObservedFraction()));
      parameter("visibility", alert.getVisibility().name());
      parameter("as_of", time(alert.getAsOf()));
      parameter("observations", Integer.toString(alert.getObservationCount()));
      parameter("observations_digest", alert.getObservationsDigest());
      parameter(
          "models",
          alert.getModelsList().stream().map(ModelRef::getDigest).collect(Collectors.joining(" ")));
      parameter("reference_version", alert.getReferenceVersion());
      parameter("region_version", alert.getRegionVersion());
      parameter("policy_version", alert.getPolicyVersion());
      parameter("software_version", alert.getSoftwareVersion());
    }

    private void parameter(String name, String value) throws XMLStreamException {
      pair("parameter", "riada:" + name, value);
    }

    private void pair(String element, String name, String value) throws XMLStreamException {
      start(element);
      element("valueName", name);
      element("value", value);
      end();
    }

    private void start(String name) throws XMLStreamException {
      xml.writeStartElement(NAMESPACE, name);
      line();
    }

    private void end() throws XMLStreamException {
      xml.writeEndElement();
      line();
    }

    private void element(String name, String text) throws XMLStreamException {
      xml.writeStartElement(NAMESPACE, name);
      xml.writeCharacters(legible(text));
      end();
    }

    private void line() throws XMLStreamException {
      xml.writeCharacters("\n");
    }
  }

  /** What XML cannot hold, or no display shows, becomes a blank: a name is a stranger's text. */
  static String legible(String text) {
    StringBuilder legible = new StringBuilder(text.length());
    text.codePoints()
        .map(
            c ->
                Character.isISOControl(c)
                        || Character.getType(c) == Character.SURROGATE
                        || (c & 0xfffe) == 0xfffe
                    ? ' '
                    : c)
        .forEach(legible::appendCodePoint);
    return legible.toString();
  }

  private static String status(Alert.Status status) {
    return switch (status) {
      case ACTUAL -> "Actual";
      case EXERCISE -> "Exercise";
      case TEST, UNRECOGNIZED -> "Test";
    };
  }

  private static String messageType(Alert.Kind kind) {
    return switch (kind) {
      case UPDATE -> "Update";
      case CANCEL -> "Cancel";
      case ALERT -> "Alert";
      case KIND_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalArgumentException("no kind: " + kind);
    };
  }

  private static String response(Alert alert) {
    if (alert.getKind() == Alert.Kind.CANCEL) {
      boolean over = alert.getCause() == Alert.Cause.SEEN_DRY && CapText.isDry(alert);
      return over ? "AllClear" : "Monitor";
    }
    return alert.getSeverityValue() >= Severity.SEVERE_VALUE ? "Avoid" : "Monitor";
  }

  private static String severity(Severity severity) {
    return switch (severity) {
      case MINOR -> "Minor";
      case MODERATE -> "Moderate";
      case SEVERE -> "Severe";
      case EXTREME -> "Extreme";
      case SEVERITY_UNSPECIFIED, UNRECOGNIZED -> "Unknown";
    };
  }

  /** A flood of which nothing can be seen now was observed, but not now. */
  private static String certainty(Alert alert) {
    if (alert.getCause() == Alert.Cause.REGION_DELETED) {
      return "Unknown";
    }
    return alert.getVisibility() == Visibility.NO_DATA ? "Likely" : "Observed";
  }
}
