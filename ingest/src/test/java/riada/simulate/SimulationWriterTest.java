package riada.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulationWriterTest {
  @TempDir private Path folder;

  @Test
  void picturesAndTruthsHaveTheSameNamesAndSize() throws Exception {
    try (SimulationWriter writer = new SimulationWriter(folder)) {
      assertThat(writer.write(Scenario.RISING, 12)).isEqualTo(8);
    }

    List<String> names = names("image");
    assertThat(names)
        .hasSize(8)
        .allMatch(name -> name.matches("rising-12-\\d+-14-\\d+-\\d+\\.png"));
    for (String kind : List.of("mask", "cloud", "objects")) {
      assertThat(names(kind)).isEqualTo(names);
      for (String name : names) {
        BufferedImage truth = ImageIO.read(folder.resolve(kind).resolve(name).toFile());
        assertThat(truth.getType()).isEqualTo(BufferedImage.TYPE_BYTE_GRAY);
        assertThat(values(truth, kind)).isTrue();
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameFiles() throws Exception {
    try (SimulationWriter writer = new SimulationWriter(folder.resolve("one"));
        SimulationWriter again = new SimulationWriter(folder.resolve("two"))) {
      writer.write(Scenario.QUIET, 3);
      again.write(Scenario.QUIET, 3);
    }

    for (String name : names("one/image")) {
      assertThat(folder.resolve("two/image").resolve(name))
          .hasSameBinaryContentAs(folder.resolve("one/image").resolve(name));
    }
  }

  /** Masks are 0 or 255, cloud also 127, objects any number. */
  private static boolean values(BufferedImage truth, String kind) {
    for (int at = 0; at < 512 * 512; at++) {
      int v = truth.getRaster().getSample(at % 512, at / 512, 0);
      if (v != 0 && v != 255 && !kind.equals("objects") && !(kind.equals("cloud") && v == 127)) {
        return false;
      }
    }
    return true;
  }

  private List<String> names(String kind) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(kind))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
