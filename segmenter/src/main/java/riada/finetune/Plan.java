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
 * @param train those that teach, {@code choose} those that pick among epochs and weights
 * @param rehearsal pictures of elsewhere on which the answers of before are to stay
 * @param measured on which before and after are told, the data's own first; nothing was chosen on
 *     them
 * @param taught what the new model's card says of all this
 */
record Plan(
    List<Lesson> train,
    List<Lesson> choose,
    List<Sample> rehearsal,
    List<HeldOut> measured,
    List<Tuned.Taught> taught) {
  Plan {
    train = List.copyOf(train);
    choose = List.copyOf(choose);
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
    List<Split> splits = Split.of(request.data(), request.also(), seed);
    Split split = splits.get(0);
    List<Lesson> train = samples.read(request.data(), split.train());
    List<Sample> rehearsal = new ArrayList<>();
    List<HeldOut> measured = new ArrayList<>();
    List<Tuned.Taught> taught = new ArrayList<>();
    measured.add(held(request.data(), split, request.platform()));
    List<Sample> images = train.stream().map(Lesson::image).toList();
    taught.add(taught(request.data(), "labels", images, split));
    for (int i = 0; i < request.also().size(); i++) {
      LabelledFolder other = request.also().get(i);
      Split halves = splits.get(1 + i);
      List<Sample> keep = samples.pictures(halves.train());
      rehearsal.addAll(keep);
      measured.add(held(other, halves, Optional.empty()));
      taught.add(taught(other, "rehearsal", keep, halves));
    }
    return new Plan(train, samples.held(split.choose()), rehearsal, measured, taught);
  }

  private static HeldOut held(LabelledFolder data, Split split, Optional<String> platform) {
    return new HeldOut(data, split.judge(), split.judgeGroups(), platform);
  }

  private static Tuned.Taught taught(
      LabelledFolder folder, String use, List<Sample> pictures, Split split) {
    String digests = String.join("\n", pictures.stream().map(Sample::digest).toList());
    return new Tuned.Taught(
        Measuring.name(folder),
        use,
        pictures.size(),
        split.choose().size(),
        split.judge().size(),
        sha256(digests));
  }

  /**
   * The name of a run: of everything that decides what it will learn.
   *
   * @param settings what beside the pictures does
   */
  String identity(String settings) {
    StringBuilder text = new StringBuilder(settings);
    Stream.concat(train.stream(), choose.stream())
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
