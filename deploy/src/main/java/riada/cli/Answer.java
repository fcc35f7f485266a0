package riada.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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

  /** Prints a table with one row a line, or one JSON array of objects. */
  void rows(List<? extends Record> rows) {
    PrintWriter out = verb.commandLine().getOut();
    if (form == Form.JSON) {
      out.println(json(rows));
    } else if (!rows.isEmpty()) {
      table(rows.stream().map(row -> JSON.convertValue(row, ROW)).toList()).forEach(out::println);
    }
    out.flush();
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

  /** Prints one JSON object, or for people lines of {@code name: value} without {@code tooLong}. */
  void object(Record object, String tooLong) {
    PrintWriter out = verb.commandLine().getOut();
    if (form == Form.JSON) {
      out.println(json(object));
    } else {
      lines(object).stream().filter(line -> !line.startsWith(tooLong + ": ")).forEach(out::println);
    }
    out.flush();
  }

  /** An object as lines of {@code name: value}, for people. */
  static List<String> lines(Record answer) {
    return JSON.convertValue(answer, ROW).entrySet().stream()
        .filter(entry -> entry.getValue() != null)
        .map(entry -> entry.getKey() + ": " + JSON.valueToTree(entry.getValue()))
        .toList();
  }

  static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer is made of plain values", e);
    }
  }

  private static List<String> table(List<LinkedHashMap<String, Object>> rows) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(List.copyOf(rows.get(0).keySet()));
    rows.forEach(row -> lines.add(row.values().stream().map(String::valueOf).toList()));
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> line : lines) {
      for (int c = 0; c < columns; c++) {
        widths[c] = Math.max(widths[c], line.get(c).length());
      }
    }
    return lines.stream().map(line -> padded(line, widths)).toList();
  }

  private static String padded(List<String> line, int[] widths) {
    StringBuilder text = new StringBuilder();
    for (int c = 0; c < widths.length; c++) {
      text.append(line.get(c)).append(" ".repeat(widths[c] - line.get(c).length() + 2));
    }
    return text.toString().stripTrailing();
  }
}
