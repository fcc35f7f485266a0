package riada.cap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import riada.geo.TileId;
import riada.proto.Alert;
import riada.proto.ModelRef;
import riada.proto.Observation;
import riada.proto.Severity;
import riada.proto.Visibility;

class CapWriterTest {
  private static final Issuer ISSUER =
      new Issuer("riada@example.org", Alert.Status.ACTUAL, "1.2.3");
  private static final CapWriter WRITER = new CapWriter(ISSUER);
  private static final List<CapWriter.Reference> BEFORE =
      List.of(
          new CapWriter.Reference(
              "valley-20260301T120000Z-1", Instant.parse("2026-03-01T12:00:01.5Z")),
          new CapWriter.Reference(
              "valley-20260301T120000Z-2", Instant.parse("2026-03-01T12:10:00Z")));

  @Test
  void anAlertSaysWhoWhatWhereAndWhen() throws Exception {
    String xml = WRITER.xml(alert(Alert.Kind.ALERT).build(), area(), List.of());

    Document cap = CapChecks.parse(xml);
    assertThat(CapChecks.text(cap, "identifier")).isEqualTo("valley-20260301T120000Z-3");
    assertThat(CapChecks.text(cap, "sender")).isEqualTo("riada@example.org");
    assertThat(CapChecks.text(cap, "sent")).isEqualTo("2026-03-01T12:20:07-00:00");
    assertThat(CapChecks.text(cap, "status")).isEqualTo("Actual");
    assertThat(CapChecks.text(cap, "msgType")).isEqualTo("Alert");
    assertThat(CapChecks.text(cap, "severity")).isEqualTo("Severe");
    assertThat(CapChecks.texts(cap, "headline"))
        .containsExactly(
            "Flood in Río Verde <\"A & B\">, severity severe",
            "Inundación en Río Verde <\"A & B\">, gravedad grave");
    assertThat(CapChecks.texts(cap, "description"))
        .containsExactly(
            "Flooded, seen recently: 1.25 km2. Flooded when last seen, longer ago: 0.50 km2. Seen"
                + " recently of the region: 87 %. As of 2026-03-01T12:19:00-00:00.",
            "Inundado, visto recientemente: 1,25 km2. Inundado cuando se vio por última vez, hace"
                + " más tiempo: 0,50 km2. Visto recientemente de la región: 87 %. Datos a 2026-03-01T12:19:00-00:00.");
    assertThat(CapChecks.areas(cap)).hasSize(2).allMatch(polygons -> polygons.size() == 2);
    assertThat(CapChecks.texts(cap, "expires")).isEmpty();
  }

