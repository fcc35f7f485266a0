package riada.cli;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import riada.proto.BadInput;

/**
 * Reads settings in one way for all verbs: an option's default, then the file that {@code --config}
 * names, then {@code RIADA_*} in the environment, then the flag. The option {@code
 * --bootstrap-servers} is {@code riada.bootstrap-servers} in the file and {@code
 * RIADA_BOOTSTRAP_SERVERS} in the environment; {@code riada.kafka.*} goes to every Kafka client as
 * it is.
 */
final class Settings implements IDefaultValueProvider {
  private static final String PREFIX = "riada.";
  private static final String KAFKA = "riada.kafka.";

  private final SmallRyeConfig config;
  private final String file; // empty when there is none
  private final Set<String> inFile;

  private Settings(SmallRyeConfig config, String file, Set<String> inFile) {
    this.config = config;
    this.file = file;
    this.inFile = inFile;
  }

  /**
   * @throws BadInput when the settings file is missing or unreadable
   */
  static Settings read(List<String> args, Map<String, String> environment) throws BadInput {
    SmallRyeConfigBuilder builder =
        new SmallRyeConfigBuilder().withSources(new EnvConfigSource(environment, 300));
    String file = configFile(args, environment);
    if (file == null) {
      return new Settings(builder.build(), "", Set.of());
    }
    Map<String, String> properties = load(Path.of(file));
    builder.withSources(new PropertiesConfigSource(properties, file, 200));
    return new Settings(builder.build(), file, Set.copyOf(properties.keySet()));
  }

  /**
   * Refuses what a person wrote into the file in vain. The environment is not looked through: other
   * programs' RIADA_ variables are none of ours.
   *
   * @throws BadInput when a setting of the file belongs to no option of any verb
   */
  void check(CommandLine riada) throws BadInput {
    Set<String> known = new TreeSet<>();
    collect(riada, known);
    for (String name : inFile) {
      if (name.startsWith(PREFIX) && !name.startsWith(KAFKA) && !known.contains(name)) {
        throw new BadInput(
            "setting_unknown",
            "The settings file "
                + file
                + " sets "
                + name
                + ", which is none of Riada's settings: "
                + String.join(", ", known)
                + " and "
                + KAFKA
                + "*.");
      }
    }
  }

  private static void collect(CommandLine verb, Set<String> known) {
    for (OptionSpec option : verb.getCommandSpec().options()) {
      if (!option.usageHelp() && !option.versionHelp()) {
        known.add(setting(option));
      }
    }
    verb.getSubcommands().values().forEach(below -> collect(below, known));
  }

  private static String setting(OptionSpec option) {
    return PREFIX + option.longestName().replaceFirst("^-+", "");
  }

  // The file must be known before the options' defaults are, so it is looked for ahead of parsing.
  private static @Nullable String configFile(List<String> args, Map<String, String> environment) {
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      if (arg.startsWith("--config=")) {
        return arg.substring("--config=".length());
      }
      if (arg.equals("--config") && i + 1 < args.size()) {
        return args.get(i + 1);
      }
    }
    return environment.get("RIADA_CONFIG");
  }

  private static Map<String, String> load(Path file) throws BadInput {
    Properties properties = new Properties();
    try (var reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (NoSuchFileException e) {
      throw new BadInput(
          "config_missing", "The settings file " + file + " does not exist; check --config.");
    } catch (IOException | IllegalArgumentException e) {
      throw new BadInput(
          "config_unreadable",
          "The settings file " + file + " cannot be read (" + e + "); check its name and text.");
    }
    Map<String, String> map = new HashMap<>();
    for (String name : properties.stringPropertyNames()) {
      map.put(name, properties.getProperty(name));
    }
    return map;
  }

  @Override
  public @Nullable String defaultValue(ArgSpec arg) {
    if (!(arg instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
      return null;
    }
    return config.getOptionalValue(setting(option), String.class).orElse(null);
  }

  /**
   * What {@code riada.kafka.*} says for every Kafka client, for example {@code security.protocol}.
   */
  Map<String, String> kafka() {
    Map<String, String> kafka = new HashMap<>();
    for (String name : config.getPropertyNames()) {
      if (name.startsWith(KAFKA)) {
        config
            .getOptionalValue(name, String.class)
            .ifPresent(value -> kafka.put(name.substring(KAFKA.length()), value));
      }
    }
    return kafka;
  }
}
