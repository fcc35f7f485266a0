package riada.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import java.awt.Color;
import java.awt.Rectangle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.eval.LabelledFolder;
import riada.finetune.Samples.Lesson;
import riada.mask.Mask;
import riada.onnx.Device;
import riada.proto.BadInput;
import riada.segmenter.WaterModel;

class SamplesTest {
  private static final Rectangle POND = new Rectangle(16, 16, 64, 32);
  private static final Rectangle RIVER = new Rectangle(0, 96, 128, 16);
  private static final Color WATER = new Color(30, 60, 200);

  private static WaterModel model;
  @TempDir Path folder;

  @BeforeAll
  static void open() throws BadInput {
    model = WaterModel.open(Path.of("src/test/resources/small"), Device.Choice.CPU, 1);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @ParameterizedTest
  @CsvSource({"0, dry throughout", "128, water throughout"})
  void masksOfOneKindTeachNothing(int side, String why) throws Exception {
    Painted.pair(folder, "1", new Rectangle(side, side));
    Painted.pair(folder, "2", new Rectangle(side, side));
    LabelledFolder data = LabelledFolder.open(folder, 0);

    assertThatThrownBy(() -> samples().read(data, data.pairs()))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(why);
  }

  @Test
  void waterBeforeIsByTheIndexAndAfterWithTheFlood() throws IOException, BadInput, OrtException {
    Painted.change(folder, "1", WATER, List.of(RIVER), List.of(RIVER, POND), POND);
    LabelledFolder data = LabelledFolder.open(folder, 0);

    Lesson lesson = samples().read(data, data.pairs()).get(0);

    Mask before = lesson.before().orElseThrow().water();
    Mask after = lesson.image().water();
    assertThat(before).isEqualTo(Painted.mask(RIVER));
    assertThat(after).isEqualTo(Painted.mask(RIVER, POND));
  }

  @Test
  void whereNoIndexIsWaterBeforeIsWhatTheModelSees() throws IOException, BadInput, OrtException {
    Painted.change(folder, "1", WATER, List.of(), List.of(POND), POND);
    LabelledFolder data = LabelledFolder.open(folder, 0);

    Lesson lesson = new Samples(model, Optional.of("drone")).read(data, data.pairs()).get(0);

    assertThat(lesson.before().orElseThrow().water().count()).isZero(); // nothing blue, no water
    assertThat(lesson.image().water()).isEqualTo(Painted.mask(POND));
  }

  private static Samples samples() {
    return new Samples(model, Optional.empty());
  }
}
