package riada.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import riada.simulate.Scenario;
import riada.simulate.SimulationWriter;

/** {@code riada simulate}. */
@Command(
    name = "simulate",
    description = "Write simulated pictures with their exact masks.",
    mixinStandardHelpOptions = true)
final class SimulateVerb implements Callable<Integer> {
  @Mixin Answer answer = new Answer();

  @Option(
      names = "--scenario",
      paramLabel = "rising|cloud|reference|quiet",
      required = true,
      description = "rising, cloud, reference or quiet.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  Scenario scenario;

  @Option(
      names = "--seeds",
      paramLabel = "A..B",
      required = true,
      converter = SeedsText.class,
      description = "The worlds, for example 1..20; each gives eight tiles.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  Seeds seeds;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Gets the folders image, mask, cloud and objects.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  Path out;

  /** From and to, both included. */
  record Seeds(int from, int to) {}

  /** What was written. */
  record Row(String scenario, int seeds, int tiles, String folder) {}

  @Override
  public Integer call() throws IOException {
    int tiles = 0;
    try (SimulationWriter writer = new SimulationWriter(out)) {
      for (int seed = seeds.from(); seed <= seeds.to(); seed++) {
        tiles += writer.write(scenario, seed);
      }
    }
    answer.row(
        new Row(
            scenario.name().toLowerCase(java.util.Locale.ROOT),
            seeds.to() - seeds.from() + 1,
            tiles,
            out.toString()));
    return 0;
  }

  /** Reads {@code A..B}, or {@code A} for one seed. */
  static final class SeedsText implements ITypeConverter<Seeds> {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,9})(?:\\.\\.(\\d{1,9}))?");

    @Override
    public Seeds convert(String text) {
      Matcher parts = TEXT.matcher(text);
      if (!parts.matches()) {
        throw new TypeConversionException("'" + text + "' is not A..B");
      }
      int from = Integer.parseInt(parts.group(1));
      int to = parts.group(2) == null ? from : Integer.parseInt(parts.group(2));
      if (to < from || to - from >= 100_000) {
        throw new TypeConversionException("'" + text + "' is not A..B with A up to B");
      }
      return new Seeds(from, to);
    }
  }
}
