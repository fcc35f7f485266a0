package riada.cli;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as ISO 8601 has them, or shortly: {@code 60s}, {@code 6h}, {@code 2d}. */
final class DurationText implements ITypeConverter<Duration> {
  /**
   * @throws DateTimeParseException when it is neither
   */
  static Duration parse(String text) {
    String iso = text.toUpperCase(Locale.ROOT);
    if (!iso.startsWith("P")) {
      iso = (iso.endsWith("D") ? "P" : "PT") + iso;
    }
    return Duration.parse(iso);
  }

  /** The short form, which {@link #parse} reads; days are said from three on, as on the page. */
  static String of(Duration duration) {
    long days = duration.toDays();
    boolean whole = days > 2 && duration.equals(Duration.ofDays(days));
    return whole
        ? days + "d"
        : duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
  }

  @Override
  public Duration convert(String text) {
    try {
      return parse(text);
    } catch (DateTimeParseException e) {
      throw new TypeConversionException("'" + text + "' is no duration; write 60s, 5m or PT1H");
    }
  }
}
