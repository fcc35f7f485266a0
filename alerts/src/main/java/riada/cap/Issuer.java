package riada.cap;

import java.util.regex.Pattern;
import riada.proto.Alert;
import riada.proto.Topics;

/**
 * Who speaks in the alerts, and in what earnest.
 *
 * @param sender CAP's sender: unique in the world, as a name at a domain of one's own is
 * @param status actual, exercise or test
 * @param software version of the stage that judges; empty when it is not known
 */
public record Issuer(String sender, Alert.Status status, String software) {
  /** The sender unless configured. */
  public static final String SENDER = "riada@localhost";

  private static final Pattern SENDERS = Pattern.compile("[\\p{Graph}&&[^,<&]]{1,128}");

  public Issuer {
    if (!isSender(sender)) {
      throw new IllegalArgumentException(
          "the sender \""
              + sender
              + "\" is not 1 to 128 characters of ASCII without blanks, commas, < and &");
    }
    if (status == Alert.Status.UNRECOGNIZED || software.length() > 64) {
      throw new IllegalArgumentException("status " + status + ", software " + software);
    }
  }

  /** As this process was started: by {@value #SENDER}, for real but in an exercise. */
  public static Issuer here() {
    Alert.Status status = Topics.isExercise() ? Alert.Status.EXERCISE : Alert.Status.ACTUAL;
    return new Issuer(SENDER, status, softwareVersion());
  }

  /** The same, as a test if it was for real: an exercise stays one. */
  public Issuer trial() {
    return status == Alert.Status.ACTUAL ? new Issuer(sender, Alert.Status.TEST, software) : this;
  }

  /** Whether CAP takes it for a sender. */
  public static boolean isSender(String name) {
    return SENDERS.matcher(name).matches();
  }

  public Issuer withSender(String other) {
    return new Issuer(other, status, software);
  }

  /** The version that the build wrote into the jar; {@code unpackaged} when there is none. */
  private static String softwareVersion() {
    String version = Issuer.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }
}
