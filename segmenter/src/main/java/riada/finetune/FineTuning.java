package riada.finetune;

import ai.djl.ndarray.NDManager;
import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import riada.eval.Evaluation;
import riada.eval.LabelledFolder;
import riada.finetune.Checkpoint.Epoch;
import riada.finetune.Measuring.HeldOut;
import riada.onnx.Device;
import riada.onnx.Head;
import riada.onnx.Kind;
import riada.onnx.ModelFolder;
import riada.onnx.WriterLock;
import riada.proto.BadInput;
import riada.segmenter.WaterModel;

/**
 * Fine-tunes a model's mask decoder on labelled pictures and makes a new model folder of it. What a
 * run has learnt so far stands beside that folder, in one named {@code OUT.run}: the same run
 * started again goes on from its last epoch. For one thread.
 */
public final class FineTuning {
  private final Request request;
  private final Training training;
  private final Progress progress;
  private final InstantSource clock;
  private final Path out;
  private final RunFolder run;

  /**
   * What is asked for.
   *
   * @param data labelled pictures that teach; {@code platform} is what took them, empty: told from
   *     the pictures
   * @param also labelled pictures of elsewhere: half of each folder keeps the parent's own answers
   *     alive, on the other half the loss is measured
   * @param variant as {@link ModelFolder#open(Path, String, Device)} takes it: what encodes the
   *     pictures
   * @param out the new model's folder, must not be there
   * @param epochs most passes over the pictures, at least 1
   * @param threads on the CPU, at least 1
   */
  public record Request(
      LabelledFolder data,
      Optional<String> platform,
      List<LabelledFolder> also,
      Path model,
      String variant,
      Path out,
      int epochs,
      long seed,
      int threads) {
    public Request {
      also = List.copyOf(also);
    }
  }

  /** Is told how far a stage is. */
  public interface Progress {
    void at(String stage, int done, int all);
  }

  /**
   * @param clock tells when a model was tuned, which orders the versions
   */
  public FineTuning(Request request, Progress progress, InstantSource clock) {
    this(request, Training.of(request.epochs, request.seed), progress, clock);
  }

  FineTuning(Request request, Training training, Progress progress, InstantSource clock) {
    this.request = request;
    this.training = training;
    this.progress = progress;
    this.clock = clock;
    out = request.out.toAbsolutePath().normalize();
    run = new RunFolder(request.out);
  }

  /**
   * Tunes, measures and writes. A model that gains nothing on the pictures that choose is not
   * written.
   *
   * @throws BadInput when the data or the model cannot be used, or {@code out} is there already
   * @throws IOException when a file cannot be written; then no new model is there, and the run can
   *     be gone on with if it had ended an epoch
   */
  public Tuned tune() throws BadInput, IOException, OrtException {
    requireNew();
    long start = System.nanoTime();
    ModelFolder folder = ModelFolder.open(request.model, request.variant, Device.CPU);
    requireTunable(folder);
    Torch.start(request.threads);
    DecoderWeights weights = DecoderWeights.read(folder.file("decoder"));
    try (WaterModel parent =
            WaterModel.open(request.model, folder.variant(), Device.Choice.CPU, request.threads);
        Network network = new Network(NDManager.newBaseManager(), weights, folder)) {
      Plan plan = Plan.of(request, training.seed(), parent);
      String identity = plan.identity(folder.ref().getDigest() + training + request.threads);
      run.place();
      try (WriterLock lock = run.lock()) {
        requireNew(); // another run may have ended meanwhile
        run.place(); // or failed, and taken the folder with it
        run.requireSame(identity, weights.size());
        return tune(folder, parent, plan, identity, network, start);
      }
    }
  }

  private Tuned tune(
      ModelFolder folder,
      WaterModel parent,
      Plan plan,
      String identity,
      Network network,
      long start)
      throws BadInput, IOException, OrtException {
    try {
      DecoderWeights weights = network.weights();
      Encodings encodings = new Encodings(parent, run.encodings());
      Parity.require(network, weights.start(), parent, encodings, plan.train().get(0).image());
      Judge judge = new Judge(network, encodings, plan.choose(), parent);
      Checkpoint last =
          new Trainer(network, encodings, training, parent, plan.train(), plan.rehearsal(), judge)
              .train(run.checkpoint(), identity, progress);
      Blend blend = Blend.choose(weights, last.best(), judge);
      float[] row = weights.kept(Blend.between(weights.start(), last.best(), blend.share()));
      Tuned result = write(folder, parent, plan, last, blend, row, network, encodings, start);
      run.delete();
      return result;
    } catch (BadInput e) {
      run.abandon();
      throw e;
    } catch (IOException e) {
      throw run.stopped(e);
    }
  }

