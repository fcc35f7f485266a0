package riada.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person is told whose data or model cannot be used; nothing is left behind. */
class FinetuneVerbTest {
  private static final String SMALL = "../segmenter/src/test/resources/small";
  private static final String TINY = "../segmenter/src/test/resources/tiny";

  private final Shell shell = new Shell();
  @TempDir Path folder;

  @Test
  void noPairsIsBadInput() throws IOException {
    Files.createDirectories(folder.resolve("data/image"));
    Files.createDirectories(folder.resolve("data/mask"));

    assertRefused(tune(SMALL), "There is no pair of picture and mask");
  }

  @Test
  void twoPairsAreBadInput() throws IOException {
    save("1", 40);
    save("2", 60);

    assertRefused(tune(SMALL), "tuning needs three or more");
  }

  @Test
  void dryMasksAreBadInput() throws IOException {
    save("1", 0);
    save("2", 0);
    save("3", 0);

    assertRefused(tune(SMALL), "dry throughout");
  }

  @Test
  void aMaskOfAnotherSizeIsBadInput() throws IOException {
    save("1", 40);
    save("2", 60);
    save("3", 50);
    ImageIO.write(
        new BufferedImage(128, 40, BufferedImage.TYPE_BYTE_GRAY),
        "png",
        folder.resolve("data/mask/2.png").toFile());

    assertRefused(tune(SMALL), "they must show the same ground");
  }

  @Test
  void aModelOfAnotherKindIsBadInput() throws IOException {
    save("1", 40);
    save("2", 60);

    assertRefused(tune(TINY), "no weight named mask_decoder");
  }

  @Test
  void cudaIsRefusedAndNotPassedOverInSilence() throws IOException {
    save("1", 40);
    save("2", 60);
    save("3", 50);

    assertRefused(tune(SMALL, "--device", "cuda"), "Tuning runs on the CPU alone");
  }

  @Test
  void noEpochsIsWrongUsage() throws IOException {
    save("1", 40);

    Shell.Result result = tune(SMALL, "--epochs", "0");

    assertThat(result.status()).isEqualTo(2);
  }

  private void assertRefused(Shell.Result result, String sentence) {
    assertThat(result.status()).as(result.err()).isEqualTo(3);
    assertThat(result.err()).contains(sentence).doesNotContain("\tat ");
    assertThat(folder.resolve("out")).doesNotExist();
    assertThat(folder.resolve("out.run")).doesNotExist();
  }

  private Shell.Result tune(String model, String... more) {
    String[] line = {
      "finetune",
      "--data",
      folder.resolve("data").toString(),
      "--model",
      model,
      "--out",
      folder.resolve("out").toString()
    };
    String[] all = java.util.Arrays.copyOf(line, line.length + more.length);
    System.arraycopy(more, 0, all, line.length, more.length);
    return shell.run(all);
  }

  /** Fields of 128 x 128 pixels, others for each name, with a square of water from the top left. */
  private void save(String name, int side) throws IOException {
    for (String part : new String[] {"image", "mask"}) {
      boolean mask = part.equals("mask");
      BufferedImage image =
          new BufferedImage(
              128, 128, mask ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
      Graphics2D pen = image.createGraphics();
      Random random = new Random(name.hashCode());
      for (int i = 0; i < 64; i++) {
        pen.setColor(mask ? Color.BLACK : new Color(90, 140 + random.nextInt(9), 60));
        pen.fillRect(i % 8 * 16, i / 8 * 16, 16, 16);
      }
      pen.setColor(mask ? Color.WHITE : new Color(30, 60, 200));
      pen.fillRect(0, 0, side, side);
      pen.dispose();
      Path file = folder.resolve("data/" + part + "/" + name + ".png");
      Files.createDirectories(file.getParent());
      ImageIO.write(image, "png", file.toFile());
    }
  }
}