  @Test
  void aCancelNamesAllThatItEnds() throws Exception {
    Alert cancel =
        alert(Alert.Kind.CANCEL)
            .setCause(Alert.Cause.SEEN_DRY)
            .setFloodedKm2(0)
            .setFloodedStaleKm2(0)
            .build();

    Document cap = CapChecks.parse(WRITER.xml(cancel, area(), BEFORE));

    assertThat(CapChecks.text(cap, "references"))
        .isEqualTo(
            "riada@example.org,valley-20260301T120000Z-1,2026-03-01T12:00:01-00:00"
                + " riada@example.org,valley-20260301T120000Z-2,2026-03-01T12:10:00-00:00");
    assertThat(CapChecks.text(cap, "urgency")).isEqualTo("Past");
    assertThat(CapChecks.text(cap, "responseType")).isEqualTo("AllClear");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0|0|is over: it was seen dry|ha terminado: se vio seco|was seen dry|se vio seco",
        "0.25|0|has fallen below its limit; 0.2500 km2 is left"
            + "|bajó de su límite; quedan 0,2500 km2|still flooded|queda terreno inundado",
        "0|1.5|has fallen below its limit; 1.50 km2 is left"
            + "|bajó de su límite; quedan 1,50 km2|still flooded|queda terreno inundado",
      })
  void onlyAFloodOfWhichNothingIsLeftIsCalledOver(
      double seen, double stale, String english, String spanish, String care, String cuidado)
      throws Exception {
    Alert cancel =
        alert(Alert.Kind.CANCEL)
            .setCause(Alert.Cause.SEEN_DRY)
            .setFloodedKm2(seen)
            .setFloodedStaleKm2(stale)
            .build();

    Document cap = CapChecks.parse(WRITER.xml(cancel, area(), BEFORE));

    assertThat(CapChecks.text(cap, "responseType"))
        .isEqualTo(seen + stale == 0 ? "AllClear" : "Monitor");
    assertThat(CapChecks.texts(cap, "headline").get(0)).endsWith(english);
    assertThat(CapChecks.texts(cap, "headline").get(1)).endsWith(spanish);
    assertThat(CapChecks.texts(cap, "instruction").get(0)).contains(care);
    assertThat(CapChecks.texts(cap, "instruction").get(1)).contains(cuidado);
  }

  @Test
  void aDeletedRegionIsNoAllClear() throws Exception {
    Alert cancel = alert(Alert.Kind.CANCEL).setCause(Alert.Cause.REGION_DELETED).build();

    Document cap = CapChecks.parse(WRITER.xml(cancel, List.of(), BEFORE));

    assertThat(CapChecks.text(cap, "responseType")).isEqualTo("Monitor");
    assertThat(CapChecks.text(cap, "certainty")).isEqualTo("Unknown");
    assertThat(CapChecks.texts(cap, "headline").get(0)).contains("no all-clear");
  }

  @ParameterizedTest
  @CsvSource({
    "EXERCISE, Exercise, EXERCISE:, SIMULACRO:",
    "TEST, Test, TEST:, PRUEBA:",
  })
  void whatIsNotRealSaysSoInEveryLanguage(
      Alert.Status status, String cap, String english, String spanish) throws Exception {
    Alert drill = alert(Alert.Kind.ALERT).setStatus(status).build();

    Document written = CapChecks.parse(WRITER.xml(drill, area(), List.of()));

    assertThat(CapChecks.text(written, "status")).isEqualTo(cap);
    assertThat(CapChecks.texts(written, "headline").get(0)).startsWith(english);
    assertThat(CapChecks.texts(written, "headline").get(1)).startsWith(spanish);
    assertThat(CapChecks.text(written, "note")).contains("nothing");
  }

  @Test
  void everySeverityKindAndCauseHasItsWordsInBothLanguagesAndFulfilsWhatTheSchemaCannotSay()
      throws Exception {
    for (String xml : everything()) {
      CapChecks.check(xml);
    }
  }

  @Test
  void noTwoCausesSayTheSame() {
    Set<String> headlines = new HashSet<>();
    int causes = 0;
    for (Alert.Cause cause : Alert.Cause.values()) {
      if (cause != Alert.Cause.UNRECOGNIZED && cause != Alert.Cause.CAUSE_UNSPECIFIED) {
        causes++;
        for (CapText words : CapText.LANGUAGES) {
          headlines.add(words.headline(alert(Alert.Kind.UPDATE).setCause(cause).build()));
        }
      }
    }

    assertThat(headlines).hasSize(2 * causes);
  }

  @Test
  void everyDocumentIsValidByTheSchemaOfOasis() throws Exception {
    Optional<Path> schema = CapChecks.schema();
    if (schema.isEmpty()) {
      System.err.println("*** CAP WAS NOT VALIDATED: no shared/data/cap beside the project ***");
    }
    assumeTrue(schema.isPresent(), "NOT validated: no shared/data/cap beside the project.");

    CapChecks.validate(schema.get(), everything());
  }

  @ParameterizedTest
  @CsvSource({
    "valley-1, valley-1",
    "Río Verde-1, R%C3%ADo%20Verde-1",
    "'a,b<c&d%', a%2Cb%3Cc%26d%25",
  })
  void identifiersHoldNothingThatCapForbids(String alertId, String identifier) {
    assertThat(CapWriter.identifier(alertId)).isEqualTo(identifier);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a,b", "a<b", "a&b", "ñ"})
  void aSenderWithWhatCapForbidsIsRefused(String sender) {
    assertThatThrownBy(() -> ISSUER.withSender(sender))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sender");
  }

  /** Each kind, cause, severity, status and visibility, with names that are hard to write. */
  private static List<String> everything() {
    List<String> names =
        List.of("Valley", "]]> <b>\u0000\u001b\uffff\n\u0085</b>", "\ud83c\udf0a".repeat(64), "");
    List<String> all = new ArrayList<>();
    for (Alert.Kind kind : List.of(Alert.Kind.ALERT, Alert.Kind.UPDATE, Alert.Kind.CANCEL)) {
      for (Alert.Cause cause : Alert.Cause.values()) {
        for (Severity severity : Severity.values()) {
          for (Alert.Status status : Alert.Status.values()) {
            if (cause == Alert.Cause.UNRECOGNIZED
                || severity == Severity.UNRECOGNIZED
                || status == Alert.Status.UNRECOGNIZED) {
              continue;
            }
            int n = all.size();
            all.add(
                WRITER.xml(
                    alert(kind)
                        .setCause(cause)
                        .setSeverity(severity)
                        .setStatus(status)
                        .setVisibility(Visibility.forNumber(n % 3))
                        .setRegionName(names.get(n % names.size()))
                        .build(),
                    n % 5 == 0 ? List.of() : area(),
                    kind == Alert.Kind.ALERT ? List.of() : BEFORE));
          }
        }
      }
    }
    return all;
  }

  private static List<CapPolygon> area() {
    FloodCover cover = new FloodCover();
    cover.add(new TileId(18, 131_000, 87_000));
    cover.add(new TileId(18, 131_010, 87_010));
    return cover.polygons();
  }

  private static Alert.Builder alert(Alert.Kind kind) {
    return Alert.newBuilder()
        .setIncidentId("valley-20260301T120000Z")
        .setAlertId("valley-20260301T120000Z-3")
        .setSequence(3)
        .setKind(kind)
        .setCause(Alert.Cause.FLOOD_REACHED_LIMIT)
        .setSeverity(Severity.SEVERE)
        .setRegionId("valley")
        .setRegionName("Río Verde <\"A & B\">")
        .setFloodedKm2(1.25)
        .setFloodedStaleKm2(0.5)
        .setObservedFraction(0.879)
        .setVisibility(Visibility.SEEN)
        .setAsOf(Observation.timestamp(Instant.parse("2026-03-01T12:19:00Z")))
        .setAlertedAt(Observation.timestamp(Instant.parse("2026-03-01T12:20:07.9Z")))
        .addModels(ModelRef.newBuilder().setName("m").setVersion("1").setDigest("d"))
        .setSoftwareVersion("1.2.3");
  }
}
