package riada.cap;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import riada.proto.Alert;
import riada.proto.Observation;

class CapFeedTest {
  /** What RFC 4287 asks of a feed and of its entries: id, title, updated, an author, links. */
  @Test
  void eachAlertIsAnEntryThatLinksToItsCap() throws Exception {
    Document feed = CapChecks.parse(CapFeed.xml(alerts(2)));

    Element root = feed.getDocumentElement();
    assertThat(root.getNamespaceURI()).isEqualTo("http://www.w3.org/2005/Atom");
    assertThat(root.getLocalName()).isEqualTo("feed");
    assertThat(CapChecks.texts(feed, "updated"))
        .containsExactly("2026-03-01T12:00:02Z", "2026-03-01T12:00:02Z", "2026-03-01T12:00:01Z");
    assertThat(CapChecks.texts(feed, "id"))
        .containsExactly(
            "urn:riada:alerts", "urn:riada:alert:R%C3%ADo-2", "urn:riada:alert:R%C3%ADo-1");
    assertThat(CapChecks.texts(feed, "title")).hasSize(3).noneMatch(String::isBlank);
    assertThat(CapChecks.texts(feed, "author")).hasSize(1);
    assertThat(links(feed))
        .containsExactly(
            "self cap.atom", "alternate cap/R%C3%ADo-2.xml", "alternate cap/R%C3%ADo-1.xml");
  }

  @Test
  void itIsBounded() throws Exception {
    Document feed = CapChecks.parse(CapFeed.xml(alerts(CapFeed.MAX_ENTRIES + 20)));

    assertThat(CapChecks.texts(feed, "entry")).hasSize(CapFeed.MAX_ENTRIES);
    assertThat(CapChecks.texts(feed, "id").get(1)).endsWith("-" + (CapFeed.MAX_ENTRIES + 20));
  }

  @Test
  void withoutAlertsItIsAFeedAllTheSame() throws Exception {
    Document feed = CapChecks.parse(CapFeed.xml(List.of()));

    assertThat(CapChecks.texts(feed, "updated")).containsExactly("1970-01-01T00:00:00Z");
  }

  private static List<String> links(Document feed) {
    NodeList nodes = feed.getElementsByTagNameNS("*", "link");
    List<String> links = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      Element link = (Element) nodes.item(i);
      links.add(link.getAttribute("rel") + " " + link.getAttribute("href"));
    }
    return links;
  }

  private static List<Alert> alerts(int count) {
    List<Alert> newestFirst = new ArrayList<>();
    for (int i = count; i > 0; i--) {
      newestFirst.add(
          Alert.newBuilder()
              .setAlertId("Río-" + i)
              .setKind(Alert.Kind.ALERT)
              .setRegionId("Río")
              .setAlertedAt(
                  Observation.timestamp(Instant.parse("2026-03-01T12:00:00Z").plusSeconds(i)))
              .build());
    }
    return newestFirst;
  }
}
