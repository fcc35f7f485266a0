package riada.finetune;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import riada.eval.LabelledFolder;
import riada.finetune.Measuring.HeldOut;
import riada.finetune.Samples.Lesson;
import riada.finetune.Samples.Sample;
import riada.proto.BadInput;
import riada.proto.Observation;
import riada.segmenter.WaterModel;

/**
 * Pictures by what they are for.
 *
 * @param train those that teach, {@code heldOut} those that pick among epochs and weights
 * @param rehearsal pictures of elsewhere on which the answers of before are to stay
 * @param measured on which before and after are told, the data's own first
 * @param taught what the new model's card says of all this
 */
record Plan(
    List<Lesson> train,
    List<Lesson> heldOut,
    List<Sample> rehearsal,
    List<HeldOut> measured,
    List<Tuned.Taught> taught) {
  Plan {
    train = List.copyOf(train);
    heldOut = List.copyOf(heldOut);
    rehearsal = List.copyOf(rehearsal);
    measured = List.copyOf(measured);
    taught = List.copyOf(taught);
  }

  /**
   * Reads what is asked for.
   *
   * @throws BadInput when pictures or masks cannot be used
   */
  static Plan of(FineTuning.Request request, long seed, WaterModel parent)
      throws BadInput, OrtException {
    Samples samples = new Samples(parent, request.platform());
    Samples.Parts parts = Samples.split(request.data(), seed, Samples.HELD_OUT_OF);
    List<Lesson> train = samples.read(request.data(), parts.train());
    List<Sample> rehearsal = new ArrayList<>();
    List<HeldOut> measured = new ArrayList<>();
    List<Tuned.Taught> taught = new ArrayList<>();
    measured.add(new HeldOut(request.data(), parts.dev(), request.platform()));
    List<Sample> images = train.stream().map(Lesson::image).toList();
    taught.add(taught(request.data(), "labels", images, parts.dev().size()));
    for (LabelledFolder other : request.also()) {
      Samples.Parts halves = Samples.split(other, seed, 2);
      List<Sample> keep = Samples.pictures(halves.train());
      rehearsal.addAll(keep);
      measured.add(new HeldOut(other, halves.dev(), Optional.empty()));
      taught.add(taught(other, "rehearsal", keep, halves.dev().size()));
    }
    return new Plan(train, samples.held(parts.dev()), rehearsal, measured, taught);
  }

  private static Tuned.Taught taught(
      LabelledFolder folder, String use, List<Sample> pictures, int heldOut) {
    String digests = String.join("\n", pictures.stream().map(Sample::digest).toList());
    return new Tuned.Taught(Measuring.name(folder), use, pictures.size(), heldOut, sha256(digests));
  }

  /**
   * The name of a run: of everything that decides what it will learn.
   *
   * @param settings what beside the pictures does
   */
  String identity(String settings) {
    StringBuilder text = new StringBuilder(settings);
    Stream.concat(train.stream(), heldOut.stream())
        .forEach(
            lesson -> {
              lesson.before().ifPresent(before -> text.append(before.identity()));
              text.append(lesson.image().identity());
            });
    rehearsal.forEach(sample -> text.append(sample.digest()));
    return sha256(text.toString());
  }

  private static String sha256(String text) {
    return HexFormat.of().formatHex(Observation.sha256().digest(text.getBytes(UTF_8)));
  }
}
