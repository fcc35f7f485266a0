package riada.cap;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import riada.proto.Alert;
import riada.proto.Severity;

/**
 * What an alert says in one language. All of it is made from the alert's figures, kind and cause,
 * so that every language says the same.
 */
abstract class CapText {
  static final List<CapText> LANGUAGES = List.of(new English(), new Spanish());

  /** Displays cut longer headlines. */
  static final int MAX_HEADLINE = 160;

  private static final int MAX_NAME = 80; // of a region, in a headline

  private final String language;
  private final Locale numbers;

  private CapText(String language) {
    this.language = language;
    this.numbers = Locale.forLanguageTag(language);
  }

  /** As RFC 3066 has it. */
  final String language() {
    return language;
  }

  abstract String event();

  /** At most {@value #MAX_HEADLINE} characters. */
  final String headline(Alert alert) {
    return mark(alert.getStatus())
        + headline(alert, name(alert), severities().getOrDefault(alert.getSeverity(), ""));
  }

  abstract String headline(Alert alert, String name, String severity);

  /** The figures in sentences. */
  final String description(Alert alert) {
    return String.format(
        numbers,
        figures(),
        alert.getFloodedKm2(),
        alert.getFloodedStaleKm2(),
        Math.floor(100 * alert.getObservedFraction()),
        CapWriter.time(alert.getAsOf()));
  }

  /** Takes flooded and stale km2, the seen share in per cent, and the time. */
  abstract String figures();

  /** What whoever reads it is to do. */
  final String instruction(Alert alert) {
    if (alert.getStatus() != Alert.Status.ACTUAL) {
      return notReal(alert.getStatus());
    }
    if (alert.getKind() == Alert.Kind.CANCEL) {
      return alert.getCause() == Alert.Cause.REGION_DELETED
          ? unwatched()
          : isDry(alert) ? returnWithCare() : stayWithCare();
    }
    return keepAway();
  }

  abstract String mark(Alert.Status status);

  abstract String notReal(Alert.Status status);

  abstract String keepAway();

  abstract String returnWithCare();

  /** The flood fell below the limit of its region, and some of it is left. */
  abstract String stayWithCare();

  abstract String unwatched();

  abstract Map<Severity, String> severities();

  /** Whether nothing is flooded that is seen now or was seen last: less is not over. */
  static boolean isDry(Alert alert) {
    return alert.getFloodedKm2() == 0 && alert.getFloodedStaleKm2() == 0;
  }

  /** What is flooded, seen and hidden; below a square kilometre to 100 square metres. */
  final String left(Alert alert) {
    double km2 = alert.getFloodedKm2() + alert.getFloodedStaleKm2();
    return String.format(numbers, km2 >= 1 ? "%.2f km2" : "%.4f km2", km2);
  }

  private static String name(Alert alert) {
    String name = CapWriter.name(alert);
    return name.length() <= MAX_NAME
        ? name
        : name.substring(0, name.offsetByCodePoints(0, name.codePointCount(0, MAX_NAME) - 1)) + "…";
  }

  private static final class English extends CapText {
    private English() {
      super("en");
    }

    @Override
    String event() {
      return "Flood";
    }

    @Override
    String headline(Alert alert, String name, String severity) {
      return switch (alert.getCause()) {
        case FLOOD_REACHED_LIMIT -> "Flood in " + name + ", severity " + severity;
        case SEVERITY_CHANGED -> "Flood in " + name + ": severity is now " + severity;
        case AREA_GREW -> "Flood in " + name + " has grown, severity " + severity;
        case VISIBILITY_LOST -> "Flood in " + name + " goes on; less of it can be seen";
        case VISIBILITY_REGAINED -> "Flood in " + name + " can be seen again";
        case REFERENCE_CHANGED ->
            "Flood in " + name + " restated: what is normally wet was corrected";
        case UNACKNOWLEDGED -> "Flood in " + name + " goes on and nobody acknowledged it";
        case SEEN_DRY ->
            isDry(alert)
                ? "Flood in " + name + " is over: it was seen dry"
                : "Flood in " + name + " has fallen below its limit; " + left(alert) + " is left";
        case REGION_DELETED -> name + " is no longer watched; this is no all-clear";
        case CAUSE_UNSPECIFIED, UNRECOGNIZED ->
            switch (alert.getKind()) {
              case UPDATE -> "Flood in " + name + " goes on, severity " + severity;
              case CANCEL -> "Alert for " + name + " is cancelled";
              default -> "Flood in " + name + ", severity " + severity;
            };
      };
    }