  private void requireNew() throws BadInput {
    if (Files.exists(out)) {
      throw new BadInput("model_exists", request.out + " is there already; name a new folder.");
    }
  }

  /** A model without detector learns from points of the truth, which a mask of flood has not. */
  private void requireTunable(ModelFolder folder) throws BadInput {
    if (folder.card().kind() != Kind.PROMPTABLE || !folder.card().prompts().contains("points")) {
      throw new BadInput(
          "model_unfit",
          "The model "
              + folder
              + " has no decoder that answers points, so there is nothing to tune; name one of the"
              + " Segment Anything family, such as riada-lite.");
    }
    for (LabelledFolder data :
        Stream.concat(Stream.of(request.data), request.also.stream()).toList()) {
      if (data.change() && !folder.has(Head.DETECTOR)) {
        throw new BadInput(
            "model_without_detector",
            "The masks of "
                + data.folder()
                + " mark flood and not water, and the model "
                + folder
                + " has no detector that finds water by itself; label water (image/ and mask/), or"
                + " name a model with a detector, such as riada-lite.");
      }
    }
  }

  private Tuned write(
      ModelFolder folder,
      WaterModel parent,
      Plan plan,
      Checkpoint last,
      Blend blend,
      float[] row,
      Network network,
      Encodings encodings,
      long start)
      throws BadInput, IOException, OrtException {
    List<Evaluation> before = measure(parent, plan, "measuring the parent");
    Tuned.Named was = Tuned.Named.of(before.get(0).model());
    int best = best(last.epochs());
    if (blend.share() == 0) {
      return new Tuned(
          false,
          "Nothing was gained on the pictures that choose among what was learnt, so no new model"
              + " was made.",
          null,
          was,
          null,
          0,
          last.epochs().size() - 1,
          best,
          plan.taught(),
          List.of(),
          List.of(),
          seconds(start));
    }
    byte[] decoder = network.weights().with(row);
    try (TunedFolder tuned = new TunedFolder(folder, out, decoder, clock.instant())) {
      List<Tuned.Row> rows = new ArrayList<>();
      try (WaterModel model = open(tuned.path(), folder)) {
        Parity.require(network, row, model, encodings, plan.train().get(0).image());
        List<Evaluation> after = measure(model, plan, "measuring the tuned model");
        for (int i = 0; i < after.size(); i++) {
          rows.add(
              Measuring.row(plan.measured().get(i), before.get(i), after.get(i), training.seed()));
        }
      }
      Tuned told =
          new Tuned(
              Verdict.better(rows),
              Verdict.sentence(rows),
              null,
              was,
              null,
              blend.share(),
              last.epochs().size() - 1,
              best,
              plan.taught(),
              rows,
              Measuring.notMeasured(folder.card().sensors(), rows),
              seconds(start));
      tuned.tell(told);
      tuned.add("curve.png", Curve.png(last.epochs(), best));
      Tuned.Named named;
      try (WaterModel model = open(tuned.path(), folder)) {
        named =
            new Tuned.Named(
                model.ref().getName(), model.ref().getVersion(), model.ref().getDigest());
      }
      tuned.finish();
      return told.at(request.out.toString(), named);
    }
  }

  private WaterModel open(Path path, ModelFolder parent) throws BadInput {
    return WaterModel.open(path, parent.variant(), Device.Choice.CPU, request.threads);
  }

  private List<Evaluation> measure(WaterModel model, Plan plan, String stage)
      throws BadInput, OrtException {
    int all = plan.measured().stream().mapToInt(what -> what.pairs().size()).sum();
    List<Evaluation> evaluations = new ArrayList<>();
    int[] done = {0};
    for (HeldOut what : plan.measured()) {
      int before = done[0];
      evaluations.add(
          Measuring.evaluate(
              model, what, training.seed(), n -> progress.at(stage, before + n, all)));
      done[0] += what.pairs().size();
    }
    return evaluations;
  }

  private static int best(List<Epoch> epochs) {
    int best = 0;
    for (int i = 1; i < epochs.size(); i++) {
      if (epochs.get(i).heldOutIou() > epochs.get(best).heldOutIou()) {
        best = i;
      }
    }
    return best;
  }

  private static double seconds(long start) {
    return Math.round((System.nanoTime() - start) / 1e8) / 10.0;
  }
}
