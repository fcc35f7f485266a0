package riada.sam;

/**
 * The decoder's answers: for each question four masks with the IoU that the network predicts for
 * them. Token 0 answers the question as it stands; tokens 1 to 3 are three readings of an ambiguous
 * one. Immutable.
 */
public final class Masks {
  /** Masks to a question. */
  public static final int TOKENS = 4;

  private final float[] logits; // [questions, TOKENS, side, side]
  private final float[] iou; // [questions, TOKENS]
  private final int side;

  Masks(float[] logits, float[] iou, int side) {
    this.logits = logits;
    this.iou = iou;
    this.side = side;
  }

  /**
   * Room for the answers to {@code questions}, which {@link #put} fills before anyone reads them.
   */
  static Masks empty(int questions, int side) {
    return new Masks(
        new float[questions * TOKENS * side * side], new float[questions * TOKENS], side);
  }

  void put(int question, Masks from, int theirs) {
    int cells = TOKENS * side * side;
    System.arraycopy(from.logits, theirs * cells, logits, question * cells, cells);
    System.arraycopy(from.iou, theirs * TOKENS, iou, question * TOKENS, TOKENS);
  }

  /** How many questions were answered. */
  public int size() {
    return iou.length / TOKENS;
  }

  public LogitPlane logits(int question, int token) {
    return new LogitPlane(logits, (question * TOKENS + token) * side * side, side);
  }

  /** The predicted IoU, 0..1: the network may leave the range a little, this does not. */
  public float iou(int question, int token) {
    return Math.min(Math.max(rawIou(question, token), 0), 1);
  }

  float rawIou(int question, int token) {
    return iou[question * TOKENS + token];
  }

  /** The one of tokens 1 to 3 with the highest predicted IoU. */
  public int bestReading(int question) {
    int best = 1;
    for (int token = 2; token < TOKENS; token++) {
      if (rawIou(question, token) > rawIou(question, best)) {
        best = token;
      }
    }
    return best;
  }
}
