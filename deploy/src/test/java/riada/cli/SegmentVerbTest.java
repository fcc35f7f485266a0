package riada.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code riada segment} with the segmenter's tiny model, to which blue is water, on 128 x 128
 * pixels of land with a pond of 40 x 40 at the top left. The model's masks have a cell for each
 * pixel; what it answers stands in {@code tiny/make.py}.
 */
class SegmentVerbTest {
  private static final String TINY = "../segmenter/src/test/resources/tiny";
  private static final Rectangle DRAWN = new Rectangle(90, 100, 10, 10);

  private final Shell shell = new Shell();
  @TempDir Path folder;
  private Path out;

  @BeforeEach
  void savePond() throws IOException {
    out = folder.resolve("out.png");
    BufferedImage picture = new BufferedImage(128, 128, BufferedImage.TYPE_3BYTE_BGR);
    fill(picture, new Color(90, 140, 60), new Rectangle(128, 128));
    fill(picture, new Color(30, 60, 200), new Rectangle(40, 40));
    ImageIO.write(picture, "png", folder.resolve("pond.png").toFile());
  }

  @Test
  void aBoxTurnedRoundExitsWith3() {
    Shell.Result turned = segment("--box", "50,50,10,10");

    assertThat(turned.status()).isEqualTo(3);
    assertThat(turned.err()).contains("is turned round or has no area");
    assertThat(out).doesNotExist();
  }

  @Test
  void aPictureThatIsNotThereIsNamedWithAWayOut() {
    Path none = folder.resolve("none.png");

    Shell.Result missing =
        shell.run("segment", none.toString(), "--model", TINY, "--out", out.toString());

    assertThat(missing.status()).isEqualTo(3);
    assertThat(missing.err())
        .contains(none.toString(), "name a JPEG or PNG file")
        .doesNotContain("Exception");
  }

  @Test
  void everythingTellsTheBodies() throws IOException {
    Shell.Result found = segment("--everything", "-o", "json");

    assertThat(found.status()).as(found.err()).isZero();
    JsonNode bodies = new ObjectMapper().readTree(found.out()).get("bodies");
    assertThat(bodies).hasSize(1);
    assertThat(bodies.get(0).get("x1").asInt()).isBetween(38, 44);
  }

  @Test
  void theTableLeavesOutWhatNobodyAskedFor() {
    Shell.Result plain = segment();

    assertThat(plain.status()).as(plain.err()).isZero();
    assertThat(plain.out()).contains("water_pixels").doesNotContain("bodies", "rle", "null");
  }

  @Test
  void theTableIsNoWiderThanATerminal() {
    Shell.Result plain = segment();

    assertThat(plain.out()).contains("digest: ");
    assertThat(plain.out().lines().filter(line -> !line.startsWith("mask: ")))
        .allMatch(line -> line.length() <= 80);
  }

  @Test
  void theTableCountsTheBodies() {
    Shell.Result found = segment("--everything");

    assertThat(found.out()).contains("bodies").doesNotContain("x1");
  }

  @Test
  void aMaskIsPrintedAsOthersHaveIt() throws IOException {
    Shell.Result found = segment("--rle", "kaggle", "-o", "json");

    assertThat(found.status()).as(found.err()).isZero();
    assertThat(new ObjectMapper().readTree(found.out()).get("rle").asText()).startsWith("1 4");
  }

  /**
   * A point adds 6 exp(-d^2 / 200) at a distance of d pixels of the input, 4 of which are one here;
   * the drawn mask adds 10, or takes 10 away where it is dry; the pond has 3 and the land -3.25.
   * One click changes no sign, so that only the clicked pixel and those around it obey; two change
   * it where 12 exp(-16 n / 200) > 7, which is n < 6.8.
   */
  @Test
  void aMaskIsCorrectedWhereItIsClickedAndNowhereElse() throws IOException {
    String prior = savePrior(128, 128);

    Shell.Result corrected =
        segment(
            "--prior",
            prior,
            "--point",
            "20,20",
            "--point",
            "20,20",
            "--point",
            "95,105,0",
            "-o",
            "json");

    assertThat(corrected.status()).as(corrected.err()).isZero();
    List<String> expected = new ArrayList<>();
    for (int y = 0; y < 128; y++) {
      for (int x = 0; x < 128; x++) {
        boolean clicked = (x - 20) * (x - 20) + (y - 20) * (y - 20) < 6.8;
        boolean turned = Math.abs(x - 95) <= 1 && Math.abs(y - 105) <= 1;
        if (clicked || (DRAWN.contains(x, y) && !turned)) {
          expected.add(x + "," + y);
        }
      }
    }
    assertThat(wet()).isEqualTo(expected);
    JsonNode row = new ObjectMapper().readTree(corrected.out());
    assertThat(row.get("water_pixels").asInt()).isEqualTo(100 - 9 + 21);
    assertThat(row.get("bodies")).isEmpty();
  }

  @Test
  void aMaskOfAnotherSizeIsNotCorrected() throws IOException {
    String prior = savePrior(128, 112);

    Shell.Result refused = segment("--prior", prior, "--point", "20,20");

    assertThat(refused.status()).isEqualTo(3);
    assertThat(refused.err())
        .contains(
            "The mask to correct is 128 x 112 and the picture 128 x 128; give the mask of this"
                + " picture.")
        .doesNotContain("\tat ");
    assertThat(out).doesNotExist();
  }

  private Shell.Result segment(String... more) {
    List<String> line = new ArrayList<>(List.of("segment", folder.resolve("pond.png").toString()));
    line.addAll(List.of("--model", TINY, "--out", out.toString()));
    line.addAll(List.of(more));
    return shell.run(line.toArray(String[]::new));
  }

  /** A mask that somebody drew on the land. */
  private String savePrior(int width, int height) throws IOException {
    BufferedImage mask = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    fill(mask, Color.WHITE, DRAWN);
    Path file = folder.resolve("prior.png");
    ImageIO.write(mask, "png", file.toFile());
    return file.toString();
  }

  /** The pixels of the written mask that are 255, row by row; the others are 0. */
  private List<String> wet() throws IOException {
    BufferedImage mask = ImageIO.read(out.toFile());
    List<String> wet = new ArrayList<>();
    for (int y = 0; y < mask.getHeight(); y++) {
      for (int x = 0; x < mask.getWidth(); x++) {
        int level = mask.getRaster().getSample(x, y, 0);
        assertThat(level).isIn(0, 255);
        if (level == 255) {
          wet.add(x + "," + y);
        }
      }
    }
    return wet;
  }

  private static void fill(BufferedImage image, Color colour, Rectangle where) {
    Graphics2D pen = image.createGraphics();
    pen.setColor(colour);
    pen.fill(where);
    pen.dispose();
  }
}
