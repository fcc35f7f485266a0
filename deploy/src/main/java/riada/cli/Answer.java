package riada.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a verb answers, on stdout: rows as a table for people or as JSON for programs. */
final class Answer {
  /** The command line's one JSON mapper. */
  static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .addModule(new SimpleModule().addSerializer(Instant.class, ToStringSerializer.instance))
          .build();

  private static final TypeReference<LinkedHashMap<String, Object>> ROW = new TypeReference<>() {};

  enum Form {
    TABLE,
    JSON
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "table|json",
      defaultValue = "table",
      description = "The form of the answer (default ${DEFAULT-VALUE}).")
  Form form = Form.TABLE;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // picocli sets it
  CommandSpec verb;

  /**
   * Prints a table with one row a line, or one JSON array of objects.
   *
   * @param none what a person is told, on stderr, when there is no row
   */
  void rows(List<? extends Record> rows, String none) {
    if (rows.isEmpty() && form == Form.TABLE) {
      verb.commandLine().getErr().println(none);
      verb.commandLine().getErr().flush();
    }
    rows(rows);
  }

  /** The same, of rows that are never none. */
  void rows(List<? extends Record> rows) {
    PrintWriter out = verb.commandLine().getOut();
    if (form == Form.JSON) {
      out.println(json(rows));
    } else if (!rows.isEmpty()) {
      table(rows.stream().map(row -> JSON.convertValue(row, ROW)).toList()).forEach(out::println);
    }
    out.flush();
  }

  /** The rows as they are for a program, and what a table has room for of each for a person. */
  <R extends Record> List<? extends Record> fitting(
      List<R> rows, Function<? super R, ? extends Record> brief) {
    return form == Form.JSON ? rows : rows.stream().map(brief).toList();
  }

  /** Prints one row, or one JSON object. */
  void row(Record row) {
    if (form == Form.JSON) {
      verb.commandLine().getOut().println(json(row));
      verb.commandLine().getOut().flush();
    } else {
      rows(List.of(row));
    }
  }

  /** Prints one JSON object, or for people lines of {@code name: value}. */
  void object(Record object) {
    object(object, "");
  }

  /** Prints one JSON object, or for people lines of {@code name: value} without {@code tooLong}. */
  void object(Record object, String tooLong) {
    PrintWriter out = verb.commandLine().getOut();
    if (form == Form.JSON) {
      out.println(json(object));
    } else {
      JSON.convertValue(object, ROW).entrySet().stream()
          .filter(entry -> entry.getValue() != null && !entry.getKey().equals(tooLong))
          .map(entry -> entry.getKey() + ": " + line(entry.getValue()))
          .forEach(out::println);
    }
    out.flush();
  }

  private static String line(Object value) {
    return value instanceof Number || value instanceof String ? cell(value) : json(value);
  }

  static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer is made of plain values", e);
    }
  }

  /** A column that is null in every row is left out. */
  private static List<String> table(List<LinkedHashMap<String, Object>> rows) {
    List<String> columns =
        rows.get(0).keySet().stream()
            .filter(name -> rows.stream().anyMatch(row -> row.get(name) != null))
            .toList();
    List<List<String>> lines = new ArrayList<>();
    lines.add(columns);
    rows.forEach(row -> lines.add(columns.stream().map(name -> cell(row.get(name))).toList()));
    int[] widths = new int[columns.size()];
    for (List<String> line : lines) {
      for (int c = 0; c < widths.length; c++) {
        widths[c] = Math.max(widths[c], line.get(c).length());
      }
    }
    return lines.stream().map(line -> padded(line, widths)).toList();
  }

  /** What would move a terminal's cursor or turn its text round. */
  private static final Pattern UNSEEN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

  /** Four figures of a fraction are enough for a person; JSON has them all. */
  static String cell(@Nullable Object value) {
    if (!(value instanceof Number number) || !isFraction(number)) {
      return UNSEEN.matcher(String.valueOf(value)).replaceAll("\uFFFD");
    }
    BigDecimal exact = new BigDecimal(value.toString());
    int digits =
        Math.max(4, exact.precision() - exact.scale()); // never fewer than before the point
    BigDecimal shown = exact.round(new MathContext(digits)).stripTrailingZeros();
    return shown.signum() == 0 ? "0" : shown.toPlainString();
  }

  private static boolean isFraction(Number value) {
    return (value instanceof Double || value instanceof Float)
        && Double.isFinite(value.doubleValue());
  }

  private static String padded(List<String> line, int[] widths) {
    StringBuilder text = new StringBuilder();
    for (int c = 0; c < widths.length; c++) {
      text.append(line.get(c)).append(" ".repeat(widths[c] - line.get(c).length() + 2));
    }
    return text.toString().stripTrailing();
  }
}
