package riada.segmenter;

import riada.proto.BadInput;

/**
 * Tells when a folder has changed and has come to rest: what is being copied is not yet looked
 * into, and what was refused is tried again when it has changed. For one thread at a time.
 */
final class FolderSight {
  private final Outside outside;
  private String seen = "";
  private String tried = "";

  /** What the folder looks like; empty when there is none. */
  @FunctionalInterface
  interface Outside {
    String look() throws BadInput;
  }

  FolderSight(Outside outside) {
    this.outside = outside;
  }

  /** Whether it has changed since it was tried, and looks as at the last call; counts as tried. */
  boolean isNews() {
    String now = now();
    boolean rests = now.equals(seen);
    seen = now;
    if (!rests || now.equals(tried)) {
      return false;
    }
    tried = now;
    return true;
  }

  /** Whether it still looks as it did when it was tried. */
  boolean holds() {
    return now().equals(tried);
  }

  /** As it looks now it is known, before anybody asks for news. */
  void know() {
    seen = now();
    tried = seen;
  }

  /** The next call of {@link #isNews} shall say so again. */
  void forget() {
    tried = "";
  }

  /** What cannot be read looks like the reason. */
  private String now() {
    try {
      return outside.look();
    } catch (BadInput e) {
      return e.reason();
    }
  }
}
