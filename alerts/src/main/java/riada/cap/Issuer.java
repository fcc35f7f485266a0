package riada.cap;

import java.util.regex.Pattern;
import riada.proto.Alert;

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
    if (!SENDERS.matcher(sender).matches()) {
      throw new IllegalArgumentException(
          "the sender \""
              + sender
              + "\" is not 1 to 128 characters of ASCII without blanks, commas, < and &");
    }
    if (status == Alert.Status.UNRECOGNIZED || software.length() > 64) {
      throw new IllegalArgumentException("status " + status + ", software " + software);
    }
  }

  /** For real, by {@value #SENDER}. */
  public static Issuer actual() {
    return new Issuer(SENDER, Alert.Status.ACTUAL, softwareVersion());
  }

  public Issuer withStatus(Alert.Status other) {
    return new Issuer(sender, other, software);
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
