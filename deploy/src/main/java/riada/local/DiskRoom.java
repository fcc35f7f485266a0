package riada.local;

import java.io.IOException;
import java.nio.file.Path;

/**
 * How much room there is for a broker on the disk of its folder.
 *
 * @param folder must be there
 */
record DiskRoom(Path folder) {
  /** Below it a broker would stop in the middle of its work. */
  private static final long LEAST_BYTES = 256L << 20;

  /**
   * Lets a broker start, or not.
   *
   * @throws IOException with a sentence where there is not enough for it
   */
  void requireEnough() throws IOException {
    if (bytes() < LEAST_BYTES) {
      throw new IOException(sentence());
    }
  }

  /** Whether it is so little that a broker which has ended ended for that. */
  boolean isScarce() {
    return bytes() < LEAST_BYTES / 4;
  }

  /**
   * Lets a broker go on, or not.
   *
   * @throws IOException with a sentence where nothing can be written any more
   */
  void requireAny() throws IOException {
    if (bytes() < 1 << 20) {
      throw new IOException(sentence());
    }
  }

  /** What a person is told where it is not enough. */
  String sentence() {
    return "The disk of "
        + folder
        + " has "
        + (bytes() >> 20)
        + " MiB left and the broker needs at least "
        + (LEAST_BYTES >> 20)
        + " MiB; make room, or name a folder on another disk.";
  }

  private long bytes() {
    return folder.toFile().getUsableSpace();
  }
}
