package riada.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Riada's own jars as they are packaged: an alert, and {@code riada --version}, name the software
 * by what stands in the manifest of the jar that their class lies in.
 */
class PackagedJarsIT {
  private static final Path LIB = Path.of("target", "riada", "lib");

  @Test
  void eachJarOfRiadasOwnCarriesItsVersion() throws IOException {
    Map<String, String> versions = new TreeMap<>();
    for (Path jar : jars()) {
      try (JarFile file = new JarFile(jar.toFile())) {
        if (isRiadas(file)) {
          versions.put(jar.getFileName().toString(), version(file));
        }
      }
    }

    assertThat(versions.keySet())
        .extracting(name -> name.replaceFirst("-.*", ""))
        .containsExactly("alerts", "deploy", "ingest", "proto", "segmenter");
    assertThat(versions)
        .allSatisfy((name, version) -> assertThat(name).endsWith("-" + version + ".jar"));
  }

  private static List<Path> jars() throws IOException {
    try (Stream<Path> files = Files.list(LIB)) {
      return files.filter(file -> file.toString().endsWith(".jar")).toList();
    }
  }

  private static boolean isRiadas(JarFile file) {
    return file.stream().anyMatch(entry -> entry.getName().startsWith("riada/"));
  }

  /** Empty when there is none. */
  private static String version(JarFile file) throws IOException {
    String version =
        file.getManifest().getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION);
    return version == null ? "" : version;
  }
}
