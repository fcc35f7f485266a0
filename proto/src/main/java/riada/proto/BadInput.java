package riada.proto;

/**
 * Input that cannot be used, through no fault of Riada. It goes to the dead-letter topic (or back
 * to the publisher) with its reason, and work goes on with the next record.
 *
 * <p>The message is one sentence that names the input, what is wrong with it and the way out.
 */
public final class BadInput extends Exception {
  private final String counter;

  /**
   * @param counter snake_case name of the metric that counts this kind of refusal, for example
   *     {@code picture_unreadable}
   * @param reason a sentence for the person who sent the input
   */
  public BadInput(String counter, String reason) {
    super(reason, null, false, false); // a sender's mistake needs no stack trace
    this.counter = counter;
  }

  /** The snake_case name of the metric that counts this kind of refusal. */
  public String counter() {
    return counter;
  }

  /** The sentence for the dead-letter header {@code riada.reason}. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
