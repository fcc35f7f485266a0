package riada.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import riada.proto.BadInput;

class DatasetReportTest {
  @TempDir Path folder;

  @BeforeEach
  void makeFolders() throws IOException {
    Files.createDirectories(folder.resolve("image"));
    Files.createDirectories(folder.resolve("mask"));
  }

  @Test
  void soundPairsAreMeasured() throws IOException, BadInput {
    pair("dry", field(1, 64), 0);
    pair("half", field(2, 64), 32);
    pair("wet", field(3, 48), 48);

    DatasetReport report = DatasetReport.of(folder, done -> {});

    assertThat(report.pairs()).isEqualTo(3);
    assertThat(report.faults()).isEmpty();
    assertThat(report.sizes()).containsEntry("64 x 64", 2).containsEntry("48 x 48", 1);
    assertThat(report.waterFraction())
        .isEqualTo(new DatasetReport.Quartiles(0, 0, 0.5, 0.5, 1, 0.5));
    assertThat(report.allWater()).isEqualTo(1);
    assertThat(report.allDry()).isEqualTo(1);
    assertThat(report.nearDuplicates()).isEmpty();
  }

  @Test
  void everyFaultIsTold() throws IOException, BadInput {
    pair("sound", field(1, 64), 10);
    pair("turned", field(2, 64), 10);
    save("image/turned.png", new BufferedImage(30, 60, BufferedImage.TYPE_3BYTE_BGR));
    Files.writeString(folder.resolve("mask/broken.png"), "nothing");
    save("image/broken.png", field(3, 64));
    save("image/alone.png", field(4, 64));

    DatasetReport report = DatasetReport.of(folder, done -> {});

    assertThat(report.pairs()).isEqualTo(1);
    assertThat(report.faults()).hasSize(3);
    assertThat(String.join("\n", report.faults()))
        .contains("image/alone.png has no counterpart")
        .contains("broken.png is neither JPEG nor PNG")
        .contains("is 30 x 60 but its mask 64 x 64");
  }

  @Test
  void copiesAreFoundThoughScaledAndCompressed() throws IOException, BadInput {
    BufferedImage field = field(1, 256);
    pair("a", field, 10);
    pair("copy", field, 10);
    BufferedImage small = new BufferedImage(128, 128, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D pen = small.createGraphics();
    pen.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    pen.drawImage(field, 0, 0, 128, 128, null);
    pen.dispose();
    ImageIO.write(small, "jpg", folder.resolve("image/small.jpg").toFile());
    save("mask/small.png", mask(128, 10));
    pair("other", field(2, 256), 10);

    DatasetReport report = DatasetReport.of(folder, done -> {});

    assertThat(report.duplicates()).containsExactly(java.util.List.of("a", "copy"));
    assertThat(report.nearDuplicates()).containsExactly(java.util.List.of("a", "copy", "small"));
  }

  @Test
  void thePageHoldsAContactSheet() throws IOException, BadInput {
    pair("one", field(1, 64), 32);
    Path page = folder.resolve("report");

    DatasetReport.of(folder, done -> {}).write(page, "{}");

    assertThat(page.resolve("dataset.html")).content().contains("data:image/jpeg;base64,", "one");
    assertThat(page.resolve("dataset.json")).hasContent("{}");
  }

  private void pair(String name, BufferedImage image, int wetColumns) throws IOException {
    save("image/" + name + ".png", image);
    save("mask/" + name + ".png", mask(image.getWidth(), wetColumns));
  }

  /** Random rectangles. */
  private static BufferedImage field(int seed, int side) {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D pen = image.createGraphics();
    Random random = new Random(seed);
    for (int i = 0; i < 60; i++) {
      pen.setColor(new Color(random.nextInt(0x1000000)));
      int x = random.nextInt(side);
      int y = random.nextInt(side);
      pen.fillRect(x, y, side / 3, side / 4);
    }
    pen.dispose();
    return image;
  }

  private static BufferedImage mask(int side, int wetColumns) {
    BufferedImage mask = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D pen = mask.createGraphics();
    pen.setColor(Color.WHITE);
    pen.fillRect(0, 0, wetColumns, side);
    pen.dispose();
    return mask;
  }

  private void save(String name, BufferedImage image) throws IOException {
    ImageIO.write(image, "png", folder.resolve(name).toFile());
  }
}