    @Override
    String figures() {
      return "Flooded, seen recently: %.2f km2. Flooded when last seen, longer ago: %.2f km2."
          + " Seen recently of the region: %.0f %%. As of %s.";
    }

    @Override
    String mark(Alert.Status status) {
      return switch (status) {
        case EXERCISE -> "EXERCISE: ";
        case TEST -> "TEST: ";
        default -> "";
      };
    }

    @Override
    String notReal(Alert.Status status) {
      return status == Alert.Status.EXERCISE
          ? "This is an exercise. There is no flood; do nothing."
          : "This is a test. Do nothing.";
    }

    @Override
    String keepAway() {
      return "Keep away from flooded ground and follow the instructions of the authorities.";
    }

    @Override
    String returnWithCare() {
      return "The ground was seen dry. Return only when the authorities say so.";
    }

    @Override
    String stayWithCare() {
      return "Some ground is still flooded. Keep away from it, and return only when the authorities"
          + " say so.";
    }

    @Override
    String unwatched() {
      return "Nothing is known of the flood from here on; ask the authorities.";
    }

    @Override
    Map<Severity, String> severities() {
      return Map.of(
          Severity.MINOR, "minor",
          Severity.MODERATE, "moderate",
          Severity.SEVERE, "severe",
          Severity.EXTREME, "extreme",
          Severity.SEVERITY_UNSPECIFIED, "unknown");
    }
  }

  private static final class Spanish extends CapText {
    private Spanish() {
      super("es");
    }

    @Override
    String event() {
      return "Inundación";
    }

    @Override
    String headline(Alert alert, String name, String severity) {
      return switch (alert.getCause()) {
        case FLOOD_REACHED_LIMIT -> "Inundación en " + name + ", gravedad " + severity;
        case SEVERITY_CHANGED -> "Inundación en " + name + ": la gravedad es ahora " + severity;
        case AREA_GREW -> "La inundación en " + name + " ha crecido, gravedad " + severity;
        case VISIBILITY_LOST -> "Sigue la inundación en " + name + "; ahora se ve menos de ella";
        case VISIBILITY_REGAINED -> "La inundación en " + name + " vuelve a verse";
        case REFERENCE_CHANGED ->
            "Inundación en " + name + " recalculada: se corrigió el agua habitual";
        case UNACKNOWLEDGED -> "Sigue la inundación en " + name + " y nadie la ha confirmado";
        case SEEN_DRY ->
            isDry(alert)
                ? "La inundación en " + name + " ha terminado: se vio seco"
                : "La inundación en " + name + " bajó de su límite; quedan " + left(alert);
        case REGION_DELETED -> name + " deja de vigilarse; esto no es un fin de alerta";
        case CAUSE_UNSPECIFIED, UNRECOGNIZED ->
            switch (alert.getKind()) {
              case UPDATE -> "Sigue la inundación en " + name + ", gravedad " + severity;
              case CANCEL -> "Se cancela la alerta de " + name;
              default -> "Inundación en " + name + ", gravedad " + severity;
            };
      };
    }

    @Override
    String figures() {
      return "Inundado, visto recientemente: %.2f km2. Inundado cuando se vio por última vez, hace"
          + " más tiempo: %.2f km2. Visto recientemente de la región: %.0f %%. Datos a %s.";
    }

    @Override
    String mark(Alert.Status status) {
      return switch (status) {
        case EXERCISE -> "SIMULACRO: ";
        case TEST -> "PRUEBA: ";
        default -> "";
      };
    }

    @Override
    String notReal(Alert.Status status) {
      return status == Alert.Status.EXERCISE
          ? "Esto es un simulacro. No hay inundación; no haga nada."
          : "Esto es una prueba. No haga nada.";
    }

    @Override
    String keepAway() {
      return "Aléjese del terreno inundado y siga las instrucciones de las autoridades.";
    }

    @Override
    String returnWithCare() {
      return "El terreno se vio seco. Vuelva solo cuando lo digan las autoridades.";
    }

    @Override
    String stayWithCare() {
      return "Aún queda terreno inundado. Aléjese de él y vuelva solo cuando lo digan las"
          + " autoridades.";
    }

    @Override
    String unwatched() {
      return "Desde ahora no se sabe nada de la inundación; pregunte a las autoridades.";
    }

    @Override
    Map<Severity, String> severities() {
      return Map.of(
          Severity.MINOR, "leve",
          Severity.MODERATE, "moderada",
          Severity.SEVERE, "grave",
          Severity.EXTREME, "extrema",
          Severity.SEVERITY_UNSPECIFIED, "desconocida");
    }
  }
}
