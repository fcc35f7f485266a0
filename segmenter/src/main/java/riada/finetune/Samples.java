package riada.finetune;

import ai.onnxruntime.OrtException;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import riada.detect.Detection;
import riada.eval.Evaluator;
import riada.eval.LabelReader;
import riada.eval.LabelledFolder;
import riada.eval.LabelledFolder.Pair;
import riada.mask.Mask;
import riada.mask.RunLength;
import riada.onnx.Head;
import riada.proto.BadInput;
import riada.proto.MaskRuns;
import riada.proto.Observation;
import riada.proto.Pictures;
import riada.sam.LogitPlane;
import riada.sam.Pixels;
import riada.sam.Window;
import riada.segmenter.WaterModel;

/**
 * Labelled pictures as lessons about water. A change pair's mask marks flood alone, so the water of
 * its first picture must come from elsewhere: from an index where its bands allow one, else from
 * the model as it is. The water of its second picture is this with the flood.
 */
final class Samples {
  private final WaterModel model;
  private final Optional<String> platform;

  /**
   * @param platform what took the pictures; empty: told from the pictures
   */
  Samples(WaterModel model, Optional<String> platform) {
    this.model = model;
    this.platform = platform;
  }

  /** One picture. */
  static final class Sample {
    private final Path file;
    private final Path maskFile;
    private final String digest;
    private final MaskRuns water;

    private Sample(Path file, Path maskFile, String digest, MaskRuns water) {
      this.file = file;
      this.maskFile = maskFile;
      this.digest = digest;
      this.water = water;
    }

    /** SHA-256 of the picture's file, in hex. */
    String digest() {
      return digest;
    }

    /** Of the picture and what is true of it. */
    String identity() {
      return digest + HexFormat.of().formatHex(Observation.sha256().digest(water.toByteArray()));
    }

    BufferedImage picture() throws BadInput {
      return LabelReader.picture(file, LabelReader.mask(maskFile));
    }

    /** Its water, at the resolution of the mask. */
    Mask water() throws BadInput {
      return RunLength.decode(water);
    }
  }

  /**
   * What one pair teaches.
   *
   * @param before of a change pair the picture before the flood
   * @param image the picture, of a change pair that after the flood
   * @param truth the pair's mask: water, or flood
   */
  record Lesson(Optional<Sample> before, Sample image, MaskRuns truth) {}

  /**
   * Reads pairs.
   *
   * @throws BadInput when one is unreadable, or all masks are dry or all are water throughout
   */
  List<Lesson> read(LabelledFolder data, List<Pair> pairs) throws BadInput, OrtException {
    List<Lesson> lessons = new ArrayList<>();
    long wet = 0;
    long cells = 0;
    for (Pair pair : pairs) {
      Mask truth = LabelReader.mask(pair.mask());
      wet += truth.count();
      cells += (long) truth.width() * truth.height();
      lessons.add(lesson(pair, truth));
    }
    if (wet == 0 || wet == cells) {
      throw new BadInput(
          "labels_one_sided",
          "All masks of "
              + data.folder()
              + " that could train are "
              + (wet == 0 ? "dry" : "water")
              + " throughout, so there is nothing to tell apart; add pictures with both.");
    }
    return lessons;
  }

  /** Reads pairs that teach nothing, whatever they show. */
  List<Lesson> held(List<Pair> pairs) throws BadInput, OrtException {
    List<Lesson> lessons = new ArrayList<>();
    for (Pair pair : pairs) {
      lessons.add(lesson(pair, LabelReader.mask(pair.mask())));
    }
    return lessons;
  }

  /** The pictures of pairs, whose labels are of use only where the model asks nothing by itself. */
  List<Sample> pictures(List<Pair> pairs) throws BadInput {
    List<Sample> pictures = new ArrayList<>();
    for (Pair pair : pairs) {
      Mask truth = model.has(Head.DETECTOR) ? new Mask(1, 1) : LabelReader.mask(pair.mask());
      if (pair.before().isPresent()) {
        pictures.add(sample(pair.before().get(), pair, truth));
      }
      pictures.add(sample(pair.image(), pair, truth));
    }
    return pictures;
  }

  private Lesson lesson(Pair pair, Mask truth) throws BadInput, OrtException {
    BufferedImage picture = LabelReader.picture(pair.image(), truth);
    if (pair.before().isEmpty()) {
      return new Lesson(
          Optional.empty(), sample(pair.image(), pair, truth), RunLength.encode(truth));
    }
    Pixels earlier = Pixels.of(LabelReader.picture(pair.before().get(), truth));
    String sensor = platform.orElseGet(() -> Evaluator.sensor(pair, picture));
    Mask wasWater =
        sensor.equals(WaterIndex.SENSOR)
            ? WaterIndex.of(earlier, truth.width(), truth.height())
            : seen(earlier, truth.width(), truth.height());
    return new Lesson(
        Optional.of(sample(pair.before().get(), pair, wasWater)),
        sample(pair.image(), pair, wasWater.copy().or(truth)),
        RunLength.encode(truth));
  }

  /** The water that the model sees by itself. */
  private Mask seen(Pixels picture, int width, int height) throws OrtException {
    model.take(picture);
    model.encode();
    Detection found = model.detect();
    if (!found.hasWater()) {
      return new Mask(width, height);
    }
    LogitPlane answer = model.decode(List.of(found.prompts())).logits(0, 0);
    return model.water(answer, Window.ALL, width, height);
  }

  private static Sample sample(Path file, Pair pair, Mask water) throws BadInput {
    byte[] sha = Observation.sha256().digest(Pictures.bytes(file));
    return new Sample(file, pair.mask(), HexFormat.of().formatHex(sha), RunLength.encode(water));
  }
}
