package riada.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import riada.proto.BadInput;

/**
 * One writer of a folder at a time: a lock of the operating system on a file beside or in it. It
 * goes with the process that holds it, and says which that is.
 */
public final class WriterLock implements AutoCloseable {
  private static final int MOST_DIGITS = 20;

  /** Stands in a file that is deleted, for those who had opened it before. */
  private static final String DELETED = "deleted";

  /**
   * Files that this process has locked. They are not opened again: when a process closes any
   * channel of a file, POSIX takes all its locks of it away.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;
  private final boolean passing;

  private WriterLock(Path file, FileChannel channel, boolean passing) {
    this.file = file;
    this.channel = channel;
    this.passing = passing;
  }

  /**
   * Takes the lock or fails at once.
   *
   * @param file is made where there is none; its folder must be there, and must not be deleted
   *     before this is closed
   * @param passing whether it goes when this is closed
   * @param counter of the refusal, {@code other} what else may be at it, as a sentence begins
   * @throws BadInput when another process, or another thread of this one, holds it
   */
  public static WriterLock take(Path file, boolean passing, String counter, String other)
      throws BadInput, IOException {
    Path parent = Objects.requireNonNull(file.toAbsolutePath().getParent(), "the root is no lock");
    Path place = parent.toRealPath().resolve(Objects.requireNonNull(file.getFileName()));
    if (!HELD.add(place)) {
      throw busy(counter, other, process());
    }
    FileChannel channel = null;
    try {
      channel = locked(place, counter, other);
      return new WriterLock(place, channel, passing);
    } finally {
      if (channel == null) {
        HELD.remove(place);
      }
    }
  }

  private static FileChannel locked(Path file, String counter, String other)
      throws BadInput, IOException {
    while (true) {
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      try {
        if (lock(channel) == null) {
          throw busy(counter, other, text(channel));
        }
        if (!text(channel).equals(DELETED)) {
          write(channel, process());
          return channel;
        }
      } catch (BadInput | IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
      channel.close(); // its holder deleted it after it was opened here: another may stand there
    }
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // of this very process, by another way than this class
    }
  }

  /**
   * @param holder its process, if that was written down already
   */
  private static BadInput busy(String counter, String other, String holder) {
    String process = holder.matches("\\d+") ? " (process " + holder + ")" : "";
    return new BadInput(counter, other + " is under way" + process + "; wait for its end.");
  }

  private static String process() {
    return String.valueOf(ProcessHandle.current().pid());
  }

  private static String text(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(MOST_DIGITS);
    channel.read(bytes, 0);
    return UTF_8.decode(bytes.flip()).toString();
  }

  private static void write(FileChannel channel, String text) throws IOException {
    channel.truncate(0);
    channel.write(UTF_8.encode(text), 0);
  }

  @Override
  public void close() throws IOException {
    if (!channel.isOpen()) {
      return;
    }
    try (channel) {
      if (passing && Files.deleteIfExists(file)) {
        write(channel, DELETED);
      }
    } finally {
      HELD.remove(file);
    }
  }
}
