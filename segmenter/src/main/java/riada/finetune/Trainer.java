package riada.finetune;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import riada.eval.TruthPoints;
import riada.finetune.Checkpoint.Epoch;
import riada.finetune.Encodings.Encoding;
import riada.finetune.Samples.Lesson;
import riada.finetune.Samples.Sample;
import riada.mask.Mask;
import riada.proto.BadInput;
import riada.sam.Frame;
import riada.sam.Prompts;
import riada.segmenter.WaterModel;

/**
 * Trains the decoder. All randomness of an epoch comes from the seed and the epoch's number, so a
 * run that was cut off and goes on from its checkpoint ends with the same numbers. For one thread.
 */
final class Trainer {
  private final Network network;
  private final Encodings encodings;
  private final Training training;
  private final WaterModel model;
  private final List<Sample> lessons = new ArrayList<>();
  private final List<Sample> rehearsal;
  private final Judge judge;

  /**
   * @param model whose decoder it is: it knows how pictures lie on the input
   * @param rehearsal pictures of elsewhere, on which the answers of before are to stay
   * @param judge tells how good weights are on what is held out
   */
  Trainer(
      Network network,
      Encodings encodings,
      Training training,
      WaterModel model,
      List<Lesson> train,
      List<Sample> rehearsal,
      Judge judge) {
    this.network = network;
    this.encodings = encodings;
    this.training = training;
    this.model = model;
    this.rehearsal = List.copyOf(rehearsal);
    this.judge = judge;
    for (Lesson lesson : train) {
      lesson.before().ifPresent(lessons::add);
      lessons.add(lesson.image());
    }
  }

  /** One question about one picture, and the share of water that is right for each cell. */
  private record Task(Encoding picture, Prompts question, Covered cells, float[] target) {}

  /** The state of a run. */
  private final class Run implements AutoCloseable {
    final NDManager manager = network.manager().newSubManager();
    final NDArray parent;
    final NDArray row;
    final Adam adam;
    final List<Epoch> epochs = new ArrayList<>();
    float[] best;

    Run(float[] start, Optional<Checkpoint> last) {
      Shape shape = new Shape(start.length);
      parent = manager.create(start, shape);
      row = manager.create(last.map(Checkpoint::weights).orElse(start), shape);
      row.setRequiresGradient(true);
      adam = new Adam(manager, start.length);
      last.ifPresent(
          saved -> {
            adam.restore(saved.steps(), saved.mean(), saved.square());
            epochs.addAll(saved.epochs());
          });
      best = last.map(Checkpoint::best).orElse(start);
    }

    /** The highest held-out IoU so far. */
    double highest() {
      return epochs.stream().mapToDouble(Epoch::heldOutIou).max().orElse(-1);
    }

    /** Whether nothing got better for too long. */
    boolean stale() {
      int since = 0;
      for (int i = epochs.size() - 1; i >= 0 && epochs.get(i).heldOutIou() < highest(); i--) {
        since++;
      }
      return since >= training.patience();
    }

    Checkpoint checkpoint(String identity) {
      return new Checkpoint(
          identity, epochs, adam.steps(), row.toFloatArray(), best, adam.mean(), adam.square());
    }

    @Override
    public void close() {
      manager.close();
    }
  }

  /**
   * Trains to the end, from where the checkpoint stands.
   *
   * @param identity of this run; a checkpoint of another is not this one's
   * @param done is told how many steps of how many are done
   * @return the last checkpoint; its first epoch is the model as it was
   */
  Checkpoint train(Path file, String identity, FineTuning.Progress done)
      throws BadInput, IOException, OrtException {
    float[] start = network.weights().start();
    Optional<Checkpoint> last = Checkpoint.read(file, start.length);
    int perEpoch = (lessons.size() - 1) / training.batch() + 1;
    try (Run run = new Run(start, last)) {
      if (run.epochs.isEmpty()) {
        run.epochs.add(new Epoch(0, judge.iou(start)));
      }
      while (run.epochs.size() <= training.epochs() && !run.stale()) {
        int epoch = run.epochs.size() - 1;
        double loss = epoch(run, epoch, perEpoch, done);
        float[] row = run.row.toFloatArray();
        double iou = judge.iou(row);
        if (iou > run.highest()) {
          run.best = row;
        }
        run.epochs.add(new Epoch(loss, iou));
        run.checkpoint(identity).write(file);
      }
      return run.checkpoint(identity);
    }
  }

