package riada.dashboard;

import java.util.Locale;

/**
 * Names one thing on the page; what changes twice under one key before it is sent goes out once.
 */
public record Key(Type type, String id) {
  /** Also the {@code type} of the event, in lower case. */
  public enum Type {
    STATUS,
    OUTLINE,
    REGION,
    ALERT,
    TILE,
    PICTURE
  }

  static final Key STATUS = new Key(Type.STATUS, "");

  String eventType() {
    return type.name().toLowerCase(Locale.ROOT);
  }
}
