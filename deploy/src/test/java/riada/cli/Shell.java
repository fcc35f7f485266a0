package riada.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.Map;

/** Runs the command as a person at a shell would, within this process. */
final class Shell {
  final Map<String, String> environment = new HashMap<>();

  /** What a command left behind. */
  record Result(int status, String out, String err) {}

  Result run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = Riada.run(environment, new PrintWriter(out), new PrintWriter(err), args);
    return new Result(status, out.toString(), err.toString());
  }
}