  private double epoch(Run run, int epoch, int perEpoch, FineTuning.Progress done)
      throws BadInput, IOException, OrtException {
    SplittableRandom random = new SplittableRandom(training.seed() * 1_000_003 + epoch);
    List<Sample> order = shuffled(lessons, random);
    double loss = 0;
    int tasks = 0;
    for (int step = 0; step < perEpoch; step++) {
      int from = step * training.batch();
      List<Task> batch = new ArrayList<>();
      for (Sample sample : order.subList(from, Math.min(from + training.batch(), order.size()))) {
        batch.addAll(tasks(sample, random));
      }
      List<Sample> elsewhere = new ArrayList<>();
      if (!rehearsal.isEmpty()) {
        for (int i = 0; i < training.batch() / 2; i++) {
          elsewhere.add(rehearsal.get(random.nextInt(rehearsal.size())));
        }
      }
      loss += step(run, batch, elsewhere, training.rate(epoch), random);
      tasks += batch.size();
      done.at("training", epoch * perEpoch + step + 1, training.epochs() * perEpoch);
    }
    return loss / tasks;
  }

  private static List<Sample> shuffled(List<Sample> samples, SplittableRandom random) {
    List<Sample> order = new ArrayList<>(samples);
    for (int i = order.size() - 1; i > 0; i--) {
      java.util.Collections.swap(order, i, random.nextInt(i + 1));
    }
    return order;
  }

  /** What the stream would ask of a mirror image, if it would, and what a person might. */
  private List<Task> tasks(Sample sample, SplittableRandom random)
      throws BadInput, IOException, OrtException {
    Flip flip = Flip.values()[random.nextInt(Flip.values().length)];
    int number = random.nextInt();
    Encoding picture = encodings.of(sample, flip);
    Mask water = flip.of(sample.water());
    Frame frame = model.frame(water.width(), water.height());
    Covered cells = Covered.of(frame, network.maskSide());
    float[] target = cells.shares(water);
    List<Task> tasks = new ArrayList<>();
    if (picture.hasWater()) {
      tasks.add(new Task(picture, picture.prompts(), cells, target));
    }
    List<Prompts.Point> points =
        TruthPoints.draw(water, training.seed(), number).stream().map(frame::onInput).toList();
    tasks.add(new Task(picture, Prompts.points(points), cells, target));
    return tasks;
  }

  /** One step of the optimiser; the sum of the tasks' losses. */
  private double step(
      Run run, List<Task> batch, List<Sample> elsewhere, double rate, SplittableRandom random)
      throws BadInput, IOException, OrtException {
    double sum = 0;
    try (GradientCollector gradients = Engine.getInstance().newGradientCollector()) {
      gradients.zeroGradients();
      for (Task task : batch) {
        try (NDManager scratch = run.manager.newSubManager()) {
          NDArray target = scratch.create(task.target);
          TunedDecoder.Answer answer =
              network.answer(run.row, task.picture, task.question, scratch);
          NDArray logits = task.cells.of(answer.masks().get(0));
          NDArray loss = MaskLoss.of(logits, answer.iou().get(0), target);
          gradients.backward(loss.div(batch.size()));
          sum += loss.getFloat();
        }
      }
      for (Sample sample : elsewhere) {
        rehearse(run, sample, 1.0 / elsewhere.size(), gradients, random);
      }
    }
    try (NDManager scratch = run.manager.newSubManager()) {
      run.adam.step(run.row, run.row.getGradient(), rate, scratch);
    }
    return sum;
  }

  private void rehearse(
      Run run, Sample sample, double weight, GradientCollector gradients, SplittableRandom random)
      throws BadInput, IOException, OrtException {
    Encoding picture = encodings.of(sample, Flip.values()[random.nextInt(Flip.values().length)]);
    if (!picture.hasWater()) {
      return;
    }
    try (NDManager scratch = run.manager.newSubManager()) {
      TunedDecoder.Answer theirs = network.answer(run.parent, picture, picture.prompts(), scratch);
      TunedDecoder.Answer ours = network.answer(run.row, picture, picture.prompts(), scratch);
      gradients.backward(MaskLoss.apart(ours, theirs).mul(weight));
    }
  }
}
