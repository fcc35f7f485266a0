package riada.segmenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.onnxruntime.OrtException;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.proto.BadInput;
import riada.proto.MaskRuns;
import riada.proto.Observation;
import riada.proto.Point;
import riada.proto.Tile;
import riada.proto.WaterMask;

/** With the tiny model, whose answers {@code tiny/make.py} explains. */
class TilePipelineTest {
  private TilePipeline pipeline;

  @BeforeEach
  void open() throws BadInput {
    pipeline = new TilePipeline(Painted.tiny(), Painted.CLOCK);
  }

  @AfterEach
  void close() {
    pipeline.close();
  }

  @Test
  void theMaskIsWhereTheWaterIs() throws BadInput, OrtException {
    WaterMask mask = segment(Painted.tile(Painted.pond()));

    assertSimilar(water(mask), rectangle(128, 192, 128, 128));
    assertThat(valid(mask)).isEqualTo(Mask.full(512, 512));
  }

  @Test
  void theMaskSaysWhatItIsOf() throws BadInput, OrtException {
    WaterMask mask = segment(Painted.tile(Painted.pond()));

    assertThat(mask.getTile()).isEqualTo("14/8185/5448");
    assertThat(mask.getObservationId())
        .isEqualTo(Observation.id("test", "scene-1", Painted.ID, Painted.ACQUIRED));
    assertThat(mask.getPublisher()).isEqualTo("test");
    assertThat(mask.getPlatform()).isEqualTo("painted");
    assertThat(mask.getScene()).isEqualTo("scene-1");
    assertThat(mask.getProcessingVersion()).isEqualTo(3);
    assertThat(Observation.instant(mask.getAcquiredAt())).isEqualTo(Painted.ACQUIRED);
    assertThat(Observation.instant(mask.getSegmentedAt())).isEqualTo(Painted.NOW);
    assertThat(mask.getModel().getName()).isEqualTo("tiny");
    assertThat(mask.getModel().getDigest()).hasSize(64);
    assertThat(mask.getDevice()).isEqualTo("cpu");
    assertThat(mask.getConfidence()).isEqualTo(0.9f);
    assertThat(mask.getStages().getTotal()).isPositive();
  }

  @Test
  void receivedIsTheTilesOwnTimeOrElseTheRecords() throws BadInput, OrtException {
    Tile.Builder tile = Painted.tile(Painted.pond());
    WaterMask without = segment(tile);
    tile.setReceivedAt(Observation.timestamp(Painted.ACQUIRED.plusSeconds(7)));

    WaterMask with = segment(tile);

    assertThat(Observation.instant(without.getReceivedAt())).isEqualTo(Painted.NOW);
    assertThat(Observation.instant(with.getReceivedAt()))
        .isEqualTo(Painted.ACQUIRED.plusSeconds(7));
  }

  @Test
  void aReceivedTimeThatIsNoneIsNotPassedOn() throws BadInput, OrtException {
    Tile.Builder tile = Painted.tile(Painted.pond());
    tile.getReceivedAtBuilder().setSeconds(Long.MAX_VALUE);

    WaterMask mask = segment(tile);

    assertThat(Observation.instant(mask.getReceivedAt())).isEqualTo(Painted.NOW);
  }

  @Test
  void theSameTileGetsTheSameBitsTwice() throws BadInput, OrtException {
    WaterMask first = segment(Painted.tile(Painted.pond()));
    segment(Painted.tile(Painted.land(512, 512, BufferedImage.TYPE_3BYTE_BGR)));

    WaterMask second = segment(Painted.tile(Painted.pond()));

    assertThat(second.toBuilder().clearStages().build())
        .isEqualTo(first.toBuilder().clearStages().build());
  }

  @Test
  void theFirstPromptIsAWetPointInThePond() throws BadInput, OrtException {
    WaterMask mask = segment(Painted.tile(Painted.pond()));

    Point first = mask.getPrompts().getPoints(0);

    assertThat(first.getWet()).isTrue();
    assertThat(first.getX()).isEqualTo(135.5f);
    assertThat(first.getY()).isEqualTo(199.5f);
  }

  @Test
  void landWithoutWaterHasAnEmptyMaskAndNoPrompts() throws BadInput, OrtException {
    WaterMask mask = segment(Painted.tile(Painted.land(512, 512, BufferedImage.TYPE_3BYTE_BGR)));

    assertThat(water(mask).isEmpty()).isTrue();
    assertThat(mask.hasPrompts()).isFalse();
    assertThat(mask.getConfidence()).isBetween(0.9f, 1f);
  }

  @Test
  void cloudAndShadowAreNotValid() throws BadInput, OrtException {
    BufferedImage image = Painted.pond();
    Painted.fill(image, Painted.CLOUD, 400, 400, 64, 64);
    Painted.fill(image, Color.BLACK, 320, 400, 64, 64);

    WaterMask mask = segment(Painted.tile(image));

    Mask valid = valid(mask);
    assertThat(valid.get(432, 432)).isFalse();
    assertThat(valid.get(352, 432)).isFalse();
    assertThat(valid.get(190, 250)).isTrue();
    assertThat(valid.not().count()).isBetween(2 * 60 * 60, 2 * 68 * 68);
  }

