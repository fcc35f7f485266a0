package riada.eval;

import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import riada.detect.Detection;
import riada.mask.Mask;
import riada.onnx.Head;
import riada.sam.Frame;
import riada.sam.LogitPlane;
import riada.sam.MaskDecoder;
import riada.sam.Masks;
import riada.sam.Pixels;
import riada.sam.Prompts;
import riada.sam.Prompts.Box;
import riada.sam.Prompts.Point;
import riada.sam.Window;
import riada.segmenter.Clicks;
import riada.segmenter.WaterModel;

/**
 * What a model answers when it is told of a picture's truth what {@link Prompting} says. For one
 * thread at a time; the model stays the caller's.
 */
final class Answers {
  /** Corrections of one picture. */
  static final int MOST_CLICKS = 20;

  private final WaterModel model;
  private final Prompting prompting;
  private final long seed;

  Answers(WaterModel model, Prompting prompting, long seed) {
    this.model = model;
    this.prompting = prompting;
    this.seed = seed;
  }

  /**
   * @param water at the resolution of the truth
   * @param predictedIou of the mask, where one answer made it
   * @param bodies with {@link Prompting#BOX} and {@link Prompting#POINT} each answer beside what it
   *     was asked for
   * @param clicks with {@link Prompting#CLICKS} the IoU after 0, 1, 2 ... clicks; else empty
   * @param discs the same of the control that paints a disc at each click; else empty
   * @param edits with {@link Prompting#EDITS} what each click did; else empty
   * @param automatic what it was made of, with {@link Prompting#DETECTOR} where there is water
   */
  record Answer(
      Mask water,
      OptionalDouble predictedIou,
      List<Part> bodies,
      List<Double> clicks,
      List<Double> discs,
      List<Edits.Edit> edits,
      Optional<Automatic> automatic) {
    /** An answer that is nothing but a mask. */
    static Answer alone(Mask water) {
      return of(water, OptionalDouble.empty(), List.of());
    }

    static Answer of(Mask water, OptionalDouble predictedIou, List<Part> bodies) {
      return new Answer(
          water, predictedIou, bodies, List.of(), List.of(), List.of(), Optional.empty());
    }
  }

  /**
   * A mask that nobody asked for.
   *
   * @param found what the detector saw, {@code logits} what its prompts gave
   * @param iou that the model predicts, 0..1
   */
  record Automatic(Detection found, LogitPlane logits, float iou) {
    /** The water bodies of the picture, the surest first. */
    List<Detection.Body> boxes() {
      return BodyBoxes.of(found, logits);
    }
  }

  /** One body: the IoU that the model predicts, and the true one. */
  record Part(double predicted, double iou) {}

  /**
   * Answers for one picture.
   *
   * @param number of the picture in its folder: with the seed it decides where points fall
   */
  Answer answer(Pixels picture, Mask truth, int number) throws OrtException {
    model.take(picture);
    model.encode();
    return switch (prompting) {
      case DETECTOR -> detector(truth);
      case NONE -> coarse(truth);
      case POINT -> point(truth);
      case POINTS -> points(truth, number);
      case BOX -> boxes(truth, List.of());
      case BOX_AND_POINTS -> boxes(truth, TruthPoints.draw(truth, seed, number));
      case CLICKS -> clicks(truth);
      case EDITS -> edits(picture, truth, number);
    };
  }

  /** Of a semantic model the one answer that it has. */
  private Answer coarse(Mask truth) {
    Optional<LogitPlane> said = model.unasked();
    return Answer.alone(
        said.isPresent()
            ? water(said.get(), truth)
            : model.wet().above(0, Window.ALL, truth.width(), truth.height()));
  }

  private Answer detector(Mask truth) throws OrtException {
    return model.unasked().isPresent() ? coarse(truth) : detector(truth, automatic(), List.of());
  }

  private Answer edits(Pixels picture, Mask truth, int number) throws OrtException {
    Optional<Automatic> automatic = automatic();
    List<Edits.Edit> edits =
        Edits.of(model, automatic.map(Automatic::logits), picture, seed * 1_000_003 + number);
    return detector(truth, automatic, edits);
  }

  private Answer detector(Mask truth, Optional<Automatic> automatic, List<Edits.Edit> edits) {
    return new Answer(
        automatic.isPresent() ? water(automatic.get().logits, truth) : empty(truth),
        automatic.isPresent() ? OptionalDouble.of(automatic.get().iou) : OptionalDouble.empty(),
        List.of(),
        List.of(),
        List.of(),
        edits,
        automatic);
  }

