package riada.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;
import riada.mask.Mask;
import riada.sam.Pixels;
import riada.sam.Prompts.Point;

class EditsTest {
  @Test
  void anEditCountsWhatWasAskedAndWhatWasNot() {
    Mask start = WaterBodiesTest.drawn("##......", "##......");
    Mask region = WaterBodiesTest.drawn(".####...", "........");
    Mask toChange = WaterBodiesTest.drawn("..##....", "........").or(drawnAt(4, 0));
    Mask after = WaterBodiesTest.drawn("####....", "##.....#");

    Edits.Edit edit = Edits.edit(start, after, region, toChange, new Point(3, 0, true));

    // 2 of 3 cells changed as asked; outside the region, 12 cells, one changed
    assertThat(edit).isEqualTo(new Edits.Edit(true, 2.0 / 3, 1.0 / 12));
  }

  @Test
  void aClickThatChangesNothingDoesNotObey() {
    Mask start = WaterBodiesTest.drawn("##......");
    Mask region = WaterBodiesTest.drawn("##......");

    Edits.Edit edit = Edits.edit(start, start, region, region, new Point(0, 0, false));

    assertThat(edit).isEqualTo(new Edits.Edit(false, 0, 0));
  }

  @Test
  void regionsAreWhatHasOneColour() {
    BufferedImage image = new BufferedImage(512, 512, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D pen = image.createGraphics();
    pen.setColor(new Color(90, 140, 60));
    pen.fillRect(0, 0, 512, 512);
    pen.setColor(new Color(200, 30, 30));
    pen.fillRect(128, 128, 160, 160);
    pen.dispose();

    List<Mask> regions = Edits.regions(Pixels.of(image), 1);

    // the land is more than 15 % of the frame
    Mask square = new Mask(Edits.GRID, Edits.GRID);
    for (int y = 32; y < 72; y++) {
      square.setRow(y, 32, 72);
    }
    assertThat(regions).containsExactly(square);
  }

  private static Mask drawnAt(int x, int y) {
    Mask mask = new Mask(8, 2);
    mask.set(x, y);
    return mask;
  }
}