  @Test
  void whatThePublisherHoldsInvalidIsNotValid() throws BadInput, OrtException {
    Mask valid = rectangle(0, 0, 512, 300);

    WaterMask mask = segment(Painted.tile(Painted.pond()).setValid(RunLength.encode(valid)));

    assertThat(valid(mask)).isEqualTo(valid);
  }

  /** A picture of 640 with a halo of 64: the tile's cells are its pixels 64..575. */
  @Test
  void theHaloIsSeenButNotInTheMask() throws BadInput, OrtException {
    BufferedImage image = Painted.land(640, 640, BufferedImage.TYPE_3BYTE_BGR);
    Painted.fill(image, Painted.WATER, 0, 0, 224, 640);

    WaterMask mask = segment(Painted.tile(image).setHaloPx(64));

    assertSimilar(water(mask), rectangle(0, 0, 160, 512));
    assertThat(mask.getPrompts().getPoints(0).getX()).isEqualTo(-54.5f); // input pixel 7.5
  }

  @ParameterizedTest
  @MethodSource("sides")
  void picturesOfOtherSidesFillTheSameCells(int side) throws BadInput, OrtException {
    BufferedImage image = Painted.land(side, side, BufferedImage.TYPE_3BYTE_BGR);
    Painted.fill(image, Painted.WATER, side / 4, side / 2, side / 2, side / 4);

    WaterMask mask = segment(Painted.tile(image));

    assertSimilar(water(mask), rectangle(128, 256, 256, 128));
  }

  static Stream<Integer> sides() {
    return Stream.of(64, 256, 1024, 2048);
  }

  @Test
  void aGreyPictureIsTakenAsThreeEqualChannels() throws BadInput, OrtException {
    BufferedImage grey = Painted.land(512, 512, BufferedImage.TYPE_BYTE_GRAY);
    BufferedImage colour = new BufferedImage(512, 512, BufferedImage.TYPE_3BYTE_BGR);
    for (int y = 0; y < 512; y++) {
      for (int x = 0; x < 512; x++) {
        int level = (x + 3 * y) / 8;
        grey.getRaster().setSample(x, y, 0, level);
        colour.setRGB(x, y, level * 0x010101);
      }
    }

    WaterMask mask = segment(Painted.tile(Painted.bytes(grey, "jpg")));

    assertThat(mask.getWater()).isEqualTo(segment(Painted.tile(colour)).getWater());
  }

  @Test
  void transparentPixelsAreNotValid() throws BadInput, OrtException {
    BufferedImage image = new BufferedImage(512, 512, BufferedImage.TYPE_4BYTE_ABGR);
    Painted.fill(image, Painted.LAND, 0, 0, 256, 512);

    WaterMask mask = segment(Painted.tile(image));

    assertThat(valid(mask)).isEqualTo(rectangle(0, 0, 256, 512));
  }

  @ParameterizedTest
  @MethodSource("unusable")
  void whatCannotBeUsedIsRefusedInASentence(String counter, String words, Tile.Builder tile) {
    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> segment(tile))
        .satisfies(e -> assertThat(e.counter()).isEqualTo(counter))
        .withMessageContaining(words);
  }

  static Stream<Arguments> unusable() {
    byte[] jpeg = Painted.bytes(Painted.pond(), "jpg");
    byte[] png = Painted.bytes(Painted.pond(), "png");
    int type = BufferedImage.TYPE_3BYTE_BGR;
    Tile.Builder sound = Painted.tile(Painted.pond());
    return Stream.of(
        Arguments.of(
            "picture_truncated", "middle", Painted.tile(Arrays.copyOf(jpeg, jpeg.length / 2))),
        Arguments.of(
            "picture_truncated", "middle", Painted.tile(Arrays.copyOf(png, png.length / 2))),
        Arguments.of("picture_unknown_format", "neither", Painted.tile("hello".getBytes())),
        Arguments.of("picture_not_square", "512 x 400", Painted.tile(Painted.land(512, 400, type))),
        Arguments.of("picture_side", "32 pixels", Painted.tile(Painted.land(32, 32, type))),
        Arguments.of("picture_too_large", "at most", Painted.tile(Painted.land(2100, 2100, type))),
        Arguments.of("halo_invalid", "halo of 240", sound.clone().setHaloPx(240)),
        Arguments.of(
            "mask_runs",
            "run",
            sound.clone().setValid(MaskRuns.newBuilder().setWidth(512).setHeight(512).build())));
  }

  private WaterMask segment(Tile.Builder tile) throws BadInput, OrtException {
    return pipeline.segment(Painted.ID, tile.build(), Painted.NOW);
  }

  private static Mask water(WaterMask mask) throws BadInput {
    return RunLength.decode(mask.getWater());
  }

  private static Mask valid(WaterMask mask) throws BadInput {
    return RunLength.decode(mask.getValid());
  }

  /** The tiny model knows water in blocks of 16 pixels of its input. */
  private static void assertSimilar(Mask mask, Mask expected) {
    int both = mask.copy().and(expected).count();
    int either = mask.copy().or(expected).count();
    assertThat((double) both / either).isGreaterThan(0.85);
  }

  private static Mask rectangle(int x, int y, int width, int height) {
    Mask mask = new Mask(512, 512);
    for (int row = y; row < y + height; row++) {
      mask.setRow(row, x, x + width);
    }
    return mask;
  }
}