  /** Nothing where the detector sees no water, or where there is none to ask. */
  private Optional<Automatic> automatic() throws OrtException {
    if (!model.has(Head.DETECTOR)) {
      return Optional.empty();
    }
    Detection found = model.detect();
    if (!found.hasWater()) {
      return Optional.empty();
    }
    Masks masks = model.decode(List.of(found.prompts()));
    return Optional.of(new Automatic(found, masks.logits(0, 0), masks.iou(0, 0)));
  }

  private Answer point(Mask truth) throws OrtException {
    WaterBodies bodies = new WaterBodies(truth);
    if (bodies.largestFirst().isEmpty()) {
      return Answer.alone(empty(truth));
    }
    WaterBodies.Body largest = bodies.largestFirst().get(0);
    WaterBodies.Cell pole = bodies.pole(largest);
    Point point = frame(truth).onInput(new Point(pole.x(), pole.y(), true));
    Masks masks = model.decode(List.of(Prompts.points(List.of(point))));
    int token = masks.bestReading(0);
    Mask water = water(masks.logits(0, token), truth);
    double iou = ConfusionMatrix.of(water, bodies.cells(largest)).iou();
    return Answer.of(water, OptionalDouble.empty(), List.of(new Part(masks.iou(0, token), iou)));
  }

  private Answer points(Mask truth, int number) throws OrtException {
    List<Point> points = TruthPoints.draw(truth, seed, number);
    Prompts question = Prompts.points(points.stream().map(frame(truth)::onInput).toList());
    Masks masks = model.decode(List.of(question));
    return Answer.of(
        water(masks.logits(0, 0), truth), OptionalDouble.of(masks.iou(0, 0)), List.of());
  }

  private Answer boxes(Mask truth, List<Point> points) throws OrtException {
    WaterBodies bodies = new WaterBodies(truth);
    List<WaterBodies.Body> boxed = bodies.overSpecks();
    Mask water = empty(truth);
    List<Part> parts = new ArrayList<>();
    for (int from = 0; from < boxed.size(); from += MaskDecoder.MOST_AT_ONCE) {
      List<WaterBodies.Body> some =
          boxed.subList(from, Math.min(from + MaskDecoder.MOST_AT_ONCE, boxed.size()));
      Masks masks = model.decode(some.stream().map(body -> ask(body, points, truth)).toList());
      for (int i = 0; i < some.size(); i++) {
        Mask mask = water(masks.logits(i, 0), truth);
        double iou = ConfusionMatrix.of(mask, truth, box(some.get(i), truth)).iou();
        parts.add(new Part(masks.iou(i, 0), iou));
        water.or(mask);
      }
    }
    return Answer.of(water, OptionalDouble.empty(), parts);
  }

  private Prompts ask(WaterBodies.Body body, List<Point> points, Mask truth) {
    Frame frame = frame(truth);
    // Edges of cells, not centres: a cell's centre is at its whole number.
    Box box = new Box(body.x0() - 0.5f, body.y0() - 0.5f, body.x1() - 0.5f, body.y1() - 0.5f);
    List<Point> within = points.stream().filter(box::contains).map(frame::onInput).toList();
    return new Prompts(within, frame.onInput(box), null);
  }

  /** The cells of a body's box, which may hold the water of more bodies than this. */
  private static Mask box(WaterBodies.Body body, Mask truth) {
    Mask box = new Mask(truth.width(), truth.height());
    for (int y = body.y0(); y < body.y1(); y++) {
      box.setRow(y, body.x0(), body.x1());
    }
    return box;
  }

  /** Corrects the automatic mask click by click. */
  private Answer clicks(Mask truth) throws OrtException {
    Optional<Automatic> automatic = automatic();
    Mask water = empty(truth);
    Clicks clicks = Clicks.on(model, null, 0);
    if (automatic.isPresent()) {
      water = water(automatic.get().logits, truth);
      clicks = Clicks.on(model, automatic.get().logits, automatic.get().iou);
    }
    List<Double> ious = new ArrayList<>();
    ious.add(ConfusionMatrix.of(water, truth).iou());
    List<Double> discs = TruthClicks.discs(water, truth);
    for (int i = 0; i < MOST_CLICKS; i++) {
      Optional<Point> click = TruthClicks.correction(water, truth);
      if (click.isPresent()) {
        water = water(clicks.click(frame(truth).onInput(click.get())), truth);
      }
      ious.add(ConfusionMatrix.of(water, truth).iou());
    }
    OptionalDouble predicted = OptionalDouble.of(clicks.predictedIou());
    return new Answer(water, predicted, List.of(), ious, discs, List.of(), Optional.empty());
  }

  private Mask water(LogitPlane logits, Mask truth) {
    return model.water(logits, Window.ALL, truth.width(), truth.height());
  }

  private static Mask empty(Mask truth) {
    return new Mask(truth.width(), truth.height());
  }

  private Frame frame(Mask truth) {
    return model.frame().inPixelsOf(truth.width(), truth.height());
  }
}
